"""One citizen's call through everything: SIPp, Asterisk, the service, Chromium, the numbers."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import text

from contactcentre.rehearsal import Rehearsal, sample_passwords
from contactcentre.sipp import Citizens, ringing
from contactcentre.storage import database

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

AGENT = "anna.berzina"
SUPERVISOR = "dace.zvaigznucela"

WATCH_RINGING = """() => {
  window.rangAt = null;
  new MutationObserver(() => {
    const card = document.querySelector('[data-mode="ringing"]');
    if (!window.rangAt && card && !card.hidden) window.rangAt = Date.now() / 1000;
  }).observe(document.body, { attributes: true, subtree: true, childList: true });
}"""


async def _log_in(page: Page, hotline: Rehearsal, username: str) -> None:
    await page.goto(f"{hotline.settings.panel_origin}/login")
    await page.fill("[name=username]", username)
    await page.fill("[name=password]", sample_passwords(hotline.settings)[username])
    await page.press("[name=password]", "Enter")
    await page.wait_for_url(re.compile("/(desk|board)$"))


async def _start_shift(page: Page) -> None:
    await page.wait_for_selector('body[data-phone="registered"]')
    start = page.locator('[data-do="start"]')
    if await start.is_visible():
        await start.click()
    await page.wait_for_selector('[data-mode="away"]:not([hidden])')
    await page.keyboard.press("r")
    await page.wait_for_selector('[data-mode="idle"]:not([hidden])')


async def _rows(hotline: Rehearsal, query: str) -> list[dict[str, object]]:
    storage = database.engine(hotline.settings.database)
    try:
        async with storage.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(query))).mappings()]
    finally:
        await storage.dispose()


async def test_a_citizen_is_answered_in_the_browser(
    hotline: Rehearsal, browser: Browser, citizen_ear
) -> None:
    """A call is heard, keyed, queued, rung, answered by keyboard, spoken, recorded, counted."""
    context = await browser.new_context(
        viewport={"width": 1366, "height": 768}, permissions=["microphone", "notifications"]
    )
    page = await context.new_page()
    await _log_in(page, hotline, AGENT)
    await _start_shift(page)
    await page.evaluate(WATCH_RINGING)
    caller = Citizens(
        number="60000100",
        pbx_port=hotline.settings.sip_port,
        keys="1",
        keys_after_s=3.0,
        speaks=True,
        callers=("+37120000001",),
    )
    async with ringing(caller, hotline.settings.config / "sipp") as citizen:
        await citizen_ear.until(packets=50)
        assert citizen_ear.loudest > 0.01, "the menu is silence"
        await page.wait_for_selector('[data-mode="ringing"]:not([hidden])', timeout=20_000)
        await page.wait_for_selector('body[data-session="incoming"]')
        await page.keyboard.press("Enter")
        await page.wait_for_selector('[data-mode="talking"]:not([hidden])')
        before = citizen_ear.packets
        await page.wait_for_function(
            """async () => {
              const stats = await document.querySelector('#phone').stats();
              return stats.outbound.packets > 100 && stats.inbound.packets > 100
                && stats.inbound.energy > 0;
            }""",
            timeout=15_000,
        )
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
    await _numbers_agree(hotline, browser, float(await page.evaluate("window.rangAt")))
    await context.close()


async def _numbers_agree(hotline: Rehearsal, browser: Browser, rang_at: float) -> None:
    """Database, metrics and the supervisor's page tell the same times, to 0.1 s."""
    context = await browser.new_context()
    page = await context.new_page()
    await _log_in(page, hotline, SUPERVISOR)
    shown = page.locator("time[datetime]")
    await shown.first.wait_for()
    on_board = {
        datetime.fromisoformat(str(await shown.nth(i).get_attribute("datetime"))).timestamp()
        for i in range(await shown.count())
    }
    metrics = await (await context.request.get(f"{hotline.settings.panel_origin}/metrics")).text()
    (row,) = await _rows(hotline, "SELECT * FROM contacts")
    (offer,) = await _rows(hotline, "SELECT * FROM offers")
    assert rang_at - float(str(offer["offered_at"])) < 1.0, "the screen pop came late"
    assert (row["outcome"], row["queue"], row["kind"]) == ("answered", "benefits", "application")
    assert row["note"] == "Jautā par pabalstu"
    for moment in ("arrived", "queued", "answered", "ended"):
        stored = float(str(row[f"{moment}_at"]))
        pattern = rf'last_call_timestamp_seconds{{moment="{moment}"}} ([0-9.e+]+)'
        found = re.search(pattern, metrics)
        assert found is not None
        assert abs(float(found[1]) - stored) < 0.1
        assert min(abs(stored - at) for at in on_board) < 0.1, f"{moment} is not on the board"
    await context.close()
