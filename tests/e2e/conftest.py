"""A whole hotline and a real browser."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from lab import g711
from lab.addresses import leave, watch
from lab.chromium import FLAGS, headless
from lab.hotline import Rehearsal, rehearsal, sample_passwords
from lab.traces import Traces


@pytest.fixture
async def hotline(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int], traces: Traces
) -> AsyncIterator[Rehearsal]:
    """A hotline with sample data whose service runs."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port, traces=traces) as ready:
        await ready.start_service()
        yield ready
        # A gentle end takes a second, and nothing here is worth it.
        await ready.pbx.kill()


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=headless(), args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium with a microphone that beeps."""
    async with _browser() as chromium:
        yield chromium


@pytest.fixture
async def another_browser() -> AsyncIterator[Browser]:
    """On another computer."""
    async with _browser() as chromium:
        yield chromium


async def log_in(page: Page, hotline: Rehearsal, username: str) -> None:
    """Through the log-in page."""
    await page.goto(f"{hotline.settings.panel_origin}/login")
    await page.fill("[name=username]", username)
    await page.fill("[name=password]", sample_passwords(hotline.settings)[username])
    await page.press("[name=password]", "Enter")
    await page.wait_for_url(re.compile("/(desk|board)$"))


OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_page(
    hotline: Rehearsal, browser: Browser, traces: Traces
) -> AsyncIterator[OpenPage]:
    """A function: the first page of somebody of the sample data, logged in; in the browser or in
    another one."""
    contexts: list[BrowserContext] = []

    async def open_page(username: str, of: Browser = browser) -> Page:
        context = await of.new_context(
            viewport={"width": 1366, "height": 768}, permissions=["microphone", "notifications"]
        )
        contexts.append(context)
        await watch(context, lambda: traces)
        page = await context.new_page()
        await log_in(page, hotline, username)
        return page

    yield open_page
    for context in contexts:
        if context.browser is not None and context.browser.is_connected():  # else it was killed
            await leave(context, traces)
            await context.close()


@pytest.fixture
def desk_page(open_page: OpenPage) -> OpenPage:
    """A function: the desk of an agent whose shift has begun, not ready yet."""

    async def desk_page(username: str, **where: Browser) -> Page:
        page = await open_page(username, **where)
        await page.wait_for_selector('body[data-phone="registered"]')
        start = page.locator('[data-do="start"]')
        if await start.is_visible():
            await start.click()
        await page.wait_for_selector('[data-mode="away"]:not([hidden])')
        return page

    return desk_page


@pytest.fixture
def ready_agent(desk_page: OpenPage) -> OpenPage:
    """A function: the desk of an agent who is ready for calls in the browser."""

    async def ready_agent(username: str, **where: Browser) -> Page:
        page = await desk_page(username, **where)
        await page.keyboard.press("r")
        await page.wait_for_selector('[data-mode="idle"]:not([hidden])')
        return page

    return ready_agent


class Tap:
    """Counts the RTP that reaches an address: what a citizen hears, whoever the citizen is."""

    def __init__(self, address: str) -> None:
        self.packets = 0
        self.loudest = 0.0
        self._address = socket.inet_aton(address)
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self._socket.bind(("lo", 0))
        self._socket.setblocking(False)

    def read(self) -> None:
        """Take in what has passed."""
        while True:
            try:
                frame, origin = self._socket.recvfrom(2048)
            except BlockingIOError:
                return
            # Loopback shows every frame twice, going out and coming in.
            if origin[2] != socket.PACKET_OUTGOING:
                self._take(frame[14:])

    def _take(self, packet: bytes) -> None:
        is_udp_to_us = packet[9:10] == b"\x11" and packet[16:20] == self._address
        rtp = packet[28:]
        if not is_udp_to_us or len(rtp) < 172 or rtp[0] >> 6 != 2:
            return
        if rtp[1] & 0x7F == 8:
            self.packets += 1
            self.loudest = max(self.loudest, g711.loudness(rtp[12:172]))

    async def until(self, packets: int, within_s: float = 15.0) -> None:
        """Wait until so many packets have been heard."""
        async with asyncio.timeout(within_s):
            while self.packets < packets:
                await asyncio.sleep(0.02)
                self.read()

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@pytest.fixture
def citizen_ear() -> Iterator[Tap]:
    """What reaches the carrier's address."""
    tap = Tap("127.0.0.2")
    yield tap
    tap.close()
