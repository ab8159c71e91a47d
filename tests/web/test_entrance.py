"""Logging in, logging out, choosing the language."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from agents_ui.app import build
from agents_ui.shell.port import PanelSettings
from contactcentre.core import commands
from contactcentre.core.call.state import Phase
from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}


async def fill_in(browser, username="talking", password=PASSWORD):
    """Open the log-in page and send its form."""
    page = await (await browser.get("/login", headers=HTML)).text()
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    form = {"csrf": token, "username": username, "password": password}
    return await browser.post("/login", data=form, headers=HTML, allow_redirects=False)


async def test_log_in(enter):
    """A right password leads to the first page, with a session cookie that scripts can't read."""
    browser = await enter(None)
    answer = await fill_in(browser)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    cookie = answer.cookies["cc"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (await browser.get("/desk", headers=HTML)).status == 200


async def test_cookies_behind_tls(world):
    """Behind TLS every cookie of a session is Secure and bound to this host."""
    settings = PanelSettings(origin="https://panel.test", secure=True)
    async with TestClient(TestServer(build(world.ports(settings)))) as browser:
        answer = await browser.get("/login", headers=HTML)
    cookie = answer.cookies["__Host-login"]
    assert (cookie["secure"], cookie["httponly"], cookie["domain"]) == (True, True, "")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


async def test_wrong_password(enter):
    """A wrong password is said in words, and the name that was typed is not shown again."""
    browser = await enter(None)
    answer = await fill_in(browser, username="nobody-like-this", password="wrong")
    assert answer.status == 401
    assert "cc" not in answer.cookies
    assert "nobody-like-this" not in await answer.text()


async def test_guessing_is_slowed_down(enter):
    """Who must wait sees for how long."""
    browser = await enter(None)
    for _ in range(4):
        await fill_in(browser, password="wrong")
    answer = await fill_in(browser)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
    assert ">2<" in await answer.text()


async def test_database_away(enter, world, sessions):
    """While the database is away the log-in page opens and says so."""
    browser = await enter("talking")
    for session in sessions.values():
        await world.accounts.log_out(session.token)
    world.database_away = True
    for answer in (await browser.get("/login", headers=HTML), await fill_in(await enter(None))):
        assert answer.status == 503
        assert 'role="alert"' in await answer.text()
    assert (await browser.get("/desk", headers=HTML)).status == 503


async def test_desk_outlives_the_database(enter, csrf, world):
    """Who is at work goes on while the database is away: reload, search, and logging out too."""
    browser = await enter("talking")
    await browser.get("/desk", headers=HTML)
    headers = {"X-CSRF": csrf(browser)}
    world.database_away = True
    assert (await browser.get("/desk", headers=HTML)).status == 200
    answer = await browser.post("/desk/services", json={"q": "bērna"}, headers=headers)
    assert answer.status == 200
    answer = await browser.post("/logout", headers=headers, allow_redirects=False)
    assert answer.cookies["cc"]["max-age"] == "0"


async def test_first_page_holds_one_token(enter):
    """The form and the browser code of a first page carry the token of the cookie that it sets."""
    browser = await enter(None)
    page = await (await browser.get("/demo/phone", headers=HTML)).text()
    token = re.search(r'"csrf": "([^"]+)"', page)[1]
    answer = await browser.post(
        "/language", data={"csrf": token, "language": "en"}, allow_redirects=False
    )
    assert answer.status == 303


async def test_log_out(enter, csrf, world, sessions):
    """Logging out ends the session, the desk and the cookie."""
    browser = await enter("talking")
    form = {"csrf": csrf(browser)}
    answer = await browser.post("/logout", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/login"
    assert len(world.heard(commands.AgentLoggedOut)) == 1
    assert [await world.accounts.session(token) for token in sessions] == [None]
    assert answer.cookies["cc"]["max-age"] == "0"


async def test_another_log_in_ends_the_former(enter, world, sessions):
    """One browser holds one session: the old cookie becomes worthless."""
    browser = await enter("talking")
    page = await enter(None)
    token = re.search(r'value="([^"]+)"', await (await page.get("/login", headers=HTML)).text())[1]
    for cookie in page.session.cookie_jar:
        browser.session.cookie_jar.update_cookies({cookie.key: cookie.value}, browser.make_url("/"))
    form = {"csrf": token, "username": "board", "password": PASSWORD}
    answer = await browser.post("/login", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/board"
    assert [await world.accounts.session(token) for token in sessions] == [None]


async def test_language(enter, csrf):
    """The chosen language stays in the browser; Latvian is the first."""
    browser = await enter("idle")
    assert 'lang="lv"' in await (await browser.get("/desk", headers=HTML)).text()
    form = {"csrf": csrf(browser), "language": "en", "back": "/desk"}
    answer = await browser.post("/language", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/desk"
    assert '<html lang="en"' in await (await browser.get("/desk", headers=HTML)).text()


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "/desk/../x", ""])
async def test_language_leads_nowhere_else(enter, csrf, back):
    """The way back is one of our pages."""
    browser = await enter("idle")
    form = {"csrf": csrf(browser), "language": "en", "back": back}
    answer = await browser.post("/language", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/"


async def test_language_before_log_in(enter):
    """A visitor can choose the language of the log-in page."""
    browser = await enter(None)
    page = await (await browser.get("/login", headers=HTML)).text()
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    answer = await browser.post(
        "/language", data={"csrf": token, "language": "en"}, headers=HTML, allow_redirects=True
    )
    assert '<html lang="en"' in await answer.text()


@pytest.mark.parametrize(
    ("proxies", "said", "seen"),
    [
        ((), "1.2.3.4, 203.0.113.9", "127.0.0.1"),
        (("192.0.2.0/24",), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1",), "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (("127.0.0.1", "203.0.113.0/24"), "8.8.8.8, 2001:db8::7, 203.0.113.9", "2001:db8::7"),
        (("127.0.0.1",), "1.2.3.4, what is this", "127.0.0.1"),
        (("127.0.0.1",), "", "127.0.0.1"),
    ],
)
async def test_a_trusted_proxy_tells_the_address(world, settings, proxies, said, seen):
    """The last hop that is no proxy of ours counts; nobody else can choose an address."""
    addresses = []

    class Watched(type(world.accounts)):
        async def log_in(self, username, password, *, address, **how):
            addresses.append(address)
            return await super().log_in(username, password, address=address, **how)

    world.accounts.__class__ = Watched
    there = replace(settings, trusted_proxies=proxies)
    async with TestClient(
        TestServer(build(world.ports(there))), headers={"X-Forwarded-For": said}
    ) as browser:
        await fill_in(browser)
    assert addresses == [seen]


async def test_thirty_guesses_under_false_addresses(enter):
    """Whoever invents an address for each guess gets no more of them."""
    browser = await enter(None)
    statuses = []
    for number in range(30):
        browser.session.headers["X-Forwarded-For"] = f"198.51.100.{number}"
        statuses.append((await fill_in(browser, password="wrong")).status)
    assert statuses.count(401) == 3
    assert statuses.count(429) == 27


async def test_a_device_is_known_again(enter):
    """While strangers guess at an account, its user gets in from a computer used before."""
    mine, theirs = await enter(None), await enter(None)
    answer = await fill_in(mine)
    cookie = answer.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "31536000")
    while (await fill_in(theirs, password="wrong")).status == 401:
        pass
    stranger = await enter(None)
    assert (await fill_in(stranger)).status == 429
    for leaving in [cookie for cookie in mine.session.cookie_jar if cookie.key == "cc"]:
        mine.session.cookie_jar.clear(lambda one, key=leaving.key: one.key == key)
    assert (await fill_in(mine)).status == 303


async def test_a_crowd_of_strangers_keeps_nobody_out(enter):
    """Fifty strangers try at once; whoever works here logs in from a known computer meanwhile."""
    mine = await enter(None)
    device = (await fill_in(mine)).cookies["device"].value
    crowd = [asyncio.create_task(fill_in(await enter(None), "board", "x")) for _ in range(50)]
    await asyncio.sleep(0)
    again = await enter(None)
    again.session.cookie_jar.update_cookies({"device": device}, again.make_url("/"))
    assert (await fill_in(again)).status == 303
    assert {(await one).status for one in crowd} == {401, 429}


async def test_spraying_names(enter):
    """One password for 150 names, from one address: refused unseen after the first sixty."""
    browser = await enter(None)
    page = await (await browser.get("/login", headers=HTML)).text()
    form = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page)[1], "password": "x"}
    statuses = []
    for number in range(150):
        answer = await browser.post("/login", data={**form, "username": f"name{number}"})
        statuses.append(answer.status)
    assert statuses.count(401) == 60
    assert statuses.count(429) == 90


async def test_a_lock_ends_the_session_and_leaves_the_desk(enter, csrf, world):
    """The cookie opens nothing any more; the agent's call is not touched, nor the phone told to
    go."""
    browser = await enter("talking")
    token = csrf(browser)
    async with browser.post("/lock", headers={"X-CSRF": token}) as answer:
        assert answer.status == 204
        assert 'cc=""' in str(answer.cookies)
    async with browser.get("/desk") as answer:
        assert answer.status == 401
    assert world.heard(commands.AgentLoggedOut) == []
    assert world.call_of("talking").phase is Phase.TALKING
