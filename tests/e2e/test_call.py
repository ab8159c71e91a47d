"""One citizen's call through everything: SIPp, Asterisk, the service, Chromium, the numbers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Page

from lab.hotline import OFFERS, Rehearsal, sound_flows
from lab.sipp import SippCalls, ringing
from lab.traces import Traces

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

OpenPage = Callable[[str], Awaitable[Page]]

AGENT = "anna.berzina"
SUPERVISOR = "dace.zvaigznucela"
SHOWN = "Ilmārs Slepenais"

WATCH_RINGING = """() => {
  window.rangAt = null;
  new MutationObserver(() => {
    const card = document.querySelector('[data-mode="ringing"]');
    if (!window.rangAt && card && !card.hidden) window.rangAt = Date.now() / 1000;
  }).observe(document.body, { attributes: true, subtree: true, childList: true });
}"""


async def test_a_citizen_is_answered_in_the_browser(
    hotline: Rehearsal, desk_page: OpenPage, open_page: OpenPage, citizen_ear: Any, traces: Traces
) -> None:
    """A call is heard, keyed, queued, rung, answered by keyboard, spoken, recorded, counted."""
    traces.hide("name", SHOWN)
    page = await desk_page(AGENT)
    await page.evaluate(WATCH_RINGING)
    caller = SippCalls(
        number="60000100",
        pbx_port=hotline.settings.sip_port,
        keys="1",
        keys_after_s=5.0,
        speaks=True,
        callers=("+37120000001",),
        shown=SHOWN,
    )
    async with ringing(caller) as citizen:
        await citizen_ear.until(packets=50)
        assert citizen_ear.loudest > 0.01, "the menu is silence"
        await hotline.until_calls(waiting=1)
        await page.keyboard.press("r")
        await page.wait_for_selector('[data-mode="ringing"]:not([hidden])', timeout=20_000)
        await page.wait_for_selector('body[data-session="incoming"]')
        await page.keyboard.press("Enter")
        await page.wait_for_selector('[data-mode="talking"]:not([hidden])')
        before = citizen_ear.packets
        await sound_flows(page, packets=100)
        citizen_ear.loudest = 0.0
        await citizen_ear.until(packets=before + 100)
        assert citizen_ear.loudest > 0.01, "the citizen does not hear the agent"
        await page.fill("#note", "Jautā par pabalstu")
        await page.keyboard.press("Control+e")
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
        outcome = await citizen.outcome()
    assert outcome.succeeded == 1
    await page.locator("body").click(position={"x": 700, "y": 5})
    await page.keyboard.press("2")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector('[data-mode="idle"]:not([hidden])')
    rang_at = float(await page.evaluate("window.rangAt"))
    await _numbers_agree(hotline, await open_page(SUPERVISOR), rang_at)


async def _numbers_agree(hotline: Rehearsal, page: Page, rang_at: float) -> None:
    """Database, metrics and the supervisor's page tell the same times, to 0.1 s."""
    shown = page.locator("time[datetime]")
    await shown.first.wait_for()
    on_board = {
        datetime.fromisoformat(str(await shown.nth(i).get_attribute("datetime"))).timestamp()
        for i in range(await shown.count())
    }
    answer = await page.request.get(f"{hotline.settings.panel_origin}/metrics")
    metrics = await answer.text()
    (row,) = await hotline.until_rows("SELECT * FROM contacts WHERE recorded_at IS NOT NULL", 1)
    (offer,) = await hotline.sql(OFFERS)
    assert rang_at - float(str(offer["from_at"])) < 1.0, "the screen pop came late"
    assert (row["outcome"], row["queue"], row["kind"]) == ("answered", "benefits", "application")
    assert row["note"] == "Jautā par pabalstu"
    for moment in ("arrived", "queued", "answered", "ended"):
        stored = float(str(row[f"{moment}_at"]))
        pattern = rf'last_call_timestamp_seconds{{moment="{moment}"}} ([0-9.e+]+)'
        found = re.search(pattern, metrics)
        assert found is not None
        assert abs(float(found[1]) - stored) < 0.1
        assert min(abs(stored - at) for at in on_board) < 0.1, f"{moment} is not on the board"
