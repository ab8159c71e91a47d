"""What a talk begins with, as people do it: a citizen telephones, an agent has the keyboard."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Page, expect

from lab.hotline import hears_speech
from lab.telephone import PhoneCall, Telephone

NUMBER: Final = "60000100"
TALKING: Final = '[data-mode="talking"]:not([hidden])'


async def answered(page: Page, citizen: Telephone, number: str) -> PhoneCall:
    """A citizen of that number who went through the menu to this page's agent, and talks."""
    talk = await citizen.call(NUMBER, number)
    await answer(page, talk)
    return talk


async def answer(page: Page, talk: PhoneCall) -> None:
    """Of a citizen who has rung, and hears the menu."""
    await hears_speech(talk)
    talk.media.press("1")
    await page.wait_for_selector('body[data-session="incoming"]')
    await page.keyboard.press("Enter")
    await page.wait_for_selector(TALKING)


async def ring_colleague(page: Page, colleague: Page) -> None:
    """Ask the second of two whose names begin alike; the colleague's page rings."""
    await page.keyboard.press("Alt+t")
    await page.keyboard.type("upeslac")
    await expect(page.locator("#reach-people button")).to_have_count(2)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await colleague.wait_for_selector('body[data-session="incoming"]')
