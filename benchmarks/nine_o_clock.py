"""Nine o'clock: seven hundred agents log in within a minute, while calls come.

Log-in page, password, desk and live link over HTTP, then the telephone's registration at a real
Asterisk. The calls are answered by agents who came earlier. What counts: how long whoever logs in
waits until the telephone is there, and that callers notice nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

import morning
from assignment_latency import process_cpu_s
from full_day import SERVICE
from hotline_phones import Load
from morning import Staff
from parts import Told, options, part, service

from contactcentre.settings import Settings
from contactcentre.telephony.pbx import Pbx
from routing.tally import percentile

BEFORE_S = 5.0
"""Calls come so long before the first log-in, and after the last."""


async def measure(staff: Staff) -> Told:
    """One morning."""
    async with morning.hotline(staff) as (settings, pbx):
        return await _morning(settings, staff, pbx)


async def _morning(settings: Settings, staff: Staff, pbx: Pbx) -> Told:
    load = Load(
        seconds=staff.seconds + 2 * BEFORE_S, per_hour=3600, burst_per_s=1, burst_s=0, talk_s=20.0
    )
    async with (
        service(SERVICE, settings) as (served, _),
        part("full_day_pages", *options(morning.pages(settings, staff))) as early,
        part("hotline_phones", *options(morning.phones(settings, staff, load))) as phones,
    ):
        await early.told()
        await phones.line()
        phones.go()
        await asyncio.sleep(BEFORE_S)
        await served.ask()
        began_s = process_cpu_s(pbx.pid)
        async with part("nine_o_clock_agents", *options(morning.comers(settings, staff))) as agents:
            came = await agents.told()
            morning.complain(came)
            stretch = await served.ask()
            asterisk_s = process_cpu_s(pbx.pid) - began_s
            rang = await phones.told()
    registered = sorted(came["registered_s"]) or [0.0]
    return {
        "offer_p99_ms": round(percentile(sorted(rang["offer_ms"]) or [0.0], 99), 2),
        "registered_p50_s": round(percentile(registered, 50), 2),
        "registered_p99_s": round(percentile(registered, 99), 2),
        "registered_max_s": round(registered[-1], 2),
        "registered": len(came["registered_s"]),
        "refused": len(came["refused"]),
        "within_s": round(came["seconds"], 1),
        "calls": rang["calls"],
        "lost": rang["lost"],
        "asterisk_core_share": round(asterisk_s / came["seconds"], 3),
        **{key: value for key, value in stretch.items() if key != "seconds"},
    }


def main() -> None:
    """The command line. 1 where somebody was not let in, or a call was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=700, help="who log in")
    parser.add_argument("--early", type=int, default=60, help="who are at work already")
    parser.add_argument("--boards", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0, help="within which they log in")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    asked = parser.parse_args()
    staff = Staff(
        coming=asked.agents, early=asked.early, boards=asked.boards, seconds=asked.seconds
    )
    told = morning.run(lambda: measure(staff), as_json=asked.json)
    sys.exit(told["lost"] > 0 or told["refused"] > 0)


if __name__ == "__main__":
    main()
