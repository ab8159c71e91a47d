"""The whole hotline at the end of a full day, and of an empty one: does anything stall, or grow?

Seven hundred desks and twenty boards are open, and a call a second comes and goes. The service is
started on a journal without a call of the day, with 33,000 and with 100,000. It, Asterisk, the
pages and the telephones are processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import crowd
import full_day_journal
import uvloop
from assignment_latency import process_cpu_s, settings_for
from hotline_phones import Load
from parts import Part, Told, environment, options, part, service

from contactcentre import paths
from contactcentre.settings import Settings
from contactcentre.telephony.pbx import running
from routing.tally import percentile

SECRET = "the-phones-of-the-benchmark"  # noqa: S105 - lives as long as the run
SERVICE = "watched_service"
WRAP_UP_S = 60.0  # the record ends it sooner
REPEAT = 3
GROWING = (
    *("loop_stall_p99_ms", "loop_busy_p99_ms", "core_share"),
    *("start_s", "start_cpu_s", "offer_p99_ms"),
)
"""The costs that may not grow with the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is measured. `answering`: so many of the agents have a telephone."""

    agents: int
    answering: int
    boards: int
    load: Load


async def measure(wanted: Wanted, days: Sequence[int]) -> dict[int, Told]:
    """Every day on one Asterisk; the figures by the number of calls in the journal."""
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        settings = _at_the_days_end(settings_for(Path(folder), 12_000, 15_999))
        await crowd.settle(
            settings,
            wanted.agents,
            wanted.boards,
            wrap_up_s=WRAP_UP_S,
            password_hash=crowd.NOBODY,
        )
        everybody = (*crowd.agent_ids(wanted.agents), *crowd.supervisor_ids(wanted.boards))
        await crowd.open_sessions(settings, everybody)
        everyones = crowd.phones(wanted.agents)
        await asyncio.to_thread(
            crowd.enrol, paths.directory(settings), everyones, wanted.answering, SECRET
        )
        async with running(paths.pbx_settings(settings)):
            return {calls: await _day(settings, wanted, calls) for calls in days}


def _at_the_days_end(settings: Settings) -> Settings:
    shift_s = full_day_journal.ENDS - time.time()
    changed = {"clock_shift_s": round(shift_s), "sample": True, "cache": Settings().cache}
    changed["second_factor"] = ()  # the crowd logs in by a password alone
    return settings.model_copy(update=changed)


async def _day(settings: Settings, wanted: Wanted, calls: int) -> Told:
    """Some starts on the journal of that day, the last of them for a stretch of calls."""
    print(f"a day of {calls} calls", file=sys.stderr)
    kept = settings.cache / "benchmarks"
    await asyncio.to_thread(full_day_journal.lay, settings, kept, calls, wanted.agents)
    await full_day_journal.confirm(settings)
    restores = [await _restore_s(settings) for _ in range(REPEAT)]
    starts = []
    for _ in range(REPEAT - 1):
        async with service(SERVICE, settings) as (_, start_s):
            starts.append(start_s)
    async with service(SERVICE, settings) as (served, start_s):
        starts.append(start_s)
        start_cpu_s = process_cpu_s(served.process.pid)
        told = await _busy(settings, wanted, served)
    return told | {
        "start_s": round(statistics.median(starts), 2),
        "start_cpu_s": start_cpu_s,
        "restore_s": round(statistics.median(restores), 2),
    }


async def _restore_s(settings: Settings) -> float:
    """Seconds, in a process that does nothing else."""
    async with part(SERVICE, "--restore", environment=environment(settings)) as one:
        return float((await one.told())["restore_s"])


async def _busy(settings: Settings, wanted: Wanted, served: Part) -> Told:
    """Everybody comes back to the service, then calls come and go."""
    asked = crowd.pages(settings.panel_origin, wanted.agents, wanted.answering, wanted.boards)
    await served.ask()
    async with (
        part("full_day_pages", *options(asked)) as pages,
        part("hotline_phones", *options(_phones(settings, wanted))) as phones,
    ):
        opened = await pages.told()
        opening = await served.ask()
        await phones.line()
        await pages.ask()
        await served.ask()
        phones.go()
        rang = await phones.told()
        stretch, sent = await served.ask(), await pages.ask()
    return stretch | {
        "offer_p99_ms": round(percentile(sorted(rang["offer_ms"]) or [0.0], 99), 2),
        "calls": rang["calls"],
        "lost": rang["lost"],
        "opened_s": opened["open_s"],
        "opening_stall_max_ms": opening["loop_stall_max_ms"],
        "opening_busy_max_ms": opening["loop_busy_max_ms"],
        "messages": sent["messages"],
        "mb_sent": sent["mb"],
    }


def _phones(settings: Settings, wanted: Wanted) -> dict[str, object]:
    return {
        "port": settings.sip_port,
        "number": crowd.NUMBER,
        "agents": wanted.answering,
        "secret": SECRET,
        "load": json.dumps(asdict(wanted.load)),
    }


def growth(days: Mapping[int, Told]) -> dict[str, float]:
    """What the fullest day costs as a multiple of the emptiest."""
    least, most = days[min(days)], days[max(days)]
    return {key: round(most[key] / max(least[key], 1e-9), 2) for key in GROWING}


def summary(days: Mapping[int, Told]) -> Told:
    """For programs: the fullest day's figures, and all of them by the number of calls."""
    grown = growth(days)
    return {
        **days[max(days)],
        "growth": max(grown.values()),
        "growth_of": grown,
        "days": {str(calls): told for calls, told in days.items()},
    }


def report(days: Mapping[int, Told], wanted: Wanted) -> str:
    """For people."""
    lines = [
        f"{wanted.agents} desks and {wanted.boards} boards"
        f" ({os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f} over 5 minutes)"
    ]
    lines += [
        f"{key:>22}" + "".join(f"{told[key]:>12}" for told in days.values())
        for key in next(iter(days.values()))
    ]
    return "\n".join([*lines, f"growth: {growth(days)}"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", default="0,33000,100000", help="calls in the journals")
    parser.add_argument("--agents", type=int, default=700)
    parser.add_argument("--answering", type=int, default=60)
    parser.add_argument("--boards", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0, help="of calls, for each day")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    load = Load(seconds=asked.seconds, per_hour=3600, burst_per_s=1, burst_s=0, talk_s=20.0)
    wanted = Wanted(agents=asked.agents, answering=asked.answering, boards=asked.boards, load=load)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        days = runner.run(measure(wanted, [int(one) for one in asked.days.split(",")]))
    print(report(days, wanted))
    if asked.json:
        print(json.dumps(summary(days)))


if __name__ == "__main__":
    main()
