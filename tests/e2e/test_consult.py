"""Two agents in two browsers and a citizen: asked by keyboard, joined, and left with the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect
from talk import answered, ring_colleague

from lab.hotline import Rehearsal, hears_speech, until
from lab.pitch import hears, say
from lab.telephone import PhoneCall

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

AGENT, COLLEAGUE = "anna.berzina", "martins.upeslacis"
CITIZEN_HZ = 450

LEVEL = """async () => {
  const { inbound } = await document.querySelector("#phone").stats();
  return inbound.level;
}"""

LOUD = 0.04
"""A browser's beep and the citizen's tone are louder, the music is not."""


async def until_it_hears(page: Page) -> None:
    """Return when this browser hears somebody."""

    async def holds() -> bool:
        return bool(await page.evaluate(LEVEL) > LOUD)

    await until(holds, "the browser hears nobody")


async def until_the_citizen_hears(talk: PhoneCall) -> None:
    """Return when the citizen hears a browser's beep, which is louder than the music."""
    talk.media.forget()
    await hears_speech(talk, 10.0)


async def test_a_colleague_is_asked_and_has_the_caller(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """With the transcoding of a browser's sound at every change of partner; the colleague sees who
    asks, and the note, before answering; each page says what is so."""
    first = await ready_agent(AGENT)
    async with hotline.telephone() as citizen:
        talk = await answered(first, citizen, "+37120000001")
        say(talk, CITIZEN_HZ)
        await first.keyboard.type("Jautā par pabalstu")
        second = await ready_agent(COLLEAGUE)
        await ring_colleague(first, second)
        await expect(second.locator("#ring-word")).to_have_text("Kolēģis lūdz konsultāciju")
        await expect(second.locator("#note")).to_have_value("Jautā par pabalstu")
        await second.keyboard.press("Enter")
        await expect(second.locator("#asked")).to_be_visible()
        await expect(first.locator("#aside-swap")).to_be_visible()
        await until_it_hears(first)
        await until_it_hears(second)
        assert not hears(talk, CITIZEN_HZ)
        await first.keyboard.press("Alt+s")
        await until_the_citizen_hears(talk)
        await until_it_hears(first)
        await first.keyboard.press("Alt+j")
        await expect(second.locator("#asked-word")).to_contain_text("zvanītājs")
        await until_the_citizen_hears(talk)
        await until_it_hears(second)
        await first.keyboard.press("Alt+y")
        await first.wait_for_selector('[data-mode="idle"]:not([hidden])')
        await expect(second.locator("#asked")).to_be_hidden()
        await until_it_hears(second)
        await until_the_citizen_hears(talk)
        await second.keyboard.press("Control+e")
        await second.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
        await talk.ended.wait()
