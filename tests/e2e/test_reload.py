"""An agent's page reloads in mid-call: the whole screen comes back, and the audio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page
from talk import TALKING, answered

from lab.hotline import OFFERS, Rehearsal, sound_flows

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

NOTE = "Paliek arī pēc pārlādes"


async def _talking(page: Page) -> None:
    await page.wait_for_selector(TALKING, timeout=20_000)
    await sound_flows(page)


async def test_a_reload_in_mid_call_gets_screen_and_audio_back(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """The citizen hears music, then the same agent again; the note stands where it stood."""
    page = await ready_agent("anna.berzina")
    async with hotline.telephone() as citizen, asyncio.timeout(120):
        talk = await answered(page, citizen, "+37120000002")
        await sound_flows(page)
        await page.fill("#note", NOTE)
        await page.reload()
        await _talking(page)
        await page.wait_for_function(
            "(text) => document.querySelector('#note').value === text", arg=NOTE, timeout=5_000
        )
        await talk.media.hears(50)
        await talk.hang_up()
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
    await hotline.until_projected()
    rung = [row for row in await hotline.sql(OFFERS) if row["result"] == "answered"]
    assert len(rung) == 2, "the same call was rung twice at the same agent"


async def test_a_tab_closed_in_mid_call_is_opened_again(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """The desk opened anew talks to the same caller within seconds: the old tab keeps no ring."""
    page = await ready_agent("anna.berzina")
    async with hotline.telephone() as citizen, asyncio.timeout(120):
        talk = await answered(page, citizen, "+37120000003")
        await sound_flows(page)
        await page.close()
        await hotline.until_calls(rejoining=1)
        again = await page.context.new_page()
        await again.goto(f"{hotline.settings.panel_origin}/desk")
        await again.wait_for_selector(TALKING, timeout=10_000)
        await sound_flows(again)
        await talk.hang_up()
        await again.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
