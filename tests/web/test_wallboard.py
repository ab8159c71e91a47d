"""Big screens: made, opened by the secret of a link and by nothing else, revoked."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse
from sqlalchemy import select

from agents_ui.shell.port import Grant
from agents_ui.wallboard.port import MOST_SCREENS
from contactcentre.engine.live import QUIET_S
from contactcentre.storage import tables as models
from lab.pages.people import PASSWORD
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web

Make = Callable[..., Awaitable[str]]


@pytest.fixture
async def make(enter, csrf) -> Make:
    """A supervisor makes a screen: what the page says, with the link in it."""
    browser = await enter("board")

    async def made(name: str = "Zāle", subject: str = "network:", *figures: str) -> str:
        chosen = {f"figure-{code}": "1" for code in figures or ("waiting", "longest", "level")}
        answer = await browser.post(
            "/wallboards/add",
            data={"csrf": csrf(browser), "name": name, "subject": subject, **chosen},
        )
        return await answer.text()

    made.browser = browser  # type: ignore[attr-defined]
    return made


def secret_of(page: str) -> str:
    """Of the link that stands on the page."""
    (found,) = re.findall(rf"{ORIGIN}/wallboard#([\w-]+)", page)
    return str(found)


@asynccontextmanager
async def opened(browser, secret: str) -> AsyncIterator[ClientWebSocketResponse]:
    """A screen's live link, after the secret was said."""
    link = await browser.ws_connect("/wallboard/live", origin=ORIGIN)
    await link.send_json({"secret": secret})
    yield link
    await link.close()


async def test_a_screen_shows_figures_without_a_log_in(enter, make, hear, world):
    """Those that were chosen, each with its target, and no more; who made it is on record."""
    secret = secret_of(await make())
    async with opened(await enter(None), secret) as link:
        view = (await hear(link, "view"))["view"]
    total = world.board.view(await leader(world)).total
    assert view["name"] == "Zāle"
    assert [(one["code"], one["value"], one["target"]) for one in view["figures"]] == [
        ("waiting", total.waiting, total.target_waiting),
        ("longest", total.longest_since, total.target_wait_s),
        ("level", total.service_level, total.target_service_level),
    ]
    assert set(view) == {"at", "name", "subject", "telephony", "figures"}
    async with world.database.connect() as connection:
        audit = models.audit.c
        made = select(audit.details, audit.who).where(audit.action == "screen.made")
        (row,) = (await connection.execute(made)).all()
    assert row.who
    assert json.loads(row.details) == {"dimension": "network", "key": ""}


async def leader(world) -> Any:
    """Who leads the whole network."""
    session = await world.accounts.log_in("board", PASSWORD, address="127.0.0.1")
    return session.person


async def test_the_secret_is_kept_nowhere(make, world):
    """The database has its hash; the list of screens shows no link again."""
    secret = secret_of(await make())
    async with world.database.connect() as connection:
        (row,) = (await connection.execute(select(models.wall_screens))).mappings().all()
    assert secret not in str(dict(row))
    assert secret not in await (await make.browser.get("/wallboards")).text()


@pytest.mark.parametrize(
    "said",
    ['{"secret": "guess"}', '{"secret": ""}', "{}", '{"secret": 1}', "[]", "x" * 70000],
)
async def test_another_secret_opens_nothing(enter, make, said):
    """Nor does any rubbish; the link ends with the code by which a page knows that for good."""
    await make()
    link = await (await enter(None)).ws_connect("/wallboard/live", origin=ORIGIN)
    await link.send_str(said)
    async for message in link:
        assert message.json()["type"] == "session_over"
    assert link.close_code in (4401, 1009)


async def test_who_says_nothing_is_let_go(enter):
    """A stranger's socket lasts as long as a page may take to say its secret."""
    link = await (await enter(None)).ws_connect("/wallboard/live", origin=ORIGIN)
    async for message in link:
        assert message.json()["type"] == "session_over"
    assert link.close_code == 4401


async def test_another_sites_page_opens_nothing(enter, make):
    """A browser says where a page comes from."""
    browser, headers = await enter(None), {"Upgrade": "websocket", "Connection": "Upgrade"}
    headers["Origin"] = "https://elsewhere.test"
    assert (await browser.get("/wallboard/live", headers=headers)).status == 403


async def test_a_revoked_screen_ends_at_once(enter, make, csrf, hear, world):
    """Whoever has it open sees nothing more, and the link opens nothing."""
    secret = secret_of(await make())
    (screen,) = await world.screens.screens(person=await leader(world))
    async with opened(await enter(None), secret) as link:
        await hear(link, "view")
        given = {"csrf": csrf(make.browser), "screen": screen.screen_id}
        answer = await make.browser.post("/wallboards/revoke", data=given, allow_redirects=False)
        assert answer.status == 303
        async with asyncio.timeout(QUIET_S / 3):  # a quiet night's next round would be later
            await hear(link, "session_over")
    async with opened(await enter(None), secret) as link:
        await hear(link, "session_over")
    again = await make.browser.post("/wallboards/revoke", data=given)
    assert (again.status, "Šī ekrāna saite jau ir atsaukta" in await again.text()) == (404, True)


async def test_it_goes_on_without_the_database(enter, make, hear, world):
    """An open screen shows what is known; only a new one has to wait."""
    secret = secret_of(await make())
    async with opened(await enter(None), secret) as link:
        await hear(link, "view")
        browser = await enter(None)
        world.database_away = True
        other = await browser.ws_connect("/wallboard/live", origin=ORIGIN)
        await other.send_json({"secret": secret})
        async for message in other:
            assert message.json()["type"] == "tick"
        assert other.close_code == 1013
        await hear(link, "tick")
        assert not link.closed


@pytest.mark.parametrize(
    ("name", "subject", "figures", "word"),
    [
        (" ", "network:", ("waiting",), "Ierakstiet nosaukumu"),
        ("x" * 61, "network:", ("waiting",), "Ierakstiet nosaukumu"),
        ("Zāle", "queue:none", ("waiting",), "Izvēlieties, par ko"),
        ("Zāle", "", ("waiting",), "Izvēlieties, par ko"),
        ("Zāle", "network:", ("none",), "no viena līdz sešiem"),
        (
            "Zāle",
            "network:",
            ("waiting", "longest", "level", "average", "answered", "ready", "busy"),
            "no viena līdz sešiem",
        ),
    ],
)
async def test_what_is_no_screen(make, world, name, subject, figures, word):
    """Is told with the reason beside the field, and what was written stays."""
    page = await make(name, subject, *figures)
    assert word in page
    assert f'value="{name}"' in page
    assert await world.screens.screens(person=await leader(world)) == []


async def test_so_many_and_no_more(make, world):
    """The table is bounded."""
    person = await leader(world)
    for _ in range(MOST_SCREENS):
        await world.screens.add("Zāle", ("network", ""), ["waiting"], person=person)
    assert "Ekrānu ir par daudz" in await make()


async def test_a_place_is_shown_by_who_leads_there(enter, csrf, world, make):
    """Figures of another centre can't be put on a wall, nor is its screen seen or revoked."""
    centre = next(iter(world.world.network.centres))
    await make("Zāle", f"centre:{centre}")
    (screen,) = await world.screens.screens(person=await leader(world))
    browser = await enter("talking")
    cookie = next(one.value for one in browser.session.cookie_jar if one.key == "cc")
    person = (await world.accounts.session(cookie)).person
    others = [one for one in world.world.network.centres if one != centre]
    for realm, status in ((others[0], 404), (centre, 200)):
        grants = {Grant(role="supervisor", realm=("centre", realm))}
        await world.accounts.set_grants(person.user_id, grants, by="test")
        page = await (await browser.get("/wallboards")).text()
        assert (screen.screen_id in page, f"centre:{centre}" in page) == ((status == 200),) * 2
        given = {"csrf": csrf(browser), "screen": screen.screen_id}
        assert (await browser.post("/wallboards/revoke", data=given)).status == status
