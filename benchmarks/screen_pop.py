"""How soon a desk shows the call that is offered to it, while a hundred desks are open.

Real calls come in by a real Asterisk, and each page is a real log-in with its WebSocket. A page is
told of the offer in one view; then it asks for what stands beside it, as a page in a browser does.
Both are counted from the offer's own time, which the view has: every clock here is the machine's.
What a browser needs to paint it comes on top.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping

import crowd
import morning
from full_day import SERVICE
from hotline_phones import Load
from morning import Staff
from parts import Told, options, part, service

from contactcentre.settings import Settings
from routing.tally import percentile

SETTLE_S = 5.0
"""Until a hundred agents who have come to work, and their phones, are written down."""


async def measure(desks: int, load: Load) -> Told:
    """One stretch of a day."""
    staff = Staff(early=desks, coming=0, boards=0, seconds=load.seconds)
    async with (
        morning.hotline(staff) as (settings, _),
        service(SERVICE, settings) as (served, _),
        part("screen_pop_pages", *options(_pages(settings, desks))) as pages,
        part("hotline_phones", *options(morning.phones(settings, staff, load))) as phones,
    ):
        await pages.told()
        await phones.line()
        await asyncio.sleep(SETTLE_S)
        await served.ask()
        phones.go()
        rang = await phones.told()
        stretch = await served.ask()
        popped = await pages.ask()
    return {
        **_figures(popped["view_ms"], ""),
        **_figures(popped["beside_ms"], "with_history_"),
        "offers": len(popped["view_ms"]),
        "desks": desks,
        "calls": rang["calls"],
        "lost": rang["lost"],
        "core_share": stretch["core_share"],
    }


def _pages(settings: Settings, desks: int) -> Mapping[str, object]:
    return {"origin": settings.panel_origin, "agents": ",".join(crowd.agent_ids(desks))}


def _figures(times_ms: list[float], prefix: str) -> Told:
    ordered = sorted(times_ms) or [0.0]
    return {
        f"{prefix}p{share}_ms": round(percentile(ordered, share), 1) for share in (50, 95, 99)
    } | {f"{prefix}max_ms": round(ordered[-1], 1)}


def main() -> None:
    """The command line. 1 where a call was lost: times never fail it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--per-hour", type=float, default=3200.0)
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    asked = parser.parse_args()
    load = Load(
        seconds=asked.seconds, per_hour=asked.per_hour, burst_per_s=1, burst_s=0, talk_s=20.0
    )
    told = morning.run(lambda: measure(asked.desks, load), as_json=asked.json)
    sys.exit(told["lost"] > 0)


if __name__ == "__main__":
    main()
