"""The test call of a page: what it says of who hears whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

DeskPage = Callable[..., Awaitable[Page]]
MUTED = "() => document.querySelector('#phone').toggleMute()"
SPOKEN_TO = """() => {
  window.loud = (window.loud ?? 0) + (document.querySelector("#phone").level() > 0.02);
  return window.loud > 30;
}"""
"""For half a second: the page listens ten times in each."""
HUNG_UP = "() => document.querySelector('#phone').hangUp()"


async def test_a_page_says_who_hears_whom(desk_page: DeskPage) -> None:
    """Both, where the microphone beeps; the exchange is heard alone where nothing comes of it; and
    whoever gets ready meanwhile has a free line."""
    page = await desk_page("anna.berzina")
    word = page.locator("#trial-word")
    await page.click("#try-phone")
    await expect(word).to_have_text("Telefoncentrāle dzird jūs, un jūs dzirdat to.", timeout=20_000)
    await expect(page.locator("body")).to_have_attribute("data-session", "talking")
    await page.keyboard.press("r")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    await expect(page.locator("body")).to_have_attribute("data-session", "none")
    await page.keyboard.press("v")
    await page.click("#try-phone")
    await expect(page.locator("body")).to_have_attribute("data-session", "talking")
    await page.evaluate(MUTED)
    await page.wait_for_function(SPOKEN_TO)
    await page.evaluate(HUNG_UP)
    await expect(word).to_contain_text("tā jūs nedzird")
