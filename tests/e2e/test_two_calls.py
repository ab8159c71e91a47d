"""One browser and two citizens: rung, switched and ended by keyboard, also after a reload."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from talk import answered

from lab import g711
from lab.hotline import Rehearsal, rehearsal, sound_flows, until
from lab.pitch import say
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

AGENT, OFFICE = "anna.berzina", "67000000"
CITIZEN_HZ, OFFICE_HZ = 450, 1150

LEVEL = """async () => {
  const { inbound } = await document.querySelector("#phone").stats();
  return inbound.level;
}"""

LOUD = 0.04
"""A citizen's tone is louder, the music is not."""

BEEP = 0.05


@pytest.fixture
async def unstarted(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[Rehearsal]:
    """A hotline with sample data."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port) as ready:
        yield ready
        await ready.pbx.kill()


@pytest.fixture
async def outside(unstarted: Rehearsal) -> AsyncIterator[Telephone]:
    """Whomever the hotline rings: there before its carrier is asked whether it is."""
    async with unstarted.telephone(rung=True) as phone:
        yield phone


@pytest.fixture
async def hotline(unstarted: Rehearsal, outside: Telephone) -> Rehearsal:
    """The same, its service running."""
    await unstarted.start_service()
    return unstarted


async def until_it_hears(page: Page) -> None:
    """Return when the browser hears somebody."""

    async def holds() -> bool:
        return bool(await page.evaluate(LEVEL) > LOUD)

    await until(holds, "the browser hears nobody")


async def until_heard(talk: PhoneCall) -> None:
    """Return when this citizen hears the browser's beep, which is louder than the music."""
    talk.media.forget()
    async with asyncio.timeout(10):
        while g711.loudness(talk.media.heard(0.2)) < BEEP:
            await talk.media.hears(5)


async def test_two_citizens_and_one_browser(
    outside: Telephone, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """Each hears the agent when it is at hand, and what was written of each stays its own."""
    page = await ready_agent(AGENT)
    note, keys = page.locator("#note"), page.keyboard
    citizen = await answered(page, outside, "+37120000001")
    say(citizen, CITIZEN_HZ)
    await keys.type("Pirmais")
    await keys.press("Alt+d")
    await keys.type(OFFICE)
    await keys.press("Enter")
    async with asyncio.timeout(20):
        ringing = await outside.ringing.get()
    await expect(page.locator("#beside-word")).to_have_text("Zvanām uz otru numuru …")
    office = await ringing.answer()
    say(office, OFFICE_HZ)
    await expect(page.locator("#beside-word")).to_have_text("Otrs zvans aizturēts")
    await expect(note).to_have_value("")
    await until_heard(office)
    await until_it_hears(page)
    await keys.press("Alt+n")
    await keys.type("Otrais")
    await keys.press("Alt+z")
    await expect(note).to_have_value("Pirmais")
    await until_heard(citizen)
    await until_it_hears(page)
    await keys.press("Alt+z")
    await expect(note).to_have_value("Otrais")
    await until_heard(office)

    await page.reload()
    await sound_flows(page)
    await page.wait_for_selector('[data-mode="talking"]:not([hidden])')
    await expect(page.locator("#beside")).to_be_visible()
    await expect(note).to_have_value("Otrais")
    await until_heard(office)
    assert not citizen.ended.is_set()
    await keys.press("Alt+z")
    await expect(note).to_have_value("Pirmais")
    await until_heard(citizen)

    await keys.press("Control+e")
    async with asyncio.timeout(20):
        await citizen.ended.wait()
    await expect(page.locator("#beside")).to_be_hidden()
    await expect(page.locator("#held")).to_be_visible()
    await keys.press("Alt+h")
    await until_heard(office)
    await office.hang_up()
    await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
    await expect(page.locator("#unsaved-count")).to_have_text("1")
    await expect(note).to_have_value("Otrais")
