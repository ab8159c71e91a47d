"""Logging in, logging out, choosing the language."""

from __future__ import annotations

import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from agents_ui.app import build
from agents_ui.shell.port import PanelSettings
from contactcentre.core import events
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
    assert len(world.heard(events.AgentLoggedOut)) == 1
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


async def test_proxy_tells_the_address(world, settings):
    """Behind a proxy the accounts learn the browser's address, else nobody can choose it."""
    seen = []

    class Watched(type(world.accounts)):
        async def log_in(self, username, password, *, address):
            seen.append(address)
            return await super().log_in(username, password, address=address)

    world.accounts.__class__ = Watched
    for behind_proxy in (False, True):
        there = PanelSettings(origin=settings.origin, secure=False, behind_proxy=behind_proxy)
        async with TestClient(
            TestServer(build(world.ports(there))),
            headers={"X-Forwarded-For": "1.2.3.4, 203.0.113.9"},
        ) as browser:
            await fill_in(browser)
    assert seen == ["127.0.0.1", "203.0.113.9"]
