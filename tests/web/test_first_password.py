"""First passwords: whoever gets one from another chooses another, in time."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher

from contactcentre.features.accounts.service import FIRST_S
from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}
OWN = "zaļa govs uz jumta"


@pytest.fixture(autouse=True)
async def newcomer(world):
    """An account that somebody else has made."""
    await world.accounts.create_user("jauna", PASSWORD, name="Jauna", role="supervisor", first=True)


async def log_in(browser, password=PASSWORD):
    page = await (await browser.get("/login", headers=HTML)).text()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    form = {"csrf": csrf, "username": "jauna", "password": password}
    return await browser.post("/login", data=form, headers=HTML, allow_redirects=False)


async def change(browser, new):
    page = await (await browser.get("/account", headers=HTML)).text()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    form = {"csrf": csrf, "password": PASSWORD, "new": new, "again": new}
    return await browser.post("/account/password", data=form, headers=HTML, allow_redirects=False)


async def test_it_opens_the_own_page_alone(enter):
    """Until another is chosen, which it cannot be itself; then everything is open."""
    browser = await enter(None)
    assert (await log_in(browser)).headers["Location"] == "/account"
    for path in ("/board", "/alerts", "/"):
        answer = await browser.get(path, headers=HTML, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/account")
    assert (await (await browser.get("/board")).json())["error"] == "first-password"
    assert 'id="must"' in await (await browser.get("/account", headers=HTML)).text()
    assert (await change(browser, PASSWORD)).status == 400
    assert (await browser.get("/board", headers=HTML, allow_redirects=False)).status == 303
    assert (await change(browser, OWN)).status == 303
    assert (await browser.get("/board", headers=HTML, allow_redirects=False)).status == 200
    assert (await log_in(await enter(None), OWN)).headers["Location"] == "/board"


async def test_it_ends(enter, world):
    """Unused for its time it opens nothing, and its person is told; who guesses is told nothing of
    it. Another first password counts anew."""
    made_at = world.accounts.records.clock()
    world.accounts.records.clock = lambda: made_at + FIRST_S - 60
    assert (await log_in(await enter(None))).status == 303
    world.accounts.records.clock = lambda: made_at + FIRST_S + 60
    answer = await log_in(await enter(None))
    assert answer.status == 401
    assert "laikus netika izmantota" in await answer.text()
    answer = await log_in(await enter(None), "something else")
    assert answer.status == 401
    assert "laikus netika izmantota" not in await answer.text()
    await world.accounts.set_password("jauna", PASSWORD, first=True)
    assert (await log_in(await enter(None))).headers["Location"] == "/account"


async def test_it_is_not_made_ones_own_by_better_hashing(enter, world):
    """Whose first password is hashed anew at a log-in still has to choose another."""
    world.accounts._passwords._hasher = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    browser = await enter(None)
    assert (await log_in(browser)).headers["Location"] == "/account"
    assert (await log_in(await enter(None))).headers["Location"] == "/account"
