"""An agent's page loses its network, its browser or its place in mid-call and in mid-consult.

One agent talks with a citizen, another one has a second citizen on hold and asks a colleague, whose
computer is left alone. No citizen is ever dropped, and every word of the notes is kept.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Error, Page, expect
from talk import TALKING, answered, ring_colleague

from lab.hotline import Rehearsal, hears_speech, rehearsal, sound_flows
from lab.telephone import PhoneCall, Telephone
from lab.traces import Traces
from lab.wire import Wire, wire

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(240)]

TALKS, ASKS, ASKED = "anna.berzina", "ilze.ritausma", "martins.upeslacis"
AWAY_S = 30.0
ASLEEP_S = 28.0
"""Longer than a browser's leg may be silent (20 s); its caller waits 20 s more."""
ELSEWHERE = '[data-mode="elsewhere"]:not([hidden])'

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
def ports(free_port: Callable[[], int]) -> tuple[int, int]:
    """Of the line that browsers come by, and of the panel."""
    return free_port(), free_port()


@pytest.fixture
async def line(ports: tuple[int, int]) -> AsyncIterator[Wire]:
    """The browsers' network."""
    async with wire(ports[0], "127.0.0.1", ports[1]) as line:
        yield line


@pytest.fixture
async def hotline(
    sample_home: Path,
    tmp_path: Path,
    free_port: Callable[[], int],
    traces: Traces,
    ports: tuple[int, int],
    line: Wire,
) -> AsyncIterator[Rehearsal]:
    """A hotline whose panel is seen through that line."""
    home, origin = tmp_path / "home", f"http://127.0.0.1:{ports[0]}"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    panel = {"port": str(ports[1]), "origin": origin}
    async with rehearsal(home, free_port, traces=traces, **panel) as ready:
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


@dataclass
class Desk:
    """An agent's page, and the citizen of its call."""

    page: Page
    citizen: PhoneCall
    note: str

    async def writes(self, words: str) -> None:
        """At the end of the note."""
        await self.page.focus("#note")
        await self.page.keyboard.press("Control+End")
        await self.page.keyboard.type(words)
        self.note += words

    async def is_kept(self) -> None:
        """The note has its last letter at the server."""
        await expect(self.page.locator("#note-state")).to_have_text(re.compile("saglabāta"))

    async def talks(self) -> None:
        """The agent and the citizen hear each other, and the note is whole."""
        await self.page.wait_for_selector(TALKING, timeout=20_000)
        await sound_flows(self.page)
        self.citizen.media.forget()
        await hears_speech(self.citizen, 10.0)
        await expect(self.page.locator("#note")).to_have_value(self.note)


@dataclass
class Two:
    """Who talks, and who asks the colleague."""

    talks: Desk
    asks: Desk
    asked: Page

    def nobody_is_dropped(self) -> None:
        """Both citizens are on the line."""
        assert not self.talks.citizen.ended.is_set()
        assert not self.asks.citizen.ended.is_set()

    async def both_have_their_citizens(self) -> None:
        """Also who asked: the consult went with the page, and the citizen came back from hold."""
        await self.talks.talks()
        await self.asks.talks()
        await expect(self.asks.page.locator("#aside-swap")).to_be_hidden()
        await self.asked.wait_for_selector('[data-mode="idle"]:not([hidden])')
        self.nobody_is_dropped()


async def _desk(page: Page, citizen: Telephone, number: str, note: str) -> Desk:
    desk = Desk(page, await answered(page, citizen, number), "")
    await desk.writes(note)
    return desk


@pytest.fixture
async def two(
    hotline: Rehearsal, ready_agent: OpenPage, another_browser: Browser
) -> AsyncIterator[Two]:
    """Both, before anything breaks."""
    async with hotline.telephone() as citizen:
        first = await ready_agent(TALKS)
        talks = await _desk(first, citizen, "+37120000021", "Pirmais")
        second = await ready_agent(ASKS)
        asks = await _desk(second, citizen, "+37120000022", "Otrais")
        colleague = await ready_agent(ASKED, of=another_browser)
        await ring_colleague(second, colleague)
        await colleague.keyboard.press("Enter")
        await expect(second.locator("#aside-swap")).to_be_visible()
        yield Two(talks, asks, colleague)


async def test_the_network_is_away_for_half_a_minute(two: Two, line: Wire) -> None:
    """Talk and consult go on, what is written meanwhile is kept, and the controls are right."""
    for desk in (two.talks, two.asks):
        await desk.is_kept()
    line.cut()
    for desk in (two.talks, two.asks):
        await desk.writes(" un vēl")
    await asyncio.sleep(AWAY_S)
    two.nobody_is_dropped()
    await hears_speech(two.talks.citizen)  # the agent: nothing else is as loud
    line.resume()
    for page in (two.talks.page, two.asks.page, two.asked):
        await page.wait_for_selector('body[data-phone="registered"]', timeout=20_000)
    await two.talks.talks()
    await two.asks.is_kept()
    await expect(two.asks.page.locator("#aside-swap")).to_be_visible()
    await two.asks.page.keyboard.press("Alt+y")
    await two.asked.wait_for_selector(TALKING, timeout=20_000)
    await expect(two.asked.locator("#note")).to_have_value(two.asks.note)
    two.asks.citizen.media.forget()
    await hears_speech(two.asks.citizen, 10.0)
    two.nobody_is_dropped()


async def test_the_pages_are_loaded_anew(two: Two) -> None:
    """In the midst of all."""
    for desk in (two.talks, two.asks):
        await desk.is_kept()
        await desk.page.reload()
    await two.both_have_their_citizens()


async def test_the_browser_is_killed(
    two: Two, browser: Browser, open_page: OpenPage, another_browser: Browser
) -> None:
    """The agents go on in another one, at the letter where they were."""
    for desk in (two.talks, two.asks):
        await desk.is_kept()
    session = await browser.new_browser_cdp_session()
    with suppress(Error):  # it does not answer any more
        await session.send("Browser.crash")
    two.talks.page = await open_page(TALKS, of=another_browser)
    two.asks.page = await open_page(ASKS, of=another_browser)
    await two.both_have_their_citizens()


async def test_the_computer_sleeps(two: Two, browser: Browser) -> None:
    """Nothing of it runs, and nothing is said of that; awake again it has both citizens, who have
    heard music meanwhile."""
    for desk in (two.talks, two.asks):
        await desk.is_kept()
    session = await browser.new_browser_cdp_session()
    told = await session.send("SystemInfo.getProcessInfo")
    processes = [int(one["id"]) for one in told["processInfo"]]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        await asyncio.sleep(ASLEEP_S)
        two.nobody_is_dropped()
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
    await two.both_have_their_citizens()


async def test_a_log_in_at_another_computer(
    two: Two, open_page: OpenPage, another_browser: Browser
) -> None:
    """The talk goes there, and the first one rests, which says so and has it back by a click."""
    for desk, username in ((two.talks, TALKS), (two.asks, ASKS)):
        await desk.is_kept()
        there = await open_page(username, of=another_browser)
        await desk.page.wait_for_selector(ELSEWHERE)
        desk.page, before = there, desk.page
    await two.both_have_their_citizens()
    await before.click("[data-do=use-here]")
    await two.asks.page.wait_for_selector(ELSEWHERE)
    two.asks.page = before
    await two.both_have_their_citizens()
