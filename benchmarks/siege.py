"""A siege: five calls a second are served and people log in, while strangers hold every port.

Two thousand sockets on each port of TCP on which nothing is said, slow heads, fifty log-ins and a
hundred stray calls a second. What counts: no caller is lost, and nobody who works there waits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
import crowd
import uvloop
from assignment_latency import process_cpu_s, settings_for
from full_day import SECRET, SERVICE, WRAP_UP_S
from hotline_phones import Load
from nine_o_clock_agents import PASSWORD
from parts import Told, environment, options, part, service

from contactcentre import paths
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.settings import Settings
from contactcentre.telephony.pbx import Pbx, running
from routing.tally import percentile

KEY_AFTER_S = 1.5
"""Whoever presses a key before the service has asked waits for the menu's third question: that is
another matter than how long an offer takes."""

AROUND_S = 5.0
"""Calls come so long before the first log-in, and after the last."""

FIGURE = 'contactcentre_panel_strangers_ended_total{why="'


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`coming` agents log in within so many seconds; `early` ones answer the calls meanwhile."""

    idle: int
    slow: int
    log_ins: int
    invites: int
    early: int
    coming: int
    calls_per_s: float
    seconds: float


async def measure(wanted: Wanted) -> Told:
    """One siege."""
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        settings = settings_for(Path(folder), 12_000, 15_999)
        settings = settings.model_copy(update={"cache": Settings().cache})  # the prompts are there
        agents = wanted.early + wanted.coming
        await crowd.settle(
            settings,
            agents,
            1,
            browsers=wanted.coming,
            wrap_up_s=WRAP_UP_S,
            password_hash=await Passwords().hash(PASSWORD, username=""),
        )
        await crowd.open_sessions(settings, crowd.agent_ids(wanted.early))
        everyones = crowd.phones(agents, wanted.coming)
        await asyncio.to_thread(
            crowd.enrol, paths.directory(settings), everyones, wanted.early, SECRET
        )
        async with running(paths.pbx_settings(settings)) as pbx:
            return await _besieged(settings, wanted, pbx)


async def _besieged(settings: Settings, wanted: Wanted, pbx: Pbx) -> Told:
    pages = crowd.pages(settings.panel_origin, wanted.early, wanted.early, 0)
    async with (
        service(SERVICE, settings) as (served, _),
        part("full_day_pages", *options(pages)) as early,
        part("hotline_phones", *options(_phones(settings, wanted))) as phones,
    ):
        await early.told()
        await phones.line()
        ours = environment(settings)
        async with part("siege_strangers", *_strangers(wanted), environment=ours) as strangers:
            await strangers.line()
            phones.go()
            await asyncio.sleep(AROUND_S)
            await served.ask()
            began_s = process_cpu_s(pbx.pid)
            async with part("nine_o_clock_agents", *options(_agents(settings, wanted))) as agents:
                came = await agents.told()
                stretch = await served.ask()
                asterisk_s = process_cpu_s(pbx.pid) - began_s
                rang = await phones.told()
                refused = await strangers.ask()
                ended = await _ended(settings)
    if came["refused"]:
        print(f"not let in: {dict(Counter(came['refused']))}", file=sys.stderr)
        print([round(x) for x in sorted(rang["offer_ms"])], file=sys.stderr)
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


def _strangers(wanted: Wanted) -> list[str]:
    asked = {
        "idle": wanted.idle,
        "slow": wanted.slow,
        "log-ins": wanted.log_ins,
        "invites": wanted.invites,
    }
    return options(asked)


def _phones(settings: Settings, wanted: Wanted) -> Mapping[str, object]:
    load = Load(
        seconds=wanted.seconds + 2 * AROUND_S,
        per_hour=3600 * wanted.calls_per_s,
        burst_per_s=1,
        burst_s=0,
        talk_s=5.0,
        key_after_s=KEY_AFTER_S,
    )
    return {
        "port": settings.sip_port,
        "number": crowd.NUMBER,
        "agents": wanted.early,
        "secret": SECRET,
        "load": json.dumps(asdict(load)),
    }


def _agents(settings: Settings, wanted: Wanted) -> Mapping[str, object]:
    return {
        "origin": settings.panel_origin,
        "port": settings.sip_port,
        "agents": wanted.early + wanted.coming,
        "coming": wanted.coming,
        "seconds": wanted.seconds,
    }


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
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wanted = Wanted(
        idle=asked.idle,
        slow=asked.slow,
        log_ins=asked.log_ins,
        invites=asked.invites,
        early=asked.early,
        coming=asked.coming,
        calls_per_s=asked.calls,
        seconds=asked.seconds,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(measure(wanted))
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for key, value in told.items():
        print(f"{key:>24} {value}")
    if asked.json:
        print(json.dumps(told))
    sys.exit(told["calls_lost"] > 0 or told["not_let_in"] > 0)


if __name__ == "__main__":
    main()
