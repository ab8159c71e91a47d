"""What a card lacks, from the desk to its owner and its editor, in real browsers."""

from __future__ import annotations

import asyncio
import re

import pytest
from panel import World, faults
from playwright.async_api import Route, expect
from sqlalchemy import select
from window import WATCH

from agents_ui.shell.port import Person
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "Vai pabalstu var saņemt, ja bērns dzīvo pie vecmāmiņas ārzemēs?"
ANSWER = "Jā, ja vecmāmiņa ir aizbildne.\nJāiesniedz bāriņtiesas lēmums."


async def owned(world: World) -> None:
    """Whom VSAA is asked through."""
    async with world.stage.database.begin() as connection:
        known = {"VSAA": {"mail": "pabalsti@vsaa.example"}}
        await documents.put(connection, models.card_owners, known)


async def test_a_question_goes_to_the_owner_and_comes_back(world: World) -> None:
    """By the keyboard: asked in the card, answered by the link of the letter, and told on the desk.
    A number in it is named while it is written; what was typed outlives another language."""
    await owned(world)
    desk = await world.open("talking")
    card = desk.locator("#cards article")
    await card.get_by_text("Jautāt iestādei").press("Enter")
    field = card.get_by_label("Jautājums kartītes īpašniekam")
    await field.fill("Zvanītāja numurs ir 29 123 445")
    await expect(card.get_by_text("tālruņa numurs")).to_be_visible()
    await field.fill(QUESTION)
    await expect(card.get_by_text("tālruņa numurs")).to_be_hidden()
    assert await faults(desk) == []
    await card.get_by_role("button", name="Nosūtīt jautājumu").press("Enter")
    await expect(card.get_by_text("Nosūtīts ✓")).to_be_visible()
    await expect(field).to_have_value("")

    async with world.stage.database.connect() as connection:
        letter = (await connection.execute(select(models.outbox))).mappings().all()[-1]
    secret = re.search(r"/answer#(\S+)", letter["body"])
    assert secret is not None
    assert world.context.browser is not None
    elsewhere = await world.context.browser.new_context(viewport={"width": 390, "height": 800})
    await elsewhere.add_init_script(WATCH)
    owner = await elsewhere.new_page()
    await owner.goto(f"{world.origin}/answer#{secret[1]}")
    await expect(owner.locator("#question")).to_have_text(QUESTION)
    assert await faults(owner) == []
    assert await owner.evaluate("document.documentElement.scrollWidth") <= 390
    await owner.fill("#answer", "Personai 010180-12345 jā")
    await owner.click("#send")
    await expect(owner.locator("#error")).to_contain_text("personas kods")
    await owner.get_by_role("button", name="English").click()
    await expect(owner.locator("#answer")).to_have_value("Personai 010180-12345 jā")
    await owner.fill("#answer", ANSWER)
    await owner.click("#send")
    await expect(owner.locator("#state")).to_contain_text("Thank you")
    await owner.reload()
    await expect(owner.locator("#state")).to_contain_text("opens nothing")
    await elsewhere.close()

    await expect(desk.locator("#memos")).to_contain_text("VSAA")


async def test_an_editor_takes_the_answer_into_the_card(world: World) -> None:
    """Typed in for the owner, then put onto the card; a fault keeps what was written."""
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
    admin = await world.visit("admin", "/upkeep")
    assert await faults(admin) == []
    vsaa = admin.locator("form", has=admin.locator('input[name="institution"][value="VSAA"]'))
    await admin.get_by_text("Kam jautāt").click()
    await vsaa.get_by_label("E-pasts").fill("nav")
    await vsaa.get_by_label("E-pasts").press("Enter")
    await expect(admin.get_by_role("alert")).to_be_visible()
    await expect(vsaa.get_by_label("E-pasts")).to_have_value("nav")
    await admin.get_by_text("Ierakstīt atbildi").press("Enter")
    await admin.get_by_label("Ko atbild īpašnieks").fill(ANSWER)
    await admin.get_by_role("button", name="Saglabāt atbildi").press("Enter")
    await admin.get_by_text("Pārņemt kartītē").press("Enter")
    await admin.set_viewport_size({"width": 640, "height": 400})
    assert await faults(admin) == []
    assert await admin.evaluate("document.documentElement.scrollWidth") <= 640
    await admin.get_by_role("button", name="Ielikt kartītē").press("Enter")
    await expect(admin.get_by_text("Nav neizskatītu atbilžu.")).to_be_visible()


async def test_an_error_is_reported_and_marks_the_card(world: World) -> None:
    """At once, on the desk that has reported it."""
    desk = await world.open("talking")
    card = desk.locator("#cards article")
    await card.get_by_text("Ziņot par kļūdu").press("Enter")
    await card.get_by_label("Kā būtu jābūt?").fill("Summa ir mainījusies")
    await card.get_by_label("Kā būtu jābūt?").press("Enter")
    await expect(card.locator("h2")).to_contain_text("ziņots par kļūdu")
    assert await faults(desk) == []


async def test_a_late_answer_takes_no_mark_away(world: World) -> None:
    """Cards that were asked for before the report, and come after it, do not know of it."""
    desk = await world.open("talking")
    card, report = desk.locator("#cards article"), asyncio.Event()
    title = (await card.locator("h2").text_content() or "").strip()
    await desk.fill("#search", title)
    await expect(desk.locator("#cards-title")).to_have_text("Atrasts")

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await report.wait()
        await route.fulfill(response=answer)

    await desk.route("**/desk/cards", late)
    async with desk.expect_request("**/desk/cards"):
        await desk.fill("#search", "")
    await card.get_by_text("Ziņot par kļūdu").press("Enter")
    await card.get_by_label("Kā būtu jābūt?").fill("Summa ir mainījusies")
    await card.get_by_label("Kā būtu jābūt?").press("Enter")
    await expect(card.locator("h2")).to_contain_text("ziņots par kļūdu")
    report.set()
    await expect(desk.locator("#cards-title")).not_to_have_text("Atrasts")
    await expect(card.locator("h2")).to_contain_text("ziņots par kļūdu")


async def test_a_note_shows_what_it_is_about(world: World) -> None:
    """Below the cards, while one writes on: nobody loses the keyboard."""
    desk = await world.open("talking")
    await desk.locator("#note").press("Control+End")
    await desk.keyboard.type("\nVajag arī sodāmības izziņu darbam skolā. ")
    noted = desk.locator("#from-note")
    await expect(noted).to_contain_text("Izziņa par sodāmību", timeout=10_000)
    await expect(desk.locator("#note")).to_be_focused()
    assert await faults(desk) == []
    await desk.locator("#to-note").press("Enter")
    await expect(noted.get_by_role("button").first).to_be_focused()
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#cards article h2")).to_contain_text("Izziņa par sodāmību")
    await expect(noted).not_to_contain_text("Izziņa par sodāmību")


async def test_a_file_of_cards_is_shown_before_it_counts(world: World) -> None:
    """What would change stands there; then one button publishes it."""
    admin = await world.visit("admin", "/services")
    await admin.get_by_text("Kartītes kā fails").click()
    assert await faults(admin) == []
    text = "code;lv.fee\nPMLP-PASE;55 EUR\n"
    await admin.set_input_files(
        "#file", {"name": "maksas.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    await admin.get_by_role("button", name="Parādīt, kas mainītos").click()
    await expect(admin.locator("#load-changes summary")).to_have_text(
        "Pases izsniegšana (PMLP-PASE)"
    )
    await admin.locator("#load-changes summary").press("Enter")
    await expect(admin.locator("#load-changes ins")).to_contain_text("55 EUR")
    assert await faults(admin) == []
    await admin.click("#publish")
    await expect(admin.locator("#load-state")).to_contain_text("Publicēts")
