"""Who may do what: every route for every role in every realm, as the table has it."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from aiohttp import web
from sqlalchemy import select

from agents_ui.cases.port import NewCase
from agents_ui.shell import permissions
from agents_ui.shell.permissions import LINKS, ROUTES, TABLE, Act, around, may
from agents_ui.shell.port import NETWORK, Grant, Person, Role
from contactcentre.features.accounts.service import AccountService
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web

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
    "/cases/{number}/write",
    "/cases/{number}/hand-on",
    "/cases/{number}/turn",
    "/cases/{number}/dictate",
    "/cases/{number}/confirm",
    "/desk/leave",
    "/crisis/on",
    "/crisis/off",
    "/crisis/confirm",
    "/approvals/decide",
    "/abuse/add",
    "/abuse/lift",
    "/limits/save",
    "/services/drop",
    "/services/not-ours",
    "/trunks/save",
    "/trunks/remove",
    "/audit",
    "/audit/ask",
    "/audit/export",
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
    "/account/sessions/end": {},
    "/account/sessions/end-others": {},
    "/login/code": {},
    "/login/passkey": {},
    "/login/passkey/offer": {},
    "/language": {"language": "en"},
    "/desk/leave": {},
    "/desk/services": {"q": "bērna"},
    "/desk/cards": {"codes": ["PMLP-DZV"]},
    "/desk/missing": {"q": "xqzwv"},
    "/desk/laid-aside": {},
    "/desk/onward": {"call_id": "{call_id}"},
    "/desk/colleagues": {"call_id": "{call_id}"},
    "/desk/command": {"id": 1, "name": "nothing", "args": {}},
    "/cases/find": {"number": "{number}"},
    "/cases/new": {"kind": "question", "subject": "Ceļš"},
    "/cases/{number}/write": {"text": "x"},
    "/cases/{number}/hand-on": {"owner": "centre:talking"},
    "/cases/{number}/turn": {"state": "waiting"},
    "/cases/{number}/dictate": {"text": "x"},
    "/cases/{number}/confirm": {"text": "y"},
    "/board/close-records": {"agent_id": AGENTS["talking"].agent_id},
    "/board/help": {"agent_id": AGENTS["talking"].agent_id},
    "/crisis/on": {"plan": "storm", "hours": "4", "why": "vētra", "confirm": "yes"},
    "/crisis/off": {"confirm": "yes"},
    "/crisis/confirm": {},
    "/accounts": {"search": "Bērziņa"},
    "/accounts/new": {"name": "Z", "username": "{new}", "role": "agent", "realm": "centre:talking"},
    "/accounts/{user_id}/give": {"role": "supervisor", "realm": "centre:talking"},
    "/accounts/{user_id}/take": {"role": "supervisor", "realm": "centre:talking"},
    "/accounts/{user_id}/active": {"active": "yes"},
    "/accounts/{user_id}/sessions": {},
    "/abuse/add": {"number": "20000000", "days": "1", "why": "x"},
    "/abuse/lift": {"entry": "{entry_id}", "why": "x"},
    "/limits/save": {"prefixes": "371"},
    "/services/drop": {"words": "x"},
    "/services/not-ours": {"words": "x"},
    "/trunks/save": {"trunk_id": "lmt", "peers": "192.0.2.10"},
    "/trunks/remove": {"trunk_id": "lmt"},
    "/person/export": {"number": "", "why": ""},
    "/person/ask": {"number": "", "why": ""},
    "/person/erase": {"number": "", "why": ""},
    "/audit": {"who": "x"},
    "/audit/ask": {"since": "2026-01-01", "until": "2026-01-02", "why": "x"},
    "/audit/export": {"period": "2026-01-01/2026-01-02"},
    "/approvals/decide": {"approval": "{approval_id}", "decision": "approve"},
}
"""What is sent to the routes that change something."""

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


async def ask(browser, token, route, objects):
    """The status of the answer to that route; of a link, what its closing code stands for."""
    method, _, pattern = route.partition(" ")
    path = pattern.replace("{version}/{path}", "x/nothing")
    for name, value in objects.items():
        path = path.replace(name, value)
    if route in LINKS:
        return await open_link(browser, path)
    if method == "GET":
        return (await browser.get(path, allow_redirects=False)).status
    given = {
        key: objects.get(value, value) if isinstance(value, str) else value
        for key, value in BODIES[pattern].items()
    }
    body = {"data": given} if pattern in FORMS or "/account" in pattern else {"json": given}
    answer = await browser.post(path, headers={"X-CSRF": token}, allow_redirects=False, **body)
    return answer.status


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


@pytest.mark.parametrize("role", get_args(Role))
async def test_every_cell(app, enter, csrf, world, role):
    """What a role may do in a realm, it may at every route, and nothing else; the agent and the
    call that are asked for lie in one centre. A grant counts at the very next request."""
    browser = await enter("talking")
    objects = {"{call_id}": world.call_of("talking").call_id, "{trunk_id}": "lmt"}
    objects["{user_id}"] = await world.accounts.create_user(
        "beside",
        PASSWORD,
        name="Beside",
        role="agent",
        realm=("centre", "talking"),
        centre_id="talking",
    )
    lies_in = around(world.world.network.place("talking"))
    case = NewCase(kind="question", subject="Ceļš")
    opener = (await world.accounts.session(cookie_of(browser))).person
    objects["{number}"] = await world.cases.begin(case, person=opener)
    user_id = (await world.accounts.session(cookie_of(browser))).person.user_id
    for realm in REALMS:
        await world.accounts.set_grants(user_id, {Grant(role=role, realm=realm)}, by="test")
        person = (await world.accounts.session(cookie_of(browser))).person
        for route in sorted(routes(app) - APART):
            said = expected(person, route, lies_in)
            objects["{new}"] = f"new-{realm}"
            status = await ask(browser, csrf(browser), route, objects)
            assert fits(status, said, ROUTES[route]), (realm, route, said, status)


async def test_a_visitor(app, enter):
    """Whoever is not logged in gets what is open, and nothing else."""
    browser = await enter(None)
    objects = {"{call_id}": "c-1", "{user_id}": "u", "{trunk_id}": "lmt", "{number}": "1"}
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
