"""Pages in the states that no scene of a desk makes: each is opened as somebody would come to it.

Nothing is looked for by its words, so that every language can be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

import pyotp
from panel import World
from playwright.async_api import Page, expect
from sqlalchemy import select, update

from agents_ui.shell.port import Grant, Person, Role
from contactcentre.core import events
from contactcentre.core.decisions import Decision
from contactcentre.engine.clock import now
from contactcentre.features.accounts.oidc import Provider
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry, write
from lab.pages import asked, reported
from lab.pages.people import AGENTS, PASSWORD
from routing.calendar import LOCAL
from routing.circles import Stage
from routing.explanation import Candidate, Digest, Reason
from routing.requirement import Requirement
from routing.scope import Scope

State = Callable[[World], Awaitable[Page]]

INSTITUTION = Provider(
    label="Valsts ieņēmumu dienesta vienotā pieteikšanās",
    issuer="https://login.example",
    client_id="x",
)
TOLD = "Zvanītāja gaida jau otro reizi šodien, un viņas jautājums ir steidzams"
PUT_FIRST = {"act": "put_first"}
UNFOLD = "for (const one of document.querySelectorAll('main details')) one.open = true"
WATCHING: tuple[Role, ...] = ("admin", "supervisor", "editor", "auditor", "dpo")
QUESTION = asked.LONG
NOTICE = "Vētras dēļ Dienvidkurzemes novadā daļa klientu apkalpošanas centru šodien ir slēgta."
FAR = f"/network/agents/{AGENTS['listening'].agent_id}"


async def _as_all(world: World, path: str) -> Page:
    """With every role but an agent's, at that page."""
    await world.enter("admin")
    await world.has_roles({Grant(role=role) for role in WATCHING})
    page = await world.page()
    await page.goto(world.origin + path)
    return page


async def _sends(page: Page, form: str) -> None:
    async with page.expect_navigation():
        await page.locator(form).first.evaluate("(form) => form.requestSubmit()")


# --- the desk ----------------------------------------------------------------------------------


async def two_calls(world: World) -> Page:
    """One on hold, the other at hand."""
    return await world.open("two")


async def long_hold(world: World) -> Page:
    """Whoever is on hold has been so for long, by the rules of the queue."""
    network = world.stage.world.network
    queues = {key: replace(one, hold_remind_s=1.0) for key, one in network.queues.items()}
    network = replace(network, queues=queues)
    world.stage.apply(events.NetworkPublished(at=world.stage.at, network=network))
    page = await world.open("held")
    await expect(page.locator("#state")).to_have_class("pill ring")
    return page


async def locked(world: World) -> Page:
    """In mid-call, where an institution has a log-in of its own."""
    world.stage.providers["vid"] = INSTITUTION
    page = await world.open("talking")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("l")
    await expect(page.locator("#cover-institutions button")).to_be_visible()
    return page


async def asks_an_owner(world: World) -> Page:
    """The question names a number; an error is being reported beneath it."""
    page = await world.open("talking")
    forms = page.locator("#cards article details.upkeep")
    for number in range(2):
        await forms.nth(number).locator("summary").press("Enter")
    await forms.first.locator("textarea").fill("Zvanītāja numurs ir 29 123 445")
    await expect(forms.first.locator(".note.hold li")).to_be_visible()
    return page


async def from_the_note(world: World) -> Page:
    """What the note is about, below the cards."""
    page = await world.open("talking")
    await page.locator("#note").press("Control+End")
    await page.keyboard.type("\nVajag arī sodāmības izziņu darbam skolā. ")
    await expect(page.locator("#from-note button").first).to_be_visible(timeout=10_000)
    return page


async def own_day(world: World) -> Page:
    """Own questions to owners: late, answered and closed ones."""
    await asked.lay(world.stage.database)
    async with world.stage.database.begin() as connection:
        for table in (models.enquiries, models.card_flags):
            own = update(table).values(agent_id=AGENTS["idle"].agent_id)
            await connection.execute(own)
    page = await world.open("idle")
    await expect(page.locator(".own-answer").first).to_be_visible()
    return page


# --- cards -------------------------------------------------------------------------------------


async def upkeep(world: World) -> Page:
    """All that may stand there, everything unfolded."""
    await asked.lay(world.stage.database)
    async with world.stage.database.begin() as connection:
        known = {"VSAA": {"mail": "pabalsti@vsaa.example"}}
        await documents.put(connection, models.card_owners, known)
    page = await _as_all(world, "/upkeep")
    await page.evaluate(UNFOLD)
    return page


async def upkeep_empty(world: World) -> Page:
    return await _as_all(world, "/upkeep")


async def upkeep_refused(world: World) -> Page:
    """An address that is none."""
    page = await _as_all(world, "/upkeep")
    form = page.locator('form[action="/upkeep/owner"]').first
    await page.evaluate(UNFOLD)
    await form.locator('[name="mail"]').fill("nav")
    await form.locator('[name="mail"]').press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    return page


async def _letter(world: World) -> str:
    """The secret of the link by which VSAA is asked."""
    async with world.stage.database.begin() as connection:
        known = {"VSAA": {"mail": "pabalsti@vsaa.example"}}
        await documents.put(connection, models.card_owners, known)
    world.stage.act("talking")
    who = AGENTS["talking"]
    await world.stage.upkeep.desk.ask(
        Person(user_id="asker", name=who.name, agent_id=who.agent_id),
        call_id=world.stage.call_of("talking").call_id,
        service="VSAA-KOPS",
        municipality="",
        question=QUESTION,
        wants_call=False,
    )
    async with world.stage.database.connect() as connection:
        letter = (await connection.execute(select(models.outbox))).mappings().all()[-1]
    found = re.search(r"/answer#(\S+)", letter["body"])
    assert found is not None
    return found[1]


async def answer(world: World) -> Page:
    """As the owner finds it."""
    page = await world.page()
    await page.goto(f"{world.origin}/answer#{await _letter(world)}")
    await expect(page.locator("#question")).to_have_text(QUESTION)
    return page


async def answer_refused(world: World) -> Page:
    page = await answer(world)
    await page.fill("#answer", "Personai 010180-12345 jā")
    await page.click("#send")
    await expect(page.locator("#error")).to_be_visible()
    return page


async def answer_sent(world: World) -> Page:
    page = await answer(world)
    await page.fill("#answer", asked.ANSWER)
    await page.click("#send")
    await expect(page.locator("#form")).to_be_hidden()
    return page


async def answer_dead(world: World) -> Page:
    """The link of a letter that is used up."""
    page = await world.page()
    await page.goto(f"{world.origin}/answer#nothing")
    await expect(page.locator("#state")).not_to_contain_text("…")
    return page


async def services_reviewed(world: World) -> Page:
    """A file of cards, and what it would change; some of it is wrong."""
    page = await _as_all(world, "/services")
    await page.locator("main > details").first.locator("summary").click()
    text = (
        "code;lv.fee;lv.summary\n"
        "PMLP-PASE;55 EUR, divu darba dienu laikā – 75 EUR;Pase visiem pilsoņiem.\n"
    )
    file = {"name": "maksas.csv", "mimeType": "text/csv", "buffer": text.encode()}
    await page.set_input_files("#file", file)  # type: ignore[arg-type]
    await page.locator("#load button").click()
    await page.locator("#load-changes summary").first.click()
    return page


async def services_refused(world: World) -> Page:
    page = await _as_all(world, "/services")
    await page.locator("main > details").first.locator("summary").click()
    file = {
        "name": "x.csv",
        "mimeType": "text/csv",
        "buffer": b"code;channels;level\nPMLP-PASE;fax;parish\n",
    }
    await page.set_input_files("#file", file)  # type: ignore[arg-type]
    await page.locator("#load button").click()
    await expect(page.locator("#load-problems li").first).to_be_visible()
    return page


# --- menus -------------------------------------------------------------------------------------


async def menus(world: World) -> Page:
    return await _as_all(world, "/menus")


async def menu(world: World) -> Page:
    return await _as_all(world, "/menus/hotline")


async def menu_tried(world: World) -> Page:
    """In mid-menu."""
    page = await _as_all(world, "/menus/hotline/try")
    await page.locator("#day").fill("2026-11-27")
    await page.locator("#time").fill("12:00")
    async with page.expect_navigation():
        await page.locator("#day").press("Enter")
    return page


async def menu_words(world: World) -> Page:
    """Own words, all of them unfolded."""
    page = await _as_all(world, "/menus/hotline/edit?how=form")
    await page.evaluate(UNFOLD)
    return page


async def menu_wrong(world: World) -> Page:
    """A text that leads nowhere."""
    page = await _as_all(world, "/menus/hotline/edit")
    text = page.locator("#text")
    await text.fill((await text.input_value()).replace("{goto: taxes}", "{goto: taxis}"))
    async with page.expect_navigation():
        await page.click("#check")
    await expect(page.locator("#problems")).to_be_visible()
    return page


async def menu_brought(world: World) -> Page:
    """A file that is brought in as a draft; some of it is wrong."""
    page = await _as_all(world, "/menus/hotline/edit")
    text = await page.locator("#text").input_value()
    content = text.replace("{goto: taxes}", "{goto: taxis}").encode()
    file = {"name": "hotline.yaml", "mimeType": "application/yaml", "buffer": content}
    await page.set_input_files("#file", file)  # type: ignore[arg-type]
    async with page.expect_navigation():
        await page.click("#bring")
    await expect(page.locator("#problems")).to_be_visible()
    return page


async def menu_versions(world: World) -> Page:
    """A second version, and what it has changed."""
    page = await _as_all(world, "/menus/hotline/edit")
    text = page.locator("#text")
    await text.fill((await text.input_value()).replace("timeout_s: 3", "timeout_s: 5"))
    async with page.expect_navigation():
        await page.click("#check")
    await page.locator("#comment").fill("Lēnāk: vecāki cilvēki nepaspēj izvēlēties")
    async with page.expect_navigation():
        await page.click("#publish")
    return page


# --- the network -------------------------------------------------------------------------------


async def tables(world: World) -> Page:
    return await _as_all(world, "/network/tables")


async def _review(page: Page, content: bytes) -> None:
    file = {"name": "agents.csv", "mimeType": "text/csv", "buffer": content}
    await page.set_input_files("#file", file)  # type: ignore[arg-type]
    await _sends(page, 'form[action="/network/review"]')


async def tables_reviewed(world: World) -> Page:
    """Names that change, and one that is new."""
    page = await _as_all(world, "/network/tables")
    got = await page.request.get(f"{world.origin}/network/export?table=agents")
    table = (await got.body()).decode("utf-8-sig")
    changed = table.replace("Pēteris Liepa", "Ērika Šķēle-Grīnberga").replace("Anna ", "Ance ")
    await _review(page, changed.encode())
    return page


async def tables_wrong(world: World) -> Page:
    page = await _as_all(world, "/network/tables")
    await _review(page, b"agent_id;device;centre_id\na1;pager;nekur\na51;desk;ludza\n")
    await expect(page.locator("#faults")).to_be_visible()
    return page


async def desk_phone(world: World) -> Page:
    """An agent with a telephone on the table: its password and its settings."""
    page = await _as_all(world, FAR)
    await page.select_option("#device", "desk")
    async with page.expect_navigation():
        await page.click("#save")
    await page.goto(world.origin + FAR)
    return page


# --- accounts ----------------------------------------------------------------------------------


async def accounts(world: World) -> Page:
    """One that is off, among others."""
    async with world.stage.database.begin() as connection:
        users = models.users
        off = update(users).where(users.c.username == "start").values(active=False)
        await connection.execute(off)
    return await _as_all(world, "/accounts")


async def account(world: World) -> Page:
    """One's own, without a second step."""
    return await world.visit("listening", "/account")


async def account_app(world: World) -> Page:
    """The picture for an authenticator app."""
    page = await account(world)
    await page.fill("#app-password", PASSWORD)
    async with page.expect_navigation():
        await page.click("#begin")
    return page


async def account_codes(world: World) -> Page:
    """The second step is set up: the codes are shown once."""
    page = await account_app(world)
    secret = await page.locator(".secret").inner_text()
    await page.fill('#app [name="code"]', pyotp.TOTP(secret.replace(" ", "")).now())
    await page.locator('#app [name="code"]').press("Enter")
    await expect(page.locator("#fresh-codes code")).to_have_count(10)
    return page


async def account_second(world: World) -> Page:
    """A second step and a passkey, both there."""
    page = await account_codes(world)
    async with world.stage.database.begin() as connection:
        users = models.users.c
        mine = select(users.user_id).where(users.username == "listening")
        user_id = await connection.scalar(mine)
        row = {
            "credential_id": "c",
            "user_id": user_id,
            "name": "Mans darba tālrunis ar pirkstu nospiedumu lasītāju",
            "public_key": "k",
            "sign_count": 0,
            "added_at": now(),
            "used_at": now(),
        }
        await connection.execute(models.passkeys.insert(), row)
    await page.goto(f"{world.origin}/account")
    return page


async def second_step(world: World) -> Page:
    """A log-in that asks for the code, and was given a wrong one."""
    await account_codes(world)
    await world.log_out()
    page = await world.page()
    await page.goto(f"{world.origin}/login")
    await page.fill("#username", "listening")
    await page.fill("#password", PASSWORD)
    await page.click("#enter")
    await page.wait_for_url("**/login/code")
    await page.fill("#code", "000000")
    await page.click("#enter")
    await expect(page.locator("#error")).to_be_visible()
    return page


async def login(world: World) -> Page:
    """With institutions' own log-ins, after a wrong password."""
    world.stage.providers["vid"] = INSTITUTION
    page = await world.page()
    await page.goto(f"{world.origin}/login")
    await page.fill("#username", "listening")
    await page.fill("#password", "wrong")
    await page.click("#enter")
    await expect(page.locator("#error")).to_be_visible()
    return page


# --- those who watch ---------------------------------------------------------------------------


async def audit(world: World) -> Page:
    """By citizen, with a reason."""
    page = await _as_all(world, "/person")
    await page.goto(f"{world.origin}/audit")
    await page.fill("#citizen", AGENTS["family"].caller)
    await page.fill("#reason", "Iedzīvotājas sūdzība Nr. 12")
    await _sends(page, "form.filter")
    return page


async def audit_refused(world: World) -> Page:
    """By citizen, without one."""
    page = await _as_all(world, "/audit")
    await page.fill("#citizen", "29000001")
    await _sends(page, "form.filter")
    await expect(page.locator("#wrong")).to_be_visible()
    return page


async def audit_rows(world: World) -> Page:
    return await _as_all(world, "/audit")


async def alerts(world: World) -> Page:
    return await _as_all(world, "/alerts")


async def alert_rule_wrong(world: World) -> Page:
    page = await _as_all(world, "/alerts/new")
    await page.evaluate(
        "for (const one of document.querySelectorAll('form')) one.noValidate = true"
    )
    await page.fill("#threshold", "daudz")
    await page.fill("#mail", "nav adrese")
    await page.click("#save")
    await expect(page.get_by_role("alert")).to_be_visible()
    return page


async def notices(world: World) -> Page:
    """A prepared text, with one that is told now and one to come."""
    page = await _as_all(world, "/notices?like=2")
    tomorrow = datetime.fromtimestamp(now() + 86_400.0, LOCAL)
    for begins in ("", f"{tomorrow:%Y-%m-%d}T08:00"):
        for code in ("lv", "ru", "en"):
            await page.fill(f"#text-{code}", NOTICE)
        await page.fill("#begins", begins)
        await _sends(page, "form.stack")
    await expect(page.locator(".told")).to_be_visible()
    return page


async def notices_wrong(world: World) -> Page:
    """What was prepared is not filled in."""
    page = await _as_all(world, "/notices?like=2")
    await page.fill("#begins", "2001-01-01T08:00")
    await _sends(page, "form.stack")
    await expect(page.locator("#wrong-begins")).to_be_visible()
    return page


async def story(world: World) -> Page:
    """A call that was put first, with what was decided unfolded."""
    await reported.lay(world.stage.database)
    contacts = models.contacts.c
    async with world.stage.database.begin() as connection:
        query = select(contacts.call_id, contacts.queued_at).where(
            contacts.answered_at.is_not(None), contacts.recorded_at.is_not(None)
        )
        told, at = (await connection.execute(query.order_by(contacts.arrived_at.desc()))).first()
        act = AuditEntry(
            at=at, who="", action=Action.CALL_LED, object=told, purpose=TOLD, details=PUT_FIRST
        )
        await write(connection, act)
    wanted = Requirement(skills=(("taxes", 2),), language="ru")
    stage = Stage(circle=0, opens_s=0.0, scope=Scope("network"), requirement=wanted, next_in_s=9)
    near = tuple(
        Candidate(agent_id=one.agent_id, name="", passed_over=Reason(code="busy"))
        for one in AGENTS.values()
    )
    digest = Digest(waited_s=2.0, asked=wanted, stage=stage, nearest=near)
    world.stage.decisions._keep(Decision(call_id=told, at=at, kind="queued", digest=digest))
    page = await _as_all(world, f"/reports/call?id={told}")
    await page.evaluate(UNFOLD)
    await expect(page.locator(".story details li").first).to_be_visible()
    return page


# --- the board ---------------------------------------------------------------------------------


async def day_queues(world: World) -> Page:
    """Queues, skills and languages of an agent for the rest of the day."""
    page = await world.open("board")
    await page.locator('[data-acts^="agent "]').first.click()
    await expect(page.locator("#acts .acts-queues").first).to_be_visible()
    await page.locator("#acts .acts-skills summary").click()
    await expect(page.locator("#acts .acts-skills .acts-queues")).to_be_visible()
    return page


_ALL: tuple[State, ...] = (
    *(two_calls, long_hold, locked, asks_an_owner, from_the_note, own_day),
    *(upkeep, upkeep_empty, upkeep_refused, answer, answer_refused, answer_sent, answer_dead),
    *(services_reviewed, services_refused),
    *(menus, menu, menu_tried, menu_words, menu_wrong, menu_brought, menu_versions),
    *(tables, tables_reviewed, tables_wrong, desk_phone),
    *(accounts, account, account_app, account_codes, account_second, second_step, login),
    *(audit, audit_refused, audit_rows, alerts, alert_rule_wrong, day_queues),
    *(notices, notices_wrong, story),
)
STATES: Mapping[str, State] = {one.__name__: one for one in _ALL}  # type: ignore[attr-defined]
