"""A newcomer rings the hotline from a browser tab, through the demonstration's carrier."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser

from contactcentre.settings import ROOT
from lab import browser_phone
from lab.addresses import watch
from lab.hotline import Rehearsal, rehearsal, sound_flows, until
from lab.traces import Traces

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


@pytest.fixture
async def demonstrated(
    tmp_path: Path, free_port: Callable[[], int], traces: Traces
) -> AsyncIterator[Rehearsal]:
    """A hotline with its carrier, and nobody but the browser who rings."""
    async with rehearsal(tmp_path, free_port, traces=traces) as hotline:
        browser_phone.prepared(hotline.settings)
        carrier = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lab", "carrier", "--rate", "0.001",
            env=hotline.environment, cwd=ROOT,
        )  # fmt: skip
        try:
            await until(lambda: _listens(hotline), "the carrier is not there")
            await hotline.start_service()
            yield hotline
        finally:
            carrier.terminate()
            await carrier.wait()


async def _listens(hotline: Rehearsal) -> bool:
    """A page that comes before the carrier tries again ever less often."""
    settings = hotline.settings
    port = browser_phone.websocket_port(settings)
    try:
        _, writer = await asyncio.open_connection(browser_phone.HOST, port)
    except OSError:
        return False
    writer.close()
    return True


async def test_a_newcomer_rings_from_a_tab(
    demonstrated: Rehearsal, browser: Browser, traces: Traces
) -> None:
    """The tab registers, is told of a wrong number, hears the menu, presses a key and waits."""
    context = await browser.new_context(permissions=["microphone"])
    await watch(context, lambda: traces)
    page = await context.new_page()
    await page.goto(f"{demonstrated.settings.panel_origin}/demo/phone")
    await page.wait_for_selector('body[data-phone="registered"]', timeout=30_000)
    await page.fill("#number", "60000999")
    await page.click("#dial")
    await page.locator("#trouble").wait_for()
    await page.fill("#number", "60000100")
    await page.click("#dial")
    await page.wait_for_selector('body[data-call="talking"]', timeout=20_000)
    await sound_flows(page, packets=100)
    await page.click('[data-digit="1"]')
    await demonstrated.until_calls(waiting=1)
    await page.click("#hang-up")
    await page.wait_for_selector('body[data-call="none"]')
    await context.close()
