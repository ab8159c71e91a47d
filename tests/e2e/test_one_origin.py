"""The phone in the page reaches the exchange through the panel: what a broken way there costs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page
from talk import TALKING, answered

from lab.hotline import Rehearsal

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

PACKETS = "async () => (await document.querySelector('#phone').stats()).inbound.packets"
OVER = 'body[data-session="none"]'
REGISTERED = 'body[data-phone="registered"]'


async def _die(hotline: Rehearsal, page: Page) -> None:
    """The talk is on the disk: of one that is not, a citizen who hangs up leaves no trace."""
    await hotline.until_projected()
    await hotline.kill_service()
    await page.wait_for_selector('body[data-phone="connecting"]')


async def test_a_talk_outlives_the_service(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """It goes on while nobody joins the phone with the exchange; the phone comes back by itself,
    to the panel and nowhere else, and is told when the citizen hangs up."""
    page = await ready_agent("anna.berzina")
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    async with hotline.telephone() as citizen, asyncio.timeout(150):
        talk = await answered(page, citizen, "+37120000004")
        await _die(hotline, page)
        before = await page.evaluate(PACKETS)
        await talk.media.hears(100)
        assert await page.evaluate(PACKETS) > before
        await hotline.start_service()
        await page.wait_for_selector(REGISTERED, timeout=20_000)
        await page.wait_for_selector(TALKING, timeout=20_000)
        assert not talk.ended.is_set()
        await talk.hang_up()
        await page.wait_for_selector(OVER, timeout=5_000)
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])', timeout=20_000)
    ours = hotline.settings.panel_origin.replace("http", "ws", 1)
    assert {url.partition("?")[0] for url in sockets} == {f"{ours}/desk/live", f"{ours}/desk/sip"}


async def test_a_citizen_who_hangs_up_meanwhile(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """The phone could not be told: it finds out when it is back, and rings again."""
    page = await ready_agent("anna.berzina")
    async with hotline.telephone() as citizen, asyncio.timeout(150):
        talk = await answered(page, citizen, "+37120000004")
        await _die(hotline, page)
        await talk.hang_up()
        await hotline.start_service()
        await page.wait_for_selector(OVER, timeout=20_000)
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])', timeout=20_000)
