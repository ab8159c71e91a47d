"""Nine o'clock: seven hundred agents log in within a minute, while calls come.

Log-in page, password, desk and live link over HTTP, then the telephone's registration at a real
Asterisk. The calls are answered by agents who came earlier. What counts: how long whoever logs in
waits until the telephone is there, and that callers notice nothing.
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

import crowd
import uvloop
from assignment_latency import process_cpu_s, settings_for
from full_day import SECRET, SERVICE, WRAP_UP_S
from hotline_phones import Load
from nine_o_clock_agents import PASSWORD
from parts import Told, options, part, service

from contactcentre import paths
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.settings import Settings
from contactcentre.telephony.pbx import Pbx, running
from routing.tally import percentile

BEFORE_S = 5.0
"""Calls come so long before the first log-in, and after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`coming` agents log in within so many seconds; `early` ones answer the calls meanwhile."""

    coming: int
    early: int
    boards: int
    seconds: float

    @property
    def agents(self) -> int:
        """All of them."""
        return self.early + self.coming


async def measure(wanted: Wanted) -> Told:
    """One morning."""
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        settings = settings_for(Path(folder), 12_000, 15_999)
        settings = settings.model_copy(update={"cache": Settings().cache})  # the prompts are there
        await crowd.settle(
            settings,
            wanted.agents,
            wanted.boards,
            browsers=wanted.coming,
            wrap_up_s=WRAP_UP_S,
            password_hash=await Passwords().hash(PASSWORD, username=""),
        )
        early = crowd.agent_ids(wanted.early)
        await crowd.open_sessions(settings, (*early, *crowd.supervisor_ids(wanted.boards)))
        everyones = crowd.phones(wanted.agents, wanted.coming)
        await asyncio.to_thread(
            crowd.enrol, paths.directory(settings), everyones, wanted.early, SECRET
        )
        async with running(paths.pbx_settings(settings)) as pbx:
            return await _morning(settings, wanted, pbx)


async def _morning(settings: Settings, wanted: Wanted, pbx: Pbx) -> Told:
    pages = crowd.pages(settings.panel_origin, wanted.early, wanted.early, wanted.boards)
    async with (
        service(SERVICE, settings) as (served, _),
        part("full_day_pages", *options(pages)) as early,
        part("hotline_phones", *options(_phones(settings, wanted))) as phones,
    ):
        await early.told()
        await phones.line()
        phones.go()
        await asyncio.sleep(BEFORE_S)
        await served.ask()
        began_s = process_cpu_s(pbx.pid)
        async with part("nine_o_clock_agents", *options(_agents(settings, wanted))) as agents:
            came = await agents.told()
            if came["refused"]:
                print(f"not let in: {dict(Counter(came['refused']))}", file=sys.stderr)
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


def _phones(settings: Settings, wanted: Wanted) -> Mapping[str, object]:
    load = Load(
        seconds=wanted.seconds + 2 * BEFORE_S,
        per_hour=3600,
        burst_per_s=1,
        burst_s=0,
        talk_s=20.0,
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
        "agents": wanted.agents,
        "coming": wanted.coming,
        "seconds": wanted.seconds,
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
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wanted = Wanted(
        coming=asked.agents, early=asked.early, boards=asked.boards, seconds=asked.seconds
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(measure(wanted))
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for key, value in told.items():
        print(f"{key:>22} {value}")
    if asked.json:
        print(json.dumps(told))
    sys.exit(told["lost"] > 0 or told["refused"] > 0)


if __name__ == "__main__":
    main()
