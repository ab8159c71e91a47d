"""What the live board costs and how old it is: 500 supervisors, 700 agents, 300 calls at once.

The hotline, the pages and a browser are processes of their own. Of the hotline's processor time the
views' part is what it uses more with the boards open than without, the calls being the same.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import uvloop
from board_hotline import token
from parts import Told, options, part
from playwright.async_api import CDPSession, Page, async_playwright

SETTLE_S = 5.0


async def measure(boards: int, calls: float, seconds: float) -> Told:
    """All of it, one after another."""
    async with part("board_hotline", *options({"boards": boards, "calls": calls})) as hotline:
        origin = f"http://127.0.0.1:{(await hotline.told())['port']}"
        await asyncio.sleep(SETTLE_S)
        await hotline.ask()
        await asyncio.sleep(seconds)
        alone = await hotline.ask()
        async with part("board_pages", *options({"boards": boards, "origin": origin})) as pages:
            await pages.told()
            await asyncio.sleep(SETTLE_S)
            await hotline.ask()
            await pages.ask()
            await asyncio.sleep(seconds)
            watched, sent = await hotline.ask(), await pages.ask()
        shown = await browser(origin, seconds)
    return {
        **sent,
        "core_share": round(watched["core_share"] - alone["core_share"], 4),
        "core_share_without_boards": round(alone["core_share"], 4),
        **shown,
    }


async def browser(origin: str, seconds: float) -> Told:
    """The processor time of Chromium while it shows one board of everything."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium")
        context = await chromium.new_context(viewport={"width": 1366, "height": 768})
        await context.add_cookies([{"name": "cc", "value": token(0), "url": origin}])
        page = await context.new_page()
        await page.goto(f"{origin}/board")
        await page.wait_for_selector("#age.ready")
        await asyncio.sleep(SETTLE_S)
        inside, outside = (
            await context.new_cdp_session(page),
            await chromium.new_browser_cdp_session(),
        )
        before, used = await _busy_s(inside), await _used_s(outside)
        await asyncio.sleep(seconds)
        told = {
            "browser_core_share": round((await _busy_s(inside) - before) / seconds, 4),
            "browser_processes_share": round((await _used_s(outside) - used) / seconds, 4),
            "rows_on_the_page": await _rows(page),
        }
        await chromium.close()
    return told


async def _busy_s(session: CDPSession) -> float:
    """Processor time of the page's thread: scripts, styles, layout, all its tasks."""
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    told = await session.send("Performance.getMetrics")
    return float({one["name"]: one["value"] for one in told["metrics"]}["TaskDuration"])


async def _used_s(session: CDPSession) -> float:
    """Of all processes of the browser, drawing without a graphics card included."""
    told = await session.send("SystemInfo.getProcessInfo")
    return float(sum(one["cpuTime"] for one in told["processInfo"]))


async def _rows(page: Page) -> int:
    return int(await page.evaluate("document.querySelectorAll('tbody tr').length"))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=500)
    parser.add_argument("--calls", type=float, default=1.0, help="that come and go in a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each stretch")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(measure(asked.boards, asked.calls, asked.seconds))
    print(
        f"{asked.boards} boards, 700 agents, 300 calls, {asked.calls:g} more a second"
        f" ({os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} over a minute)"
    )
    for key, value in told.items():
        print(f"{key:>28}  {value}")
    if asked.json:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
