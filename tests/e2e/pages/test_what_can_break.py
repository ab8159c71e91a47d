"""Reloads, lost links, lost sessions, second windows: nothing of a call is lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from panel import Line, World, an_offer, faults
from playwright.async_api import (
    Browser,
    expect,
)
from window import Window, opened

from contactcentre.core import commands
from contactcentre.core.agent.state import State
from contactcentre.engine.clock import now
from contactcentre.engine.live import LINE
from lab.pages.people import AGENTS, PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def window(browser: Browser) -> AsyncIterator[Window]:
    """One of each test's own: links that are led through a `Line` are not led back."""
    async with opened(browser) as window:
        yield window


async def test_the_note_survives_a_reload(world: World) -> None:
    """What was typed is with the service within two seconds, and on the page after a reload."""
    page = await world.open("talking")
    await page.fill("#note", "Zvana par pabalstu. ")
    note = await world.until(commands.NoteWritten)
    assert note.base == 1
    await page.locator("#note").press_sequentially("Atzvanīt.")
    await page.reload()
    await expect(page.locator("#note")).to_have_value("Zvana par pabalstu. Atzvanīt.")


async def test_a_note_from_offline_writes_over_no_newer_one(world: World) -> None:
    """Both stand on the page that comes back, until the agent has chosen."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await expect(page.locator("body")).to_have_attribute("data-call", "talking")
    await line.cut()
    await page.route("**/desk/command", lambda route: route.abort())
    await page.fill("#note", "Bez saites.")
    call, now = world.stage.call_of("talking"), world.stage.at
    newer = commands.NoteWritten(
        at=now,
        agent_id=AGENTS["talking"].agent_id,
        call_id=call.call_id,
        text="No otra loga.",
        base=call.record.note_version,
    )
    world.stage.apply(newer)
    line.mended = True
    await expect(page.locator("#note-other-text")).to_have_text("No otra loga.", timeout=10_000)
    assert await faults(page) == []
    await page.click("#note-both")
    await expect(page.locator("#note-other")).to_be_hidden()
    await expect(page.locator("#note")).to_have_value("No otra loga.\nBez saites.")
    await page.reload()
    await expect(page.locator("#note")).to_have_value("No otra loga.\nBez saites.")


async def test_a_lost_link_is_said_and_mended(world: World) -> None:
    """Without the live link a banner says so; commands go by request; the link comes back."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await expect(page.locator("#banner")).to_be_hidden()
    await line.cut()
    await expect(page.locator("#banner")).to_be_visible(timeout=2000)
    await page.fill("#note", "Bez saites.")
    assert (await world.until(commands.NoteWritten)).text == "Bez saites."
    line.mended = True
    await expect(page.locator("#banner")).to_be_hidden(timeout=10_000)


async def test_a_lost_link_speaks_of_a_call_only_in_a_call(world: World) -> None:
    """Who waits for calls is not told that a call goes on."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("idle")
    await line.cut()
    await expect(page.locator("#banner-word")).to_contain_text("var ienākt")
    await expect(page.locator("#banner-word")).not_to_contain_text("Saruna turpinās")


async def test_an_order_that_fails_is_said(world: World) -> None:
    """When the service can't take an order the agent reads so, in words."""
    page = await world.open("idle")
    world.stage.inbox.full = True
    await page.keyboard.press("v")
    await expect(page.locator("#hint")).to_be_visible()


async def test_a_choice_made_without_the_link_is_kept(world: World) -> None:
    """A chip pressed while nothing reaches the service is sent when the link is back."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await line.cut()
    await page.route("**/desk/command", lambda route: route.abort())
    await page.click("[data-kind=application]")
    line.mended = True
    assert (await world.until(commands.RecordSaved)).kind == "application"
    await expect(page.locator("[data-kind=application]")).to_have_attribute("aria-pressed", "true")


async def test_a_session_that_ends_leaves_the_desk_standing(world: World) -> None:
    """Logged out in mid-call, the page stays, offers to log in, and goes on after it."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await world.log_out()
    await line.cut()
    line.mended = True
    await expect(page.locator("#banner-login")).to_be_visible()
    await expect(page.locator("[data-mode=talking]")).to_be_visible()
    again = await world.page()
    await again.goto(f"{world.origin}/login")
    await again.fill("#username", "talking")
    await again.fill("#password", PASSWORD)
    await again.click("#enter")
    await expect(page.locator("#banner")).to_be_hidden(timeout=15_000)
    await page.keyboard.press("/")
    await page.keyboard.type("gimenes")
    await expect(page.locator("#cards h2")).to_contain_text("imenes")


async def test_who_was_logged_out_for_absence_comes_back_by_a_click(world: World) -> None:
    """No phone for ten minutes: the page says so, and when it comes back it logs nobody in."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("idle")
    number, stage = AGENTS["idle"].number, world.stage
    stage.at = now()
    stage.phone(number, reachable=False)
    stage.pass_s(stage.world.network.offers.absent_s)
    stage.fires("absent", AGENTS["idle"].agent_id)
    out = page.locator("[data-mode=out]")
    await expect(out).to_be_visible()
    await expect(page.locator("#out-why")).to_contain_text("nebija sasniedzams")
    await line.cut()
    line.mended = True
    await expect(page.locator("#banner")).to_be_hidden(timeout=10_000)
    await expect(out).to_be_visible()
    assert stage.agent(number).state is State.LOGGED_OUT
    await page.click("[data-do=come-back]")
    await expect(page.locator("body")).to_have_attribute("data-phone", "registered")
    await expect(page.locator("#was-gone")).to_contain_text("nebija sasniedzams")
    assert stage.agent(number).state is State.NOT_READY


async def test_the_phone_alone_can_be_answered(world: World) -> None:
    """With the service away the exchange rings the phones by itself, and the desk answers."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("idle")
    await line.cut()
    await expect(page.locator("#banner")).to_be_visible()
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("[data-mode=ringing]")).to_be_visible()
    await page.keyboard.press("Enter")
    await world.exchange.until_answered()


async def test_a_second_window_rests(world: World) -> None:
    """One window rings; another one says so, and can take over, and the first can again."""
    first = await world.open("idle")
    second = await world.page()
    await second.goto(f"{world.origin}/desk")
    await expect(second.locator("[data-mode=elsewhere]")).to_be_visible()
    await second.click("[data-do=use-here]")
    await expect(second.locator("[data-mode=idle]")).to_be_visible()
    await expect(first.locator("[data-mode=elsewhere]")).to_be_visible()
    await expect(second.locator("body")).to_have_attribute("data-phone", "registered")
    await expect(first.locator("body")).to_have_attribute("data-phone", "connecting")
    await first.click("[data-do=use-here]")
    await expect(first.locator("body")).to_have_attribute("data-phone", "registered")


async def test_who_is_ready_is_told_that_no_call_can_come(world: World) -> None:
    """As long as the exchange is away, and no longer."""
    page = await world.open("lost")
    await expect(page.locator("#idle-away")).to_be_visible()
    await expect(page.locator("#idle-note")).to_be_hidden()
    world.stage.links_up()
    world.stage.live.nudge(LINE)
    await expect(page.locator("#idle-note")).to_be_visible()
    await expect(page.locator("#idle-away")).to_be_hidden()


async def test_who_is_shut_in_by_the_hours_reads_so(world: World) -> None:
    """Whose centre has closed may go on over hours, by one key."""
    page = await world.open("closed")
    await expect(page.locator("#away-why")).to_contain_text("centrs tiks atvērts")
    await page.keyboard.press("r")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()


async def test_whom_one_talks_to_outside_is_written_as_numbers_are(world: World) -> None:
    """In groups, so that it can be read out."""
    page = await world.open("consulting")
    await expect(page.locator("#aside-word")).to_contain_text("+371 67 000 000")
