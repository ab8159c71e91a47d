"""Whoever leaves a desk locks it: covered, its log-in over, and the talk on it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from lab.hotline import Rehearsal, sample_passwords, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

AGENT = "anna.berzina"
PACKETS = "async () => (await document.querySelector('#phone').stats()).inbound.packets"
HELD = "() => document.querySelector('#phone').held"


async def noted(hotline: Rehearsal, note: str) -> bool:
    """Whether that is what the database has of the call."""
    return [row["note"] for row in await hotline.sql("SELECT note FROM contacts")] == [note]


async def unlock(hotline: Rehearsal, page: Page, password: str) -> None:
    """Fill in the cover's form."""
    await page.fill("#cover-username", AGENT)
    await page.fill("#cover-password", password or sample_passwords(hotline.settings)[AGENT])
    await page.press("#cover-password", "Enter")


async def test_locked_and_unlocked_in_mid_call(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """The sound goes on under the cover, and the caller can be held there; the browser's cookie
    opens nothing. A wrong password opens nothing either; the right one gives the page back as it
    stood, with every key of the note, and the call can be ended and recorded."""
    page = await ready_agent(AGENT)
    async with hotline.telephone() as citizen, asyncio.timeout(150):
        talk = await citizen.call("60000100", "+37120000004")
        await talk.media.hears(50)
        talk.media.press("1")
        await page.wait_for_selector('body[data-session="incoming"]')
        await page.keyboard.press("Enter")
        await page.wait_for_selector('[data-mode="talking"]:not([hidden])')
        await page.focus("#note")
        await page.keyboard.type("Jautā par pabals")
        await page.evaluate("() => document.activeElement.blur()")
        async with page.expect_response("**/lock"):
            await page.keyboard.press("l")
        cover = page.locator("#cover")
        await expect(cover).to_be_visible()
        desk = await page.request.get(f"{hotline.settings.panel_origin}/desk", max_redirects=0)
        assert desk.status in (303, 401)
        before = await page.evaluate(PACKETS)
        await talk.media.hears(100)
        assert await page.evaluate(PACKETS) > before
        await cover.locator("[data-do=hold]").click()
        await page.wait_for_function(HELD)
        await cover.locator("[data-do=hold]").click()
        await unlock(hotline, page, "not the password")
        await expect(page.locator("#cover-error")).not_to_be_empty()
        await unlock(hotline, page, "")
        await expect(cover).to_be_hidden(timeout=10_000)
        assert not talk.ended.is_set()
        await page.focus("#note")
        await page.keyboard.press("End")
        await page.keyboard.type("tu")
        await expect(page.locator("#note")).to_have_value("Jautā par pabalstu")
        await page.keyboard.press("Control+e")
        await talk.ended.wait()
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
        await until(lambda: noted(hotline, "Jautā par pabalstu"), "the note is not whole", 10.0)
