"""The page of crisis mode, its switch, and the banner everywhere else."""

from __future__ import annotations

import asyncio
import re
from html import escape

import pytest

from agents_ui.crisis.page import LIMITS, WRONG
from agents_ui.shell.texts import read
from contactcentre.core import commands
from contactcentre.core.config.crisis import LIMITS as CORE_LIMITS
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.features.crisis import confirmation
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web

FORM = {"plan": "emergency", "hours": "4", "why": "Daugava kāpj", "confirm": "yes"}
SAY = {code: language.text for code, language in read().items()}


@pytest.fixture
async def supervisor(enter):
    """A supervisor's browser."""
    return await enter("board")


async def turn(browser, csrf, act="on", **form):
    """Send a form of the page."""
    return await browser.post(
        f"/crisis/{act}", data={"csrf": csrf(browser), **form}, allow_redirects=False
    )


async def words(browser):
    """The page as it reads."""
    return await (await browser.get("/crisis")).text()


@pytest.mark.parametrize("locale", ["lv", "en"])
async def test_the_plan_in_words(enter, world, locale):
    """All that a plan sets can be read before it is switched on, in the reader's language."""
    browser = await enter("board")
    browser.session.cookie_jar.update_cookies({"lang": locale})
    page = await (await browser.get("/crisis")).text()
    for plan in world.crisis.plans():
        assert plan.label[locale] in page
        for text in (*plan.announcement.values(), *plan.volunteers):
            assert escape(text, quote=True) in page
    assert {"lv": "ukraiņu", "en": "Ukrainian"}[locale] in page
    assert "Ukrainas civiliedzīvotāju atbalsta likums" in page
    assert SAY[locale]("Wrap-up: {value} s", value=20) in page
    assert SAY[locale]("Switch on crisis mode") in page


def test_every_limit_has_words():
    """Whatever a plan may set is told in words on the page."""
    assert set(LIMITS) >= CORE_LIMITS


async def test_on_and_off(supervisor, csrf, world):
    """Who, why and how long are kept; off is on record too."""
    answer = await turn(supervisor, csrf, **FORM)
    assert (answer.status, answer.headers["Location"]) == (303, "/crisis")
    on = world.crisis.current()
    assert (on.by, on.why, on.until - on.began_at) == ("Gunta Priede", "Daugava kāpj", 4 * 3600)
    page = await words(supervisor)
    assert "Daugava kāpj" in page
    assert f'data-until="{on.until}"' in page
    assert (await turn(supervisor, csrf, "off", confirm="yes")).status == 303
    assert world.crisis.current() is None
    assert SAY["lv"]("Switched off") in await words(supervisor)


async def test_it_is_on_record_before_the_database_has_it(supervisor, csrf, world):
    """Who has just switched off looks at the record at once, and later finds it there once."""
    await turn(supervisor, csrf, **FORM)
    world.journal.disk.clear()
    await turn(supervisor, csrf, "off", confirm="yes")
    assert (await words(supervisor)).count(SAY["lv"]("Switched off")) == 1
    world.journal.disk.set()
    await turn(supervisor, csrf, **FORM | {"why": "atkal"})  # written after it
    assert (await words(supervisor)).count(SAY["lv"]("Switched off")) == 1


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"plan": ""}, "plan"),
        ({"hours": "9999"}, "hours"),
        ({"why": " "}, "why"),
        ({"why": "x" * 301}, "why"),
        ({"confirm": ""}, "confirm"),
    ],
)
async def test_what_is_missing_is_said(supervisor, csrf, world, changed, wrong):
    """Nothing is switched, and what was filled in is still there."""
    answer = await turn(supervisor, csrf, **{**FORM, **changed})
    assert answer.status == 400
    page = await answer.text()
    assert SAY["lv"](WRONG[wrong]) in page
    if "why" not in changed:
        assert 'value="Daugava kāpj"' in page
    assert world.crisis.current() is None


async def test_somebody_was_faster(supervisor, csrf):
    """Off when it is off already, or a plan that is gone: said, not passed over."""
    assert (await turn(supervisor, csrf, "off", confirm="yes")).status == 409
    assert (await turn(supervisor, csrf, **{**FORM, "plan": "gone"})).status == 409


async def test_another_site_cannot_switch(supervisor, csrf, world):
    """No token, a wrong token, another origin."""
    token = csrf(supervisor)
    foreign = {"Origin": "https://elsewhere.test"}
    forged = ((FORM, {}), ({**FORM, "csrf": "x"}, {}), ({**FORM, "csrf": token}, foreign))
    for data, headers in forged:
        answer = await supervisor.post("/crisis/on", data=data, headers=headers)
        assert answer.status == 403
    assert world.crisis.current() is None


async def test_the_switch_works_while_the_database_is_away(supervisor, csrf, world):
    """The record cannot be shown and the page says so; the switch is turned."""
    world.database_away = True
    assert SAY["lv"]("The database is away: the record cannot be shown. The switch works.") in (
        await words(supervisor)
    )
    assert (await turn(supervisor, csrf, **FORM)).status == 303
    assert world.crisis.current() is not None


async def test_every_desk_and_board_says_so(enter, csrf, hear, world):
    """The banner comes with the views, with the end; an agent's page has no way to the switch."""
    supervisor, agent = await enter("board"), await enter("talking")
    await turn(supervisor, csrf, **FORM)
    for browser, path in ((supervisor, "/board/live"), (agent, "/desk/live")):
        link = await browser.ws_connect(path, origin=ORIGIN)
        view = (await hear(link, "view"))["view"]
        assert view["crisis"]["label"]["lv"] == "Ārkārtējā situācija"
        assert view["crisis"]["until"] == world.crisis.current().until
    assert 'href="/crisis"' not in await (await agent.get("/desk")).text()
    assert 'href="/crisis"' in await (await supervisor.get("/board")).text()


async def test_a_volunteer_off_duty(enter, world):
    """Whoever is kept in reserve is told so instead of getting a desk."""
    browser = await enter("reserve")
    answer = await browser.get("/desk", headers={"Accept": "text/html"})
    assert answer.status == 403
    assert SAY["lv"]("Not needed just now") in await answer.text()
    link = await browser.ws_connect("/desk/live", origin=ORIGIN)
    await link.receive()
    assert link.close_code == 4403
    assert world.heard(commands.AgentLoggedIn) == []


async def test_a_second_person_confirms(enter, supervisor, csrf, world):
    """It counts at once. Whoever has switched can't confirm it; another does, and it is said no
    more. Switching off is confirmed too; an end by itself is nobody's doing."""
    await turn(supervisor, csrf, **FORM)
    assert SAY["lv"]("A second person confirms it") in await words(supervisor)
    assert 'action="/crisis/confirm"' not in await words(supervisor)
    assert (await turn(supervisor, csrf, "confirm")).status == 409
    other = await enter("admin")
    for act in ("on", "off"):
        assert world.crisis.unconfirmed().on is (act == "on")
        assert 'action="/crisis/confirm"' in await words(other)
        assert (await turn(other, csrf, "confirm")).status == 303
        assert world.crisis.unconfirmed() is None
        assert SAY["lv"]("A second person confirms it") not in await words(other)
        assert (await turn(other, csrf, "confirm")).status == 409
        if act == "on":
            await turn(supervisor, csrf, "off", confirm="yes")


async def test_nobody_has_confirmed(supervisor, csrf, world, monkeypatch):
    """After a quarter of an hour the board has an alarm; the crisis goes on. The database being
    away holds nothing of that up."""
    world.database_away = True
    await turn(supervisor, csrf, **FORM)
    assert list(world.confirmation.alarms()) == []
    monkeypatch.setattr(confirmation, "now", lambda: now() + confirmation.WITHIN_S)
    (alarm,) = world.confirmation.alarms()
    assert (alarm.code, alarm.detail) == ("crisis-unconfirmed", "Gunta Priede")
    assert world.crisis.current() is not None


async def test_another_process_knows_of_the_confirmation(enter, supervisor, csrf, world, until):
    """It looks: after a restart, nothing is asked for again."""
    await turn(supervisor, csrf, **FORM)
    await turn(await enter("admin"), csrf, "confirm")
    again = confirmation.CrisisConfirmation(world.world, world.database)
    assert again.open() is not None
    looking = asyncio.create_task(again.run())
    await until(lambda: again.open() is None)
    looking.cancel()


async def test_a_restart_asks_for_the_confirmation_of_an_end(supervisor, csrf, world):
    """Whoever starts anew knows who switched off last, and asks until somebody confirms it."""
    await turn(supervisor, csrf, **FORM)
    await turn(supervisor, csrf, "off", confirm="yes")
    again = World(world.world.network)
    again.restore((), (), None, (), world.world.crisis.last)
    asked = confirmation.CrisisConfirmation(again, world.database)
    await asked.look()
    unconfirmed = asked.open()
    assert (unconfirmed.on, unconfirmed.by) == (False, "Gunta Priede")


async def test_no_inline_code(supervisor):
    """Neither scripts nor styles stand in the page."""
    page = await words(supervisor)
    assert not re.search(r"<script(?![^>]*(src=|application/json))|<style| style=| on\w+=", page)
