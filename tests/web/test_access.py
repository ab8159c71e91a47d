"""Who may do what: every route for every role in every realm, as the table has it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import get_args

import pytest
from aiohttp import web
from sqlalchemy import func, select

from agents_ui.cases.port import NewCase
from agents_ui.shell import permissions
from agents_ui.shell.permissions import LINKS, ROUTES, TABLE, Act, around, may
from agents_ui.shell.port import NETWORK, Grant, Person, Role
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.alerts import store as alerts
from contactcentre.features.alerts.document import AlertRule
from contactcentre.features.notices import store as notices
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages import assessed, recorded
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.sample import FAMILY
from lab.pages.scenes import NOTE
from lab.pages.stage import ORIGIN
from lab.personal import Hidden, HiddenSearch

pytestmark = [pytest.mark.web, pytest.mark.timeout(600)]  # each route many times

VISITOR, AGENT, SUPERVISOR, ADMIN = None, "talking", "board", "admin"
HTML = {"Accept": "text/html"}
REALMS = (
    NETWORK,
    ("municipality", "jekabpils"),  # in which the agent and the call of the requests lie
    ("municipality", "ludza"),
    ("centre", "talking"),
    ("centre", "ludza"),
    ("institution", "VSAA"),
)
FORMS = {
    "/language",
    "/cases/find",
    "/cases/new",
    "/cases/join",
    "/cases/{number}/event",
    "/cases/{number}/take",
    "/cases/{number}/told",
    "/cases/{number}/files/{file}/remove",
    "/cases/{number}/write",
    "/cases/{number}/hand-on",
    "/cases/{number}/turn",
    "/cases/{number}/dictate",
    "/cases/{number}/confirm",
    "/desk/leave",
    "/crisis/on",
    "/crisis/off",
    "/crisis/confirm",
    "/notices/publish",
    "/notices/end",
    "/approvals/decide",
    "/abuse/add",
    "/abuse/lift",
    "/alerts/seen",
    "/alerts/save",
    "/alerts/remove",
    "/alerts/begin",
    "/wallboards/add",
    "/wallboards/revoke",
    "/limits/save",
    "/reports/schedules/save",
    "/reports/schedules/remove",
    "/network",
    "/network/review",
    "/network/load",
    "/network/new",
    "/network/{kind}/{key}",
    "/network/{kind}/{key}/active",
    "/network/agents/{key}/phone",
    "/network/agents/{key}/phone/revoke",
    "/menus",
    "/menus/{name}/back",
    "/menus/{name}/try",
    "/menus/{name}/edit",
    "/services/drop",
    "/services/not-ours",
    "/upkeep/answer",
    "/upkeep/accept",
    "/upkeep/close",
    "/upkeep/send",
    "/upkeep/revoke",
    "/upkeep/settle",
    "/upkeep/owner",
    "/quality/draw",
    "/quality/next",
    "/quality/second",
    "/quality/begin",
    "/quality/assessments/{assessment}",
    "/quality/own/{own}",
    "/quality/documents/{what}/{document}",
    "/quality/tests",
    "/quality/tests/{test}",
    "/trunks/save",
    "/trunks/remove",
    "/staffing/simulate",
    "/staffing/shift",
    "/staffing/shift/remove",
    "/staffing/suggest",
    "/staffing/event",
    "/staffing/event/remove",
    "/staffing/rules",
    "/audit",
    "/audit/ask",
    "/audit/export",
    "/recordings/open",
    "/recordings/{ticket}/ask",
    "/recordings/{ticket}/copy",
    "/person/find",
    "/person/merge",
    "/person/split",
    "/person/undo",
    "/person/export",
    "/person/ask",
    "/person/erase",
    "/login/code",
    "/login/passkey",
}
BODIES = {
    "/account/password": {"password": PASSWORD, "new": "short"},
    "/account/app": {"password": PASSWORD},
    "/account/app/finish": {},
    "/account/app/remove": {"password": PASSWORD},
    "/account/codes": {},
    "/account/passkeys": {},
    "/account/passkeys/offer": {"password": PASSWORD},
    "/account/passkeys/remove": {"password": PASSWORD},
    "/account/sessions/end": {"password": PASSWORD},
    "/account/sessions/end-others": {"password": PASSWORD},
    "/login/code": {},
    "/login/passkey": {},
    "/login/passkey/offer": {},
    "/language": {"language": "en"},
    "/desk/leave": {},
    "/desk/services": {"q": "bērna"},
    "/desk/cards": {"codes": ["PMLP-DZV"]},
    "/desk/missing": {"q": "xqzwv"},
    "/desk/from-note": {"call_id": "{call_id}"},
    "/desk/send": {"call_id": "{call_id}", "code": "PMLP-PASE", "of": "link", "way": "sms"},
    "/desk/enquiry": {"call_id": "{call_id}", "code": "PMLP-PASE", "question": "x"},
    "/desk/flag": {"code": "PMLP-PASE", "kind": "wrong", "text": "x"},
    "/desk/laid-aside": {},
    "/desk/onward": {"call_id": "{call_id}"},
    "/desk/colleagues": {"call_id": "{call_id}"},
    "/desk/command": {"id": 1, "name": "nothing", "args": {}},
    "/cases/find": {"number": "{number}"},
    "/cases/new": {"kind": "question", "subject": "Ceļš"},
    "/cases/join": {"number": "{number}", "call": "{call_id}"},
    "/cases/{number}/event": {"title": "x"},
    "/cases/{number}/take": {},
    "/cases/{number}/files": {},
    "/cases/{number}/files/{file}/remove": {},
    "/cases/{number}/told": {"call": "x", "reached": "yes"},
    "/cases/{number}/write": {"text": "x"},
    "/cases/{number}/hand-on": {"owner": "centre:talking"},
    "/cases/{number}/turn": {"state": "waiting"},
    "/cases/{number}/dictate": {"text": "x"},
    "/cases/{number}/confirm": {"text": "y"},
    "/board/close-records": {"agent_id": AGENTS["talking"].agent_id},
    "/board/help": {"agent_id": AGENTS["talking"].agent_id},
    "/supervision/candidates": {"call_id": "{call_id}"},
    "/supervision/call": {"name": "put_first", "args": {"call_id": "{call_id}", "why": "x"}},
    "/supervision/listen": {"name": "listen_end", "args": {"call_id": "{call_id}"}},
    "/supervision/memo": {"to": "all", "text": "x"},
    "/supervision/agent": {
        "name": "ready",
        "args": {"agent_id": AGENTS["talking"].agent_id, "why": "x"},
    },
    "/supervision/queues": {
        "name": "queues",
        "args": {"agent_id": AGENTS["talking"].agent_id, "queues": None, "why": "x"},
    },
    "/board/views/save": {"name": "v", "look": {}},
    "/board/views/remove": {"name": "v"},
    "/wallboards/add": {"name": "x", "subject": "network:", "figure-waiting": "1"},
    "/wallboards/revoke": {"screen": "x"},
    "/crisis/on": {"plan": "storm", "hours": "4", "why": "vētra", "confirm": "yes"},
    "/crisis/off": {"confirm": "yes"},
    "/crisis/confirm": {},
    "/notices/publish": {"text-lv": "x", "to": "centre:talking", "hours": "1"},
    "/notices/end": {"notice": "{notice}"},
    "/notices/hear": {"language": "lv", "text": "x"},
    "/accounts": {"search": "Bērziņa"},
    "/accounts/new": {"name": "Z", "username": "{new}", "role": "agent", "realm": "centre:talking"},
    "/accounts/{user_id}/give": {"role": "supervisor", "realm": "centre:talking"},
    "/accounts/{user_id}/take": {"role": "supervisor", "realm": "centre:talking"},
    "/accounts/{user_id}/active": {"active": "yes"},
    "/accounts/{user_id}/sessions": {},
    "/abuse/add": {"number": "20000000", "days": "1", "why": "x"},
    "/abuse/lift": {"entry": "{entry_id}", "why": "x"},
    "/limits/save": {"prefixes": "371"},
    "/reports/schedules/save": {"name": "x", "to": "anna@ludza.example"},
    "/reports/schedules/remove": {"schedule": "x"},
    "/alerts/seen": {"alert": "x"},
    "/alerts/save": {"rule": "{rule_id}", "name": "Z", "of": "centre:talking", "threshold": "1"},
    "/alerts/remove": {"rule": "{gone}"},
    "/alerts/begin": {},
    "/network": {"kind": "agents", "search": "Anna"},
    "/network/review": {"whole": ""},
    "/network/load": {"text": "agent_id;name", "mark": "x"},
    "/network/new": {"kind": "agents", "name": "Z", "centre_id": "talking"},
    "/network/{kind}/{key}": {"name": "Z", "centre_id": "talking", "base": "another"},
    "/network/{kind}/{key}/active": {"active": "no", "base": "another"},
    "/network/agents/{key}/phone": {"make": "snom"},
    "/network/agents/{key}/phone/revoke": {},
    "/menus": {"name": "{new}", "like": "hotline"},
    "/menus/{name}/back": {"version": "1", "base": "7"},
    "/menus/{name}/try": {"press": "1"},
    "/menus/{name}/edit": {"text": "x", "base": "1", "do": "publish"},
    "/services/drop": {"words": "x"},
    "/services/not-ours": {"words": "x"},
    "/services/review": {},
    "/services/load": {},
    "/upkeep/answer": {"enquiry": "x", "answer": "x"},
    "/upkeep/accept": {"enquiry": "x", "language": "lv", "question": "x", "answer": "x"},
    "/upkeep/close": {"enquiry": "x", "why": "x"},
    "/upkeep/send": {"enquiry": "x"},
    "/upkeep/revoke": {"enquiry": "x"},
    "/upkeep/settle": {"service": "x", "flags": "x", "reason": "x"},
    "/upkeep/owner": {"institution": "x"},
    "/quality/draw": {},
    "/quality/next": {},
    "/quality/second": {"assessment": "x"},
    "/quality/begin": {},
    "/quality/assessments/{assessment}": {"mark-greeting": "yes", "comment": "x"},
    "/quality/own/{own}": {"reply": "x"},
    "/quality/documents/{what}/{document}": {"name-lv": "x", "base": "1"},
    "/quality/tests": {"script": "x"},
    "/quality/tests/{test}": {"do": "drop"},
    "/answer/read": {"secret": "x"},
    "/answer/give": {"secret": "x", "text": "x"},
    "/trunks/save": {"trunk_id": "lmt", "peers": "192.0.2.10", "link": "IPsec"},
    "/trunks/remove": {"trunk_id": "lmt"},
    "/staffing/simulate": {"day": "2026-12-01"},
    "/staffing/shift": {
        "weekday": "0",
        "begins": "08:00",
        "ends": "12:00",
        "agents": "1",
        "centre": "talking",
    },
    "/staffing/shift/remove": {"shift_id": "x"},
    "/staffing/suggest": {"week": "2026-12-01"},
    "/staffing/event": {"first": "2026-12-01", "factor": "2", "note": "x"},
    "/staffing/event/remove": {"event_id": "x"},
    "/staffing/rules": {"away": "15", "most_abandoned": "5"},
    "/desk/callers/choose": {"call_id": "{call_id}"},
    "/desk/callers/add": {"call_id": "{call_id}", "name": ""},
    "/desk/callers/code": {"call_id": "{call_id}", "code": ""},
    "/person/find": {"number": "{caller}", "why": "x"},
    "/person/merge": {"person": "x", "into": "x", "why": "x"},
    "/person/split": {"person": "x", "why": "x"},
    "/person/undo": {"person": "x", "why": "x"},
    "/person/export": {"number": "{caller}", "why": "x"},
    "/person/ask": {"number": "", "why": ""},
    "/person/erase": {"number": "", "why": ""},
    "/recordings/open": {"leg": "{leg_id}", "why": "x"},
    "/recordings/{ticket}/ask": {"why": "x"},
    "/recordings/{ticket}/copy": {},
    "/audit": {"who": "x"},
    "/audit/ask": {"since": "2026-01-01", "until": "2026-01-02", "why": "x"},
    "/audit/export": {"period": "2026-01-01/2026-01-02"},
    "/approvals/decide": {"approval": "{approval_id}", "decision": "approve"},
}
"""What is sent to the routes that change something."""

SUBJECT, TOLD = "Ceļš nav tīrīts", "Sniegs pie mājas kopš otrdienas"
"""What the case is about, and what the citizen told."""

PAST = "Iesniegums pieņemts, atbilde desmit darba dienās."
"""The note of each earlier contact."""

APART = {
    "POST /login",
    "POST /logout",
    "POST /lock",
    "GET /login/oidc/{provider}/callback",
    "GET /desk/sip",
}
"""Test_entrance has the first three and test_oidc the fourth, which begin and end what is looked at
here, and test_relay the line of the phone, which is for who is at work."""

REFUSED = {"nobody": (401,), "role": (403,), "realm": (404, 400)}
"""A form that asks for what is out of reach is shown again, with what is wrong."""


def routes(app: web.Application) -> set[str]:
    """Every route of the panel."""
    return {
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.method != "HEAD" and isinstance(route.resource, web.Resource)
    }


def test_every_route_has_its_row(app):
    """A route that the table does not have is closed to everybody, so it would be of no use; a row
    without a route is a door that somebody has forgotten."""
    assert routes(app) == set(ROUTES)
    assert set(TABLE) == set(Act)


async def test_a_route_without_a_row_is_closed(enter, monkeypatch):
    """Also to an administrator of the whole network."""
    rows = {route: act for route, act in ROUTES.items() if route != "GET /board"}
    monkeypatch.setattr(permissions, "ROUTES", rows)
    assert (await (await enter("admin")).get("/board")).status == 403


def names_an_object(route: str) -> bool:
    """Whether the request says what it is done to: in its address, or in its body."""
    return "{" in route or route in {
        *("POST /board/close-records", "POST /board/help", "POST /accounts/new"),
        *("POST /supervision/candidates", "POST /supervision/call", "POST /supervision/agent"),
        "POST /supervision/queues",
        "POST /recordings/open",
        *("POST /notices/publish", "POST /notices/end"),
        *("POST /supervision/listen", "POST /alerts/save", "POST /alerts/remove"),
        *("POST /supervision/listen", "POST /staffing/shift"),
        *(
            "POST /board/close-records",
            "POST /board/help",
            "POST /accounts/new",
        ),
    }


def expected(person: Person | None, route: str, lies_in: frozenset) -> str:
    """What the table says."""
    act = ROUTES[route]
    if act is Act.OPEN:
        return "there"
    if person is None:
        return "nobody"
    if not may(person, act):
        return "role"
    named = lies_in if names_an_object(route) else None
    return "there" if may(person, act, named) else "realm"


def fits(status: int, said: str, act: Act) -> bool:
    """Whether an answer is one of that kind; what is there may be wrong in other ways."""
    if act is Act.OPEN:
        return status != 401
    if said == "there":
        return status not in ((401, 403) if TABLE[act].on in {"self", "all"} else (401, 403, 404))
    return status in REFUSED[said]


def filled(value, objects):
    """The body, with the objects that are asked for."""
    if isinstance(value, dict):
        return {key: filled(each, objects) for key, each in value.items()}
    return objects.get(value, value) if isinstance(value, str) else value


async def ask(browser, token, route, objects):
    """The status of the answer to that route; of a link, what its closing code stands for."""
    if route in LINKS:
        return await open_link(browser, route.partition(" ")[2])
    return (await answer_to(browser, token, route, objects)).status


async def answer_to(browser, token, route, objects):
    """The answer to that route, where these objects are."""
    method, _, pattern = route.partition(" ")
    path = pattern.replace("{version}/{path}", "x/nothing")
    for name, value in objects.items():
        path = path.replace(name, value)
    if method == "GET":
        return await browser.get(path, allow_redirects=False)
    given = filled(BODIES[pattern], objects)
    body = {"data": given} if pattern in FORMS or "/account" in pattern else {"json": given}
    return await browser.post(path, headers={"X-CSRF": token}, allow_redirects=False, **body)


async def open_link(browser, path):
    """Whether it speaks, or with which code it is closed."""
    link = await browser.ws_connect(path, origin=ORIGIN)
    async for message in link:
        if message.json()["type"] != "session_over":
            await link.close()
            return 200
    return {4401: 401, 4403: 403}[link.close_code]


def cookie_of(browser):
    """The secret of who has logged in there."""
    (cookie,) = (one for one in browser.session.cookie_jar if one.key == "cc")
    return cookie.value


async def rule_of(world, centre_id, name):
    """A rule of alerts on a figure of that centre; its id."""
    rule = AlertRule(
        name=name, figure="waiting", dimension="centre", key=centre_id, threshold=1, clears=1
    )
    async with world.database.begin() as connection:
        await alerts.put(connection, name, rule, at=0.0, by="test")
    return name


async def noticed(world, centre_id):
    """A notice for the callers of that centre; its id."""
    made = await notices.add(
        world.database, {"lv": "Slēgts."}, from_at=time.time(), centres=[centre_id]
    )
    return made.notice_id


async def attached(world, number, person, name="a.pdf"):
    """A file more of that case; its id."""
    await world.attachments.add(number, name, b"%PDF-", person=person)
    return (await world.attachments.listed(number, person=person))[-1].file_id


async def laid_out(world, opener):
    """The objects that requests name, all of them in the centre and in the call of one agent."""
    objects = {"{call_id}": world.call_of("talking").call_id, "{trunk_id}": "lmt"}
    objects |= {"{name}": "hotline", "{language}": "lv", "{prompt}": "goodbye"}
    world.playable.out.joinpath("lv").mkdir(parents=True)
    world.playable.out.joinpath("lv/goodbye.wav").write_bytes(b"RIFF")
    world.playable.reload()
    objects["{agent_id}"] = AGENTS["talking"].agent_id
    objects |= {"{kind}": "agents", "{key}": AGENTS["talking"].agent_id, "{schedule_id}": "s"}
    objects["{user_id}"] = await world.accounts.create_user(
        "beside",
        PASSWORD,
        name="Beside",
        role="agent",
        realm=("centre", "talking"),
        centre_id="talking",
    )
    case = NewCase(kind="question", subject=SUBJECT, text=TOLD, call_id=objects["{call_id}"])
    objects["{number}"] = await world.cases.begin(case, person=opener)
    objects["{assessment}"] = await assessed.draft(
        world.database,
        AGENTS["idle"].agent_id,
        "talking",
        call_id=world.call_of("talking").call_id,
        reviewer=opener.user_id,
    )
    objects |= {"{what}": "scorecard", "{document}": "talk", "{own}": "o", "{test}": "t"}
    objects["{leg_id}"] = leg_id = f"{world.call_of('talking').call_id}-1"
    await recorded.lay(
        world.database,
        world.sealed_talks,
        leg_id,
        agent_id=AGENTS["talking"].agent_id,
        from_at=world.at,
    )
    leader = replace(opener, grants=frozenset({Grant(role="supervisor")}))
    objects["{ticket}"] = await world.recordings.open(leg_id, why="x", person=leader)
    return objects


@pytest.mark.parametrize("role", get_args(Role))
async def test_every_cell(app, enter, csrf, world, role):
    """What a role may do in a realm, it may at every route, and nothing else; the agent and the
    call that are asked for lie in one centre. A grant counts at the very next request."""
    browser = await enter("talking")
    opener = (await world.accounts.session(cookie_of(browser))).person
    objects = await laid_out(world, opener)
    user_id = opener.user_id
    lies_in = around(world.world.network.place("talking"))
    for realm in REALMS:
        await world.accounts.set_grants(user_id, {Grant(role=role, realm=realm)}, by="test")
        person = (await world.accounts.session(cookie_of(browser))).person
        for rule_id in ("{rule_id}", "{gone}"):
            objects[rule_id] = await rule_of(world, "talking", f"{rule_id[1:-1]}-{realm[1]}")
        objects["{file}"] = await attached(world, objects["{number}"], opener)
        objects["{notice}"] = await noticed(world, "talking")
        for route in sorted(routes(app) - APART):
            said = expected(person, route, lies_in)
            objects["{new}"] = f"new-{realm}"
            status = await ask(browser, csrf(browser), route, objects)
            assert fits(status, said, ROUTES[route]), (realm, route, said, status)


AT_HAND = {
    "GET /desk": "one's own call, which rings or is talked",
}
"""Routes that show a person and leave no row, and whom they show."""


@pytest.mark.parametrize("role", get_args(Role))
async def test_whoever_is_shown_somebody_is_on_record(app, enter, csrf, world, role):
    """Whatever route it is: an answer in which a citizen's number, name, note or case stands has
    left a row of that user in the audit log."""
    browser = await enter("talking")
    opener = (await world.accounts.session(cookie_of(browser))).person
    caller = world.call_of("talking").caller
    objects = {**await laid_out(world, opener), "{caller}": caller}
    objects["{file}"] = await attached(world, objects["{number}"], opener, "izziņa-no-ārsta.pdf")
    somebody = HiddenSearch(
        [Hidden("number", caller)]
        + [Hidden("note", one) for one in (SUBJECT, TOLD, NOTE, PAST, "izziņa-no-ārsta.pdf")]
        + [Hidden("name", name) for name in FAMILY.values()]
    )
    grant = Grant(role=role)
    await world.accounts.set_grants(opener.user_id, {grant}, by="test")
    told, unseen = set(), set()
    for route in sorted(routes(app) - APART - LINKS):
        before = await rows_by(world, opener.user_id)
        answer = await answer_to(browser, csrf(browser), route, objects)
        text = (await answer.read()).decode(errors="replace")
        kinds = {kind for _, kind in somebody.lines(text)}
        if kinds and route not in AT_HAND:
            on_record = await rows_by(world, opener.user_id) > before
            (told if on_record else unseen).add(route)
    assert unseen == set()
    assert bool(told) == (role in SHOWN)


SHOWN = {"agent", "supervisor", "editor", "dpo"}
"""Who is shown citizens at all."""


async def rows_by(world, user_id):
    """How many rows of the audit log are of that user."""
    query = select(func.count()).where(models.audit.c.who == user_id)
    async with world.database.connect() as connection:
        return await connection.scalar(query)


@pytest.mark.parametrize("role", get_args(Role))
async def test_a_closed_case_opens_to_those_who_saw_it(enter, csrf, world, role):
    """To nobody more and nobody less, with what is attached to it, in any realm."""
    browser = await enter("talking")
    opener = (await world.accounts.session(cookie_of(browser))).person
    seen = {}
    objects = await laid_out(world, opener)
    file = await attached(world, objects["{number}"], opener)
    paths = [f"/cases/{objects['{number}']}", f"/cases/{objects['{number}']}/files/{file}"]
    for state in ("open", "closed"):
        await world.cases.turn(objects["{number}"], state, person=opener)
        for realm in REALMS:
            await world.accounts.set_grants(
                opener.user_id, {Grant(role=role, realm=realm)}, by="test"
            )
            seen[state, realm] = [(await browser.get(path)).status for path in paths]
    assert {key: one for (state, key), one in seen.items() if state == "open"} == {
        key: one for (state, key), one in seen.items() if state == "closed"
    }
    assert (seen["closed", NETWORK] == [200, 200]) == (role in ("agent", "supervisor", "editor"))


async def test_a_visitor(app, enter):
    """Whoever is not logged in gets what is open, and nothing else."""
    browser = await enter(None)
    objects = {"{call_id}": "c-1", "{user_id}": "u", "{trunk_id}": "lmt", "{number}": "1"}
    objects["{ticket}"] = "t"
    objects |= {"{name}": "hotline", "{language}": "lv", "{prompt}": "goodbye"}
    objects["{file}"] = "f"
    objects["{agent_id}"] = "a"
    objects |= {"{what}": "scorecard", "{document}": "talk", "{own}": "o", "{test}": "t"}
    objects["{assessment}"] = "a"
    objects |= {"{kind}": "agents", "{key}": "a1", "{rule_id}": "r", "{schedule_id}": "s"}
    for route in sorted(routes(app) - APART - {"POST /language"}):
        status = await ask(browser, "guess", route, objects)
        assert fits(status, expected(None, route, frozenset()), ROUTES[route]), (route, status)
    answer = await browser.get("/board", headers=HTML, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


async def test_nobody_without_a_role(enter, world):
    """Who has none is told whom to ask, and can log out."""
    browser = await enter("talking")
    person = (await world.accounts.session(cookie_of(browser))).person
    await world.accounts.set_grants(person.user_id, set(), by="test")
    answer = await browser.get("/", headers=HTML)
    assert answer.status == 403
    assert 'action="/logout"' in await answer.text()


async def test_the_desk_is_an_agents(enter, world):
    """The role alone makes nobody one: an account without an agent has no desk."""
    browser = await enter("board")
    person = (await world.accounts.session(cookie_of(browser))).person
    await world.accounts.set_grants(person.user_id, {Grant(role="agent")}, by="test")
    assert (await browser.get("/desk")).status == 403


@pytest.mark.parametrize(
    ("role", "of", "status"),
    [
        (VISITOR, "talking", 401),
        (SUPERVISOR, "talking", 403),
        (AGENT, "talking", 200),
        (AGENT, "ringing", 404),
        ("idle", "talking", 404),
        (ADMIN, "talking", 404),
    ],
)
async def test_history_belongs_to_the_call(enter, world, role, of, status):
    """The past of a number opens to the agent whose call it is, and to nobody else."""
    world.act(of)
    browser = await enter(role)
    answer = await browser.get(f"/desk/history/{world.call_of(of).call_id}")
    assert answer.status == status


async def test_start_page_by_role(enter):
    """Everybody starts where the work is."""
    for role, page in {
        None: "/login",
        "idle": "/desk",
        "board": "/board",
        "admin": "/board",
    }.items():
        browser = await enter(role)
        answer = await browser.get("/", allow_redirects=False)
        assert answer.headers["Location"] == page


async def test_browser_code_gets_json(enter):
    """Browser code learns a stable error id instead of a page."""
    browser = await enter(None)
    answer = await browser.get("/desk/history/c-1")
    assert await answer.json() == {"error": "logged-out"}


@pytest.mark.parametrize(("page", "user"), [("board", "board"), ("desk", "talking")])
async def test_a_role_that_is_taken_closes_the_page(enter, hear, world, page, user):
    """An open page of another process hears within two seconds that it is closed; given back, it
    opens again."""
    browser = await enter(user)
    person = (await world.accounts.session(cookie_of(browser))).person
    link = await browser.ws_connect(f"/{page}/live", origin=ORIGIN)
    await hear(link, "view")
    elsewhere = AccountService(world.database)
    async with asyncio.timeout(2):
        await elsewhere.set_grants(person.user_id, set(), by="test")
        assert await open_until_closed(link) == 4409
    assert await open_link(browser, f"/{page}/live") == 403
    await world.accounts.set_grants(person.user_id, person.grants, by="test")
    assert await open_link(browser, f"/{page}/live") == 200


@pytest.mark.parametrize("page", ["board", "desk"])
async def test_who_is_switched_off_is_out_within_two_seconds(enter, hear, world, page):
    """On open pages too, whichever process it was done in; the page offers to log in."""
    user = "board" if page == "board" else "talking"
    browser = await enter(user)
    link = await browser.ws_connect(f"/{page}/live", origin=ORIGIN)
    await hear(link, "view")
    async with asyncio.timeout(2):
        await AccountService(world.database).set_active(user, active=False)
        assert await open_until_closed(link) == 4401
    assert (await browser.get(f"/{page}")).status == 401


async def open_until_closed(link):
    """The closing code, once it comes."""
    async for _ in link:
        pass
    return link.close_code


async def test_who_is_refused_is_on_record(enter, world):
    """Who wanted to go where, by the route and not by what stands in the address; a page that
    comes back by itself is one row, and a database that is away opens nothing."""
    browser = await enter("talking")
    person = (await world.accounts.session(cookie_of(browser))).person
    for _ in range(3):
        assert (await browser.get("/board/why/c-1")).status == 403
    assert await open_link(browser, "/board/live") == 403
    columns = models.audit.c
    query = select(columns.who, columns.object).where(columns.action == Action.ACCESS_REFUSED)
    async with world.database.connect() as connection:
        rows = [tuple(row) for row in await connection.execute(query.order_by(columns.number))]
    assert rows == [
        (person.user_id, "GET /board/why/{call_id}"),
        (person.user_id, "GET /board/live"),
    ]
    world.database_away = True
    assert (await browser.get("/crisis")).status == 403
