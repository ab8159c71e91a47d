"""What one routing decision costs: ours against a plain scan over all, in the same run.

A decision: an agent becomes free, the call is found, leaves the line and another like it comes;
or a call arrives, the agent is found, leaves the bench and sits down again. So as many wait and as
many are free after it as before. To leave and to stand last again, alone, is measured apart
(`seat`), and so is what memory alone costs more where there is more of it (`lookup`).
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import log
from pathlib import Path
from statistics import median
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from matching_crowd import SIGNATURES, Crowd, Free, Waiting, requirements

from contactcentre.core.call.queueing import Queueing
from contactcentre.core.call.state import Call, CallerChannel, Phase
from routing.line import Line
from routing.scope import Address, call_addresses, desk_addresses

SIZES = (1_000, 3_000, 10_000, 30_000)
MEASURED = 10_000
DECISIONS = 40_000
SCANS = 100
BLOCKS = 20
LOOKUPS = 10
"""Agents looked up in a plain dictionary, for the control."""

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Plain:
    """The scan over all: no structure but a set of each caller's addresses and known answers."""

    crowd: Crowd
    fits: dict[tuple[int, int], bool] = field(default_factory=dict)
    at: dict[str, tuple[Address, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What a scan may know beforehand."""
        for call in self.crowd.calls.values():
            self.at[call.key] = call_addresses(call.scopes, call.home.centre)
        for agent in self.crowd.agents.values():
            self.at[agent.key] = desk_addresses(agent.place, agent.barred)

    def _may(self, agent: Free, call: Waiting, mine: set[Address], other: str) -> bool:
        pair = (id(agent.capability), id(call.requirement))
        known = self.fits.get(pair)
        if known is None:
            known = self.fits[pair] = agent.capability.meets(call.requirement)
        return known and not mine.isdisjoint(self.at[other])

    def call_for(self, agent: Free) -> str | None:
        """The first of all waiting calls that this agent may answer."""
        mine, best = set(self.at[agent.key]), None
        for call in self.crowd.calls.values():
            place = (call.since, call.key)
            if (best is None or place < best) and self._may(agent, call, mine, call.key):
                best = place
        return None if best is None else best[1]

    def agent_for(self, call: Waiting) -> str | None:
        """The first of all free agents who may answer this call."""
        mine, best = set(self.at[call.key]), None
        for agent in self.crowd.agents.values():
            place = (agent.since, agent.key)
            if (best is None or place < best) and self._may(agent, call, mine, agent.key):
                best = place
        return None if best is None else best[1]


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Microseconds of this thread's own time: while somebody else has the core, it stands."""
    began = time.thread_time_ns()
    answer = work()
    return (time.thread_time_ns() - began) / 1000, answer


@dataclass(slots=True)
class Times:
    """Of one crowd, in microseconds."""

    freed: list[float] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    seat: list[float] = field(default_factory=list)
    scan: list[float] = field(default_factory=list)
    matched: list[list[float]] = field(default_factory=list)  # by block: those that found somebody
    lookup: list[list[float]] = field(default_factory=list)  # by block
    first_ever: float = 0.0  # the dearest decision of an asker who was never seen before

    def figures(self) -> dict[str, float]:
        """What is told of them."""
        both = self.freed + self.arrived
        return {
            "p50_us": round(median(both), 1),
            "p99_us": round(percentile(both, 0.99), 1),
            "freed_p50_us": round(median(self.freed), 1),
            "arrived_p50_us": round(median(self.arrived), 1),
            "seat_p50_us": round(median(self.seat), 1),
            "matched_p50_us": round(median(took for block in self.matched for took in block), 1),
            "matched_share": round(sum(map(len, self.matched)) / len(both), 3),
            "lookup_p50_us": round(median(took for block in self.lookup for took in block), 2),
            "scan_p50_us": round(median(self.scan), 1),
            "first_ever_max_us": round(self.first_ever, 1),
        }


def meet(crowd: Crowd, times: Times) -> None:
    """Every asker once: from then on, who fits whom is known."""
    for agent in crowd.agents.values():
        times.first_ever = max(times.first_ever, timed(partial(crowd.call_for, agent))[0])
    for call in crowd.calls.values():
        times.first_ever = max(times.first_ever, timed(partial(crowd.agent_for, call))[0])


def decide(crowd: Crowd, decisions: int, times: Times) -> None:
    """Decisions of both sorts, taking turns."""
    agents, calls = list(crowd.agents.values()), list(crowd.calls.values())
    matched: list[float] = []
    lookup: list[float] = []
    for _ in range(decisions // 2):
        agent, call = crowd.dice.choice(agents), crowd.dice.choice(calls)
        for decision, took in (
            (partial(crowd.freed, agent), times.freed),
            (partial(crowd.arrived, call), times.arrived),
        ):
            us, found = timed(decision)
            took.append(us)
            if found:
                matched.append(us)
        times.seat.append(timed(partial(crowd.seat, agent, call))[0] / 2)
        keys = [each.key for each in crowd.dice.choices(agents, k=LOOKUPS)]
        lookup.append(timed(partial(crowd.look_up, keys))[0] / LOOKUPS)
    times.matched.append(matched)
    times.lookup.append(lookup)


def scan(crowd: Crowd, scans: int, times: Times) -> None:
    """The same questions by the plain scan, whose answers must be ours."""
    plain = Plain(crowd)
    agents, calls = list(crowd.agents.values()), list(crowd.calls.values())
    for _ in range(scans // 2):
        agent, call = crowd.dice.choice(agents), crowd.dice.choice(calls)
        assert plain.call_for(agent) == crowd.call_for(agent)
        assert plain.agent_for(call) == crowd.agent_for(call)
        times.scan.append(timed(partial(plain.call_for, agent))[0])
        times.scan.append(timed(partial(plain.agent_for, call))[0])


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def growth(mine: list[list[float]], least: list[list[float]]) -> float:
    """How many times what the smallest crowd costs: by medians, block against block, since the
    machine is the same for both then."""
    pairs = zip(mine, least, strict=True)
    return round(median(median(here) / median(there) for here, there in pairs), 2)


def measure(crowds: list[Crowd], decisions: int, scans: int) -> list[Times]:
    """The times of each crowd. They take turns in blocks, so that whatever else the machine does
    meets all of them. The collector leaves alone what was there at the start, as in the service."""
    times = [Times() for _ in crowds]
    gc.collect()
    gc.freeze()
    try:
        for crowd, mine in zip(crowds, times, strict=True):
            meet(crowd, mine)
            decide(crowd, decisions // BLOCKS, Times())
        for _ in range(BLOCKS):
            for crowd, mine in zip(crowds, times, strict=True):
                decide(crowd, decisions // BLOCKS, mine)
                scan(crowd, scans // BLOCKS, mine)
    finally:
        gc.unfreeze()
    return times


def kib_per_call(count: int) -> float:
    """Memory of one waiting call: the value that the core keeps, and its place in line."""
    dice = random.Random(402)  # noqa: S311
    asked = requirements(dice)
    line = Line()
    calls: dict[str, Call] = {}
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(count):
        call = waiting_call(number)
        calls[call.call_id] = call
        line.enter(call.call_id, asked[number % SIGNATURES], call.since, home=f"c{number % 600}")
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return round(used / count / 1024, 2)


def waiting_call(number: int) -> Call:
    """As the core keeps it."""
    at = 1_800_000_000.0 + number
    return Call(
        call_id=f"{number:026}",
        channel=CallerChannel(name=f"PJSIP/carrier-{number:08x}", unique_id=f"{number}.{number}"),
        caller=f"+3712{number:07}",
        dialled="60000100",
        arrived_at=at,
        phase=Phase.WAITING,
        since=at + 1,
        queue="general",
        queueing=Queueing(queued_at=at + 2),
    )


def main() -> None:
    """Measure, print for people, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--decisions", type=int, default=DECISIONS)
    asked = parser.parse_args()
    *measured, differ = measure(
        [*(Crowd(size) for size in SIZES), Crowd(MEASURED, each_differs=True)],
        asked.decisions,
        SCANS,
    )
    sizes = dict(zip(SIZES, measured, strict=True))
    grown = {size: against(times, sizes[SIZES[0]], size) for size, times in sizes.items()}
    memory = kib_per_call(MEASURED)
    for size, times in sizes.items():
        print(f"{size:>6} agents and calls: {times.figures()}  growth {grown[size]}")
    print(f"{MEASURED:>6}, every agent different: {differ.figures()}")
    print(f"memory of a waiting call: {memory} KiB")
    if asked.json:
        flat = {
            f"{name}_{SIZES[0] // 1000}k_{size // 1000}k": grown[size][name]
            for size in SIZES[1:]
            for name in ("growth", "log", "lookup", "scan")
        }
        told = {
            **sizes[MEASURED].figures(),
            "kib_per_call": memory,
            **flat,
            "sizes": {size: times.figures() for size, times in sizes.items()},
            "each_differs": differ.figures(),
        }
        print(json.dumps(told))


def against(times: Times, least: Times, size: int) -> dict[str, float]:
    """What a crowd of this size costs, as a multiple of the smallest one: a decision that found
    somebody, the logarithm, a look-up in a dictionary, and the scan."""
    return {
        "growth": growth(times.matched, least.matched),
        "log": round(log(size) / log(SIZES[0]), 2),
        "lookup": growth(times.lookup, least.lookup),
        "scan": round(median(times.scan) / median(least.scan), 2),
    }


if __name__ == "__main__":
    main()
