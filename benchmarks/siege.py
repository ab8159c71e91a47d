"""A siege: five calls a second are served and people log in, while strangers hold every port.

Two thousand sockets on each port of TCP on which nothing is said, slow heads, fifty log-ins and a
hundred stray calls a second. What counts: no caller is lost, and nobody who works there waits.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict, dataclass

import aiohttp
import morning
from assignment_latency import process_cpu_s
from full_day import SERVICE
from hotline_phones import Load
from morning import Staff
from parts import Told, environment, options, part, service

from contactcentre.settings import Settings
from contactcentre.telephony.pbx import Pbx
from routing.tally import percentile

KEY_AFTER_S = 1.5
"""Whoever presses a key before the service has asked waits for the menu's third question: that is
another matter than how long an offer takes."""

AROUND_S = 5.0
"""Calls come so long before the first log-in, and after the last."""

FIGURE = 'contactcentre_panel_strangers_ended_total{why="'


@dataclass(frozen=True, slots=True)
class Strangers:
    """Sockets on each port, slow heads, and so many log-ins and calls a second."""

    idle: int
    slow: int
    log_ins: int
    invites: int


async def measure(staff: Staff, strangers: Strangers, calls_per_s: float) -> Told:
    """One siege."""
    load = Load(
        seconds=staff.seconds + 2 * AROUND_S,
        per_hour=3600 * calls_per_s,
        burst_per_s=1,
        burst_s=0,
        talk_s=5.0,
        key_after_s=KEY_AFTER_S,
    )
    async with morning.hotline(staff) as (settings, pbx):
        return await _besieged(settings, staff, strangers, load, pbx)


async def _besieged(settings: Settings, staff: Staff, who: Strangers, load: Load, pbx: Pbx) -> Told:
    async with (
        service(SERVICE, settings) as (served, _),
        part("full_day_pages", *options(morning.pages(settings, staff))) as early,
        part("hotline_phones", *options(morning.phones(settings, staff, load))) as phones,
    ):
        await early.told()
        await phones.line()
        ours = environment(settings)
        async with part("siege_strangers", *_options(who), environment=ours) as strangers:
            await strangers.line()
            phones.go()
            await asyncio.sleep(AROUND_S)
            await served.ask()
            began_s = process_cpu_s(pbx.pid)
            coming = options(morning.comers(settings, staff))
            async with part("nine_o_clock_agents", *coming) as agents:
                came = await agents.told()
                stretch = await served.ask()
                asterisk_s = process_cpu_s(pbx.pid) - began_s
                rang = await phones.told()
                refused = await strangers.ask()
                ended = await _ended(settings)
    morning.complain(came)
    logged_in = sorted(came["registered_s"]) or [0.0]
    return {
        "calls_lost": rang["lost"],
        "offer_p99_ms": round(percentile(sorted(rang["offer_ms"]) or [0.0], 99), 2),
        "legitimate_login_p99_ms": round(1000 * percentile(logged_in, 99)),
        "legitimate_login_p50_ms": round(1000 * percentile(logged_in, 50)),
        "calls": rang["calls"],
        "legitimate_logins": len(came["registered_s"]),
        "not_let_in": len(came["refused"]),
        "seconds": round(came["seconds"], 1),
        "refused": dict(sorted(refused.items())),
        "strangers_ended": ended,
        "log_lines_of_asterisk": len(pbx.log_lines()),
        "asterisk_core_share": round(asterisk_s / came["seconds"], 3),
        **{key: value for key, value in stretch.items() if key != "seconds"},
    }


async def _ended(settings: Settings) -> dict[str, int]:
    """What the panel says of strangers' connections."""
    url = f"{settings.panel_origin}/metrics"
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        lines = (await answer.text()).splitlines()
    mine = (line.removeprefix(FIGURE).split('"} ') for line in lines if line.startswith(FIGURE))
    return {why: int(number) for why, number in mine}


def _options(who: Strangers) -> list[str]:
    return options({key.replace("_", "-"): number for key, number in asdict(who).items()})


def main() -> None:
    """The command line. 1 where somebody who works there was not let in, or a call was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=2000, help="sockets on each port")
    parser.add_argument("--slow", type=int, default=200, help="whose requests come byte by byte")
    parser.add_argument("--log-ins", type=int, default=50, help="of strangers, a second")
    parser.add_argument("--invites", type=int, default=100, help="of strangers, a second")
    parser.add_argument("--calls", type=float, default=5.0, help="of citizens, a second")
    parser.add_argument("--early", type=int, default=60, help="agents who take them")
    parser.add_argument("--coming", type=int, default=60, help="agents who log in")
    parser.add_argument("--seconds", type=float, default=60.0, help="within which they log in")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    asked = parser.parse_args()
    staff = Staff(early=asked.early, coming=asked.coming, boards=0, seconds=asked.seconds)
    strangers = Strangers(asked.idle, asked.slow, asked.log_ins, asked.invites)
    told = morning.run(lambda: measure(staff, strangers, asked.calls), as_json=asked.json)
    sys.exit(told["calls_lost"] > 0 or told["not_let_in"] > 0)


if __name__ == "__main__":
    main()
