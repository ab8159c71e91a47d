"""One's own page: the password, and where one is logged in."""

from __future__ import annotations

import re

import pytest

from contactcentre.core import commands
from contactcentre.features.accounts.leaked import LeakedPasswords, write
from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}
FRESH = "zaļa govs uz jumta"


def form_of(browser, csrf, new=FRESH, again=None, password=PASSWORD):
    return {"csrf": csrf(browser), "password": password, "new": new, "again": again or new}


async def change(browser, csrf, **fields):
    form = form_of(browser, csrf, **fields)
    return await browser.post("/account/password", data=form, headers=HTML, allow_redirects=False)


async def test_another_password(enter, csrf, world):
    """The old one opens nothing more, other browsers are logged out, this one goes on with a new
    session, and the agent's phone has to log in anew."""
    mine, other = await enter("talking"), await enter("talking")
    before = next(c.value for c in mine.session.cookie_jar if c.key == "cc")
    answer = await change(mine, csrf)
    assert (answer.status, answer.headers["Location"]) == (303, "/account?done=password")
    assert answer.cookies["cc"].value != before
    assert (await mine.get("/desk", headers=HTML)).status == 200
    answer = await other.get("/desk", headers=HTML, allow_redirects=False)
    assert answer.headers["Location"] == "/login"
    assert await world.accounts.session(before) is None
    assert world.heard(commands.AgentLoggedOut)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"password": "not mine at all"}, 403),
        ({"again": "another one of mine"}, 400),
        ({"new": "short"}, 400),
        ({"new": "x" * 300}, 400),
        ({"new": "aaaaaaaaaaaaaaaa"}, 400),
        ({"new": "qwertyuiop123"}, 400),
        ({"new": "talkingtalking"}, 400),
        ({"new": PASSWORD}, 400),
    ],
)
async def test_what_will_not_do_is_said_in_its_place(enter, csrf, fields, status):
    """Nothing is changed, and the reason stands beside the form."""
    browser = await enter("talking")
    answer = await change(browser, csrf, **fields)
    assert answer.status == status
    assert re.search(r'id="password">.*role="alert"', await answer.text(), re.DOTALL)
    assert (await browser.get("/desk", headers=HTML)).status == 200


async def test_a_leaked_password_is_refused(enter, csrf, world, tmp_path):
    """One of the list, however it is capitalised, is not taken."""
    path = tmp_path / "leaked"
    write(path, [b"correct horse battery\n"], shortest=12)
    world.accounts._passwords._leaked = LeakedPasswords(path)
    browser = await enter("talking")
    assert (await change(browser, csrf, new="Correct Horse Battery")).status == 400
    assert (await change(browser, csrf, new="correct horse batteries")).status == 303


async def test_where_one_is_logged_in(enter, csrf, world):
    """Each with its browser and the neighbourhood of its address, never the address; each can be
    ended, and others' can't."""
    mine, theirs = await enter("talking"), await enter("idle")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    other = await world.accounts.log_in(
        "talking", PASSWORD, address="203.0.113.77", browser="Firefox, Linux"
    )
    mine.session.headers["User-Agent"] = agent
    page = await (await mine.get("/account", headers=HTML)).text()
    assert "Firefox, Linux" in page
    assert "203.0.113.0/24" in page
    assert "203.0.113.77" not in page
    (name,) = re.findall(r'name="name" value="([0-9a-f]+)"', page)

    async def end(browser, password=PASSWORD):
        form = {"csrf": csrf(browser), "name": name, "password": password}
        return (await browser.post("/account/sessions/end", data=form)).status

    assert await end(theirs) == 409
    assert await end(mine, "not my password") == 403
    assert await world.accounts.session(other.token)
    assert await end(mine) == 200
    assert await world.accounts.session(other.token) is None
    assert (await mine.get("/desk", headers=HTML)).status == 200


async def test_out_everywhere_else(enter, csrf, world):
    """All sessions of one's own end, but for the one that asks."""
    mine, theirs = await enter("talking"), await enter("idle")
    others = [await world.accounts.log_in("talking", PASSWORD, address="a") for _ in range(3)]
    form = {"csrf": csrf(mine), "password": "not my password"}
    assert (await mine.post("/account/sessions/end-others", data=form)).status == 403
    assert await world.accounts.session(others[0].token)
    form["password"] = PASSWORD
    await mine.post("/account/sessions/end-others", data=form)
    assert [await world.accounts.session(one.token) for one in others] == [None] * 3
    for browser in (mine, theirs):
        assert (await browser.get("/desk", headers=HTML)).status == 200


async def test_what_was_done_is_one_of_our_words(enter):
    """Nobody puts a text of theirs on the page by a link."""
    browser = await enter("talking")
    page = await (await browser.get("/account?done=%3Cb%3EPay%3C/b%3E", headers=HTML)).text()
    assert "Pay" not in page


async def test_the_database_is_away(enter, csrf, world):
    """The page says so; nothing is half done."""
    browser = await enter("talking")
    await browser.get("/account", headers=HTML)
    world.database_away = True
    assert (await browser.get("/account", headers=HTML)).status == 503
    assert (await change(browser, csrf)).status == 503
