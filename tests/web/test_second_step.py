"""The second step of a log-in, and setting it up."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from agents_ui.app import build
from contactcentre.features.accounts.proofs import FRESH_S
from contactcentre.features.accounts.service import AccountService
from lab.pages import sample
from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}
STEP_S = 30
NOW = time.time() // STEP_S * STEP_S + STEP_S / 2
"""In the middle of a half minute, where the clock stands still."""


@pytest.fixture(autouse=True)
def still(world):
    """No test is caught by the turn of the half minute."""
    world.accounts.records.clock = lambda: NOW


def secret_of(page):
    return re.search(r'class="secret">([A-Z2-7]+)<', page)[1]


def code_of(secret, steps=0):
    """The code of now, or of some half minutes away."""
    return pyotp.TOTP(secret).generate_otp(int(NOW) // STEP_S + steps)


def token_of(page):
    return re.search(r'name="csrf" value="([^"]+)"', page)[1]


async def set_up(browser, csrf, steps=-1):
    """Set up an app; its secret and the codes on paper."""
    form = {"csrf": csrf(browser), "password": PASSWORD}
    page = await (await browser.post("/account/app", data=form)).text()
    secret, ticket = secret_of(page), re.search(r'name="ticket" value="([^"]+)"', page)[1]
    form = {"csrf": csrf(browser), "ticket": ticket, "code": code_of(secret, steps)}
    page = await (await browser.post("/account/app/finish", data=form)).text()
    return secret, re.findall(r"<li><code>([a-z2-7-]+)</code>", page)


async def give_password(browser, username="talking", password=PASSWORD):
    page = await (await browser.get("/login", headers=HTML)).text()
    form = {"csrf": token_of(page), "username": username, "password": password}
    return await browser.post("/login", data=form, headers=HTML, allow_redirects=False)


async def give_code(browser, code):
    page = await (await browser.get("/login/code", headers=HTML)).text()
    form = {"csrf": token_of(page), "code": code}
    return await browser.post("/login/code", data=form, headers=HTML, allow_redirects=False)


async def test_the_password_alone_is_not_enough(enter, csrf):
    """Who has set up an app gets no session for the password, but one for it and a code."""
    secret, _ = await set_up(await enter("talking"), csrf)
    browser = await enter(None)
    answer = await give_password(browser)
    assert (answer.status, answer.headers["Location"]) == (303, "/login/code")
    assert "cc" not in answer.cookies
    assert (await browser.get("/desk", headers=HTML, allow_redirects=False)).status == 303
    answer = await give_code(browser, code_of(secret))
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    assert (await browser.get("/desk", headers=HTML)).status == 200


async def test_the_picture_is_drawn_in_the_page(enter, csrf):
    """The QR code is an element of the page itself, and says in words what it is."""
    browser = await enter("talking")
    form = {"csrf": csrf(browser), "password": PASSWORD}
    page = await (await browser.post("/account/app", data=form)).text()
    assert re.search(r'role="img" aria-label="[^"]{20,}"[^>]*><svg', page)


async def test_a_code_counts_once(enter, csrf):
    """Whoever has seen a code typed can't log in by it as well, however quick."""
    secret, _ = await set_up(await enter("talking"), csrf)
    code, first, second = code_of(secret), await enter(None), await enter(None)
    for browser in (first, second):
        await give_password(browser)
    assert (await give_code(first, code)).status == 303
    answer = await give_code(second, code)
    assert answer.status == 401
    assert 'role="alert"' in await answer.text()


async def test_the_code_that_set_it_up_is_spent(enter, csrf):
    """The first code of an app opens no session."""
    secret, _ = await set_up(await enter("talking"), csrf, steps=0)
    browser = await enter(None)
    await give_password(browser)
    assert (await give_code(browser, code_of(secret))).status == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (1, 303), (2, 401), (3, 401)])
async def test_clocks_may_differ_by_half_a_minute(enter, csrf, steps, status):
    """The code before and the one after are right, others are not."""
    secret, _ = await set_up(await enter("talking"), csrf)
    browser = await enter(None)
    await give_password(browser)
    assert (await give_code(browser, code_of(secret, steps))).status == status


async def test_a_recovery_code_lets_in_once(enter, csrf):
    """Ten codes on paper, however they are typed, each for one log-in; then there are fewer."""
    _, codes = await set_up(await enter("talking"), csrf)
    assert len(set(codes)) == 10
    browser, again = await enter(None), await enter(None)
    for one in (browser, again):
        await give_password(one)
    typed = codes[3].upper().replace("-", " ")
    assert (await give_code(browser, typed)).status == 303
    assert (await give_code(again, codes[3])).status == 401
    page = await (await browser.get("/account", headers=HTML)).text()
    assert re.search(r'class="num">9<', page)


async def test_guesses_at_the_code_are_slowed_down(enter, csrf):
    """Who knows the password gets no more than a few guesses at the code."""
    secret, _ = await set_up(await enter("talking"), csrf)
    browser = await enter(None)
    await give_password(browser)
    statuses = [(await give_code(browser, f"{number:06}")).status for number in range(6)]
    assert statuses[:3] == [401, 401, 401]
    answer = await give_code(browser, code_of(secret))
    assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (429, True)


@pytest.mark.parametrize("ticket", ["", "x", "gAAAAABl" + "A" * 80, "\u0101"])
async def test_a_forged_ticket_leads_back_to_the_password(enter, ticket):
    """What is not ours, or too old, opens nothing and tells nothing."""
    browser = await enter(None)
    page = await (await browser.get("/login", headers=HTML)).text()
    form = {"csrf": token_of(page), "code": "123456"}
    headers = {**HTML, "Cookie": f"second={ticket}"}
    login = next(c.value for c in browser.session.cookie_jar if c.key == "login")
    headers["Cookie"] += f"; login={login}"
    answer = await browser.post("/login/code", data=form, headers=headers, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


async def test_a_ticket_dies_with_the_password(enter, csrf, world):
    """A password that is changed in between ends the log-in that it began."""
    secret, _ = await set_up(await enter("talking"), csrf)
    browser = await enter(None)
    await give_password(browser)
    await world.accounts.set_password("talking", "cita laba parole")
    answer = await give_code(browser, code_of(secret))
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


async def test_the_form_is_bound_to_its_browser(enter, csrf):
    """Another site can't finish a log-in: the form's token is asked for."""
    secret, _ = await set_up(await enter("talking"), csrf)
    browser = await enter(None)
    await give_password(browser)
    answer = await browser.post("/login/code", data={"csrf": "guess", "code": code_of(secret)})
    assert answer.status == 403


async def test_setting_up_asks_for_the_password(enter, csrf):
    """An open desk is not enough to change how its agent logs in."""
    browser = await enter("talking")
    for path in ("/account/app", "/account/app/remove", "/account/codes", "/account/password"):
        form = {"csrf": csrf(browser), "password": "another password"}
        answer = await browser.post(path, data=form, headers=HTML)
        assert answer.status in (403, 409, 429)
        assert 'role="alert"' in await answer.text()


async def test_somebody_elses_ticket_sets_nothing_up(enter, csrf):
    """What one person has begun, another can't finish."""
    mine, theirs = await enter("talking"), await enter("idle")
    form = {"csrf": csrf(theirs), "password": PASSWORD}
    page = await (await theirs.post("/account/app", data=form)).text()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    form = {"csrf": csrf(mine), "ticket": ticket, "code": code_of(secret_of(page))}
    assert (await mine.post("/account/app/finish", data=form)).status == 400


async def test_a_wrong_first_code_shows_the_same_picture(enter, csrf):
    """A typing error does not begin everything anew."""
    browser = await enter("talking")
    form = {"csrf": csrf(browser), "password": PASSWORD}
    page = await (await browser.post("/account/app", data=form)).text()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    form = {"csrf": csrf(browser), "ticket": ticket, "code": "000000"}
    answer = await browser.post("/account/app/finish", data=form, headers=HTML)
    assert answer.status == 400
    assert secret_of(await answer.text()) == secret_of(page)


async def test_removing_it(enter, csrf):
    """Afterwards the password is enough again."""
    browser = await enter("talking")
    await set_up(browser, csrf)
    form = {"csrf": csrf(browser), "password": PASSWORD}
    assert (await browser.post("/account/app/remove", data=form)).status == 200
    answer = await give_password(await enter(None))
    assert answer.headers["Location"] == "/desk"


async def test_who_has_one_shows_it_once_more(enter, csrf, world):
    """Within ten minutes of the log-in the password is enough; later a code of the app goes along,
    and each counts once."""
    browser = await enter("talking")
    secret, _ = await set_up(browser, csrf)
    form = {"csrf": csrf(browser), "password": PASSWORD}
    assert (await browser.post("/account/codes", data=form)).status == 200
    later = NOW + FRESH_S
    world.accounts.records.clock = lambda: later
    page = await (await browser.get("/account", headers=HTML)).text()
    assert 'id="codes-password-code"' in page
    for wrong in ({}, {"proof-code": code_of(secret)}):
        assert (await browser.post("/account/codes", data={**form, **wrong})).status == 403
    code = pyotp.TOTP(secret).generate_otp(int(later) // STEP_S)
    given = {**form, "proof-code": code}
    assert (await browser.post("/account/codes", data=given)).status == 200
    assert (await browser.post("/account/app/remove", data=given)).status == 403
    assert (await give_password(await enter(None))).headers["Location"] == "/login/code"


async def test_a_role_that_must_have_one(world, settings, csrf, sessions):
    """An administrator without a second factor gets to the own page and nowhere else, until it is
    set up; an agent, whose role does not ask for it, everywhere."""
    world.accounts = AccountService(
        world.database,
        passwords=sample.passwords(),
        second_factor=frozenset({"admin"}),
        clock=lambda: NOW,
    )
    async with TestClient(TestServer(build(world.ports(settings)))) as browser:
        answer = await give_password(browser, "admin")
        assert answer.headers["Location"] == "/account"
        token = answer.cookies["cc"].value
        sessions[token] = await world.accounts.session(token)
        for path in ("/board", "/desk", "/crisis", "/"):
            answer = await browser.get(path, headers=HTML, allow_redirects=False)
            assert (answer.status, answer.headers["Location"]) == (303, "/account")
        assert (await browser.get("/board/why/x")).status == 403
        assert 'id="must"' in await (await browser.get("/account", headers=HTML)).text()
        await set_up(browser, csrf)
        answer = await browser.get("/board", headers=HTML, allow_redirects=False)
        assert answer.status == 200
    async with TestClient(TestServer(build(world.ports(settings)))) as browser:
        assert (await give_password(browser, "talking")).headers["Location"] == "/desk"
