"""A browser that holds by itself for long: the citizen hears a word, the agent is reminded."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from talk import answered

from contactcentre.storage import tables as models
from lab.hotline import Rehearsal, hears_speech, rehearsal, until
from lab.listening import hears
from lab.pitch import say
from lab.traces import Traces

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

AGENT, HZ = "anna.berzina", 450
LEVEL = """async () => (await document.querySelector("#phone").stats()).inbound.level"""
LOUD = 0.04
"""A citizen's tone is louder."""


@pytest.fixture
async def hotline(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int], traces: Traces
) -> AsyncIterator[Rehearsal]:
    """A hotline where a hold is long soon."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port, traces=traces) as ready:
        await ready.edit(models.queues, hold_word_s=4, hold_remind_s=3)
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


async def test_a_word_and_a_reminder(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """The browser's own hold ends by the same key, also after the word; then both hear each
    other, and the record has one hold."""
    page = await ready_agent(AGENT)
    async with hotline.telephone() as phone:
        citizen = await answered(page, phone, "+37120000001")
        await page.keyboard.press("Alt+h")
        await expect(page.locator("#held")).to_be_visible()
        citizen.media.forget()
        await expect(page.locator("#state")).to_have_class(re.compile("ring"))
        await expect(page.locator("#announce")).not_to_be_empty()
        await hears(hotline, citizen, "hold.still")
        await page.keyboard.press("Alt+h")
        await expect(page.locator("#held")).to_be_hidden()
        citizen.media.forget()
        await hears_speech(citizen, 10.0)
        say(citizen, HZ)
        await until(lambda: is_heard(page), "the agent hears nobody")
        await page.keyboard.press("Control+e")
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
    (leg,) = await hotline.until_rows(
        "SELECT * FROM legs WHERE purpose = 'offer' AND to_at IS NOT NULL", 1
    )
    assert leg["hold_s"] > 4


async def is_heard(page: Page) -> bool:
    """Whether the browser hears the citizen's tone."""
    return bool(await page.evaluate(LEVEL) > LOUD)
