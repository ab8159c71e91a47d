"""What one routing decision costs: ours against a plain scan over all, in the same run.

A decision is what the engine does when an agent becomes free (sit on the bench, find the call,
both leave, the call stands in line again) or a call arrives (stand in line, find the agent, both
leave, the agent sits down again). So as many wait and as many are free after it as before.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from math import log
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from contactcentre.core.call import Call, Phase
from routing.line import Bench, Line
from routing.requirement import Capability, Requirement, levels
from routing.scope import NETWORK, Place, Scope, agent_addresses, call_addresses, circles

CENTRES, MUNICIPALITIES, REGIONS = 600, 43, 5
SIGNATURES = 200
SKILLS = tuple(f"skill-{number}" for number in range(25))
SIZES = (1_000, 3_000, 10_000, 30_000)
MEASURED = 10_000
DECISIONS = 20_000
SCANS = 100
BARRED = 0.05
"""Share of agents whose centre has taken enough calls from afar."""


@dataclass(slots=True)
class Waiting:
    """A call as routing sees it."""

    key: str
    requirement: Requirement
    home: Place
    scopes: tuple[Scope, ...]


@dataclass(slots=True)
class Free:
    """An agent as routing sees it."""

    key: str
    capability: Capability
    place: Place
    barred: bool


def requirements(dice: random.Random) -> list[Requirement]:
    """Different ones: a language and up to three skills at a level."""
    found: dict[Requirement, None] = {}
    while len(found) < SIGNATURES:
        skills = dice.sample(SKILLS, dice.choice((0, 1, 1, 1, 2, 3)))
        language = dice.choices(("lv", "ru", "en"), (75, 20, 5))[0]
        asked = levels({name: dice.randint(1, 3) for name in skills})
        found[Requirement(skills=asked, language=language)] = None
    return list(found)


def capability(dice: random.Random) -> Capability:
    """A generalist of a few skills, who speaks Latvian and perhaps more."""
    skills = dice.sample(SKILLS, dice.randint(2, 12))
    languages = {"lv": 5}
    if dice.random() < 0.6:
        languages["ru"] = 3
    if dice.random() < 0.4:
        languages["en"] = 3
    return Capability(
        skills=levels({name: dice.randint(1, 5) for name in skills}), languages=levels(languages)
    )


@dataclass(slots=True)
class Crowd:
    """So many waiting calls and so many free agents."""

    size: int
    each_differs: bool = False  # every agent has a capability of their own
    dice: random.Random = field(default_factory=lambda: random.Random(401))  # noqa: S311
    line: Line = field(default_factory=Line)
    bench: Bench = field(default_factory=Bench)
    calls: dict[str, Waiting] = field(default_factory=dict)
    agents: dict[str, Free] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    now: float = 1_800_000_000.0

    def __post_init__(self) -> None:
        """Let them come one after the other."""
        asked = requirements(self.dice)
        kinds = self.size if self.each_differs else SIGNATURES
        able = [capability(self.dice) for _ in range(kinds)]
        for number in range(self.size):
            home = self._place()
            scopes = self.dice.choices(circles(home), (20, 20, 20, 40))[:1]
            call = Waiting(f"call-{number}", self.dice.choice(asked), home, tuple(scopes))
            agent = Free(
                f"agent-{number}",
                able[number % kinds],
                self._place(),
                self.dice.random() < BARRED,
            )
            self.calls[call.key] = call
            self.agents[agent.key] = agent
            self.wait(call)
            self.sit(agent)

    def _place(self) -> Place:
        centre = self.dice.randrange(CENTRES)
        municipality = centre % MUNICIPALITIES
        return Place(f"c{centre}", f"m{municipality}", f"r{municipality % REGIONS}")

    def wait(self, call: Waiting) -> None:
        """Stand in line."""
        self.now += 0.01
        self.since[call.key] = self.now
        self.line.enter(
            call.key, call.requirement, self.now, scopes=call.scopes, home=call.home.centre
        )

    def sit(self, agent: Free) -> None:
        """Be free."""
        self.now += 0.01
        self.since[agent.key] = self.now
        self.bench.enter(
            agent.key, agent.capability, self.now, place=agent.place, barred=agent.barred
        )

    def call_for(self, agent: Free) -> str | None:
        """The decision for an agent."""
        return self.line.first_for(
            agent.capability, agent_id=agent.key, place=agent.place, barred=agent.barred
        )

    def agent_for(self, call: Waiting) -> str | None:
        """The decision for a call."""
        return self.bench.first_for(call.requirement, scopes=call.scopes, home=call.home.centre)

    def freed(self, agent: Free) -> bool:
        """An agent becomes free; whether a call was found."""
        self.sit(agent)
        found = self.call_for(agent)
        if found is None:
            return False
        self.bench.leave(agent.key)
        self.line.leave(found)
        self.wait(self.calls[found])
        return True

    def arrived(self, call: Waiting) -> bool:
        """A call arrives; whether an agent was found."""
        self.wait(call)
        found = self.agent_for(call)
        if found is None:
            return False
        self.line.leave(call.key)
        self.bench.leave(found)
        self.sit(self.agents[found])
        return True


@dataclass(slots=True)
class Plain:
    """The scan over all: no structure but a set of each caller's addresses and known answers."""

    crowd: Crowd
    fits: dict[tuple[int, int], bool] = field(default_factory=dict)
    at: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What a scan may know beforehand."""
        for call in self.crowd.calls.values():
            self.at[call.key] = call_addresses(call.scopes, call.home.centre)
        for agent in self.crowd.agents.values():
            self.at[agent.key] = agent_addresses(agent.place, agent.key, barred=agent.barred)

    def _meets(self, able: Capability, asked: Requirement) -> bool:
        pair = (id(able), id(asked))
        known = self.fits.get(pair)
        if known is None:
            known = self.fits[pair] = able.meets(asked)
        return known

    def call_for(self, agent: Free) -> str | None:
        """The first of all waiting calls that this agent may answer."""
        mine, since, best = set(self.at[agent.key]), self.crowd.since, None
        for call in self.crowd.calls.values():
            place = (since[call.key], call.key)
            if (best is None or place < best) and self._meets(agent.capability, call.requirement):
                if not mine.isdisjoint(self.at[call.key]):
                    best = place
        return None if best is None else best[1]

    def agent_for(self, call: Waiting) -> str | None:
        """The first of all free agents who may answer this call."""
        mine, since, best = set(self.at[call.key]), self.crowd.since, None
        for agent in self.crowd.agents.values():
            place = (since[agent.key], agent.key)
            if (best is None or place < best) and self._meets(agent.capability, call.requirement):
                if not mine.isdisjoint(self.at[agent.key]):
                    best = place
        return None if best is None else best[1]


def timed(work: Callable[[], object]) -> float:
    """Microseconds."""
    began = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began) / 1000


def ours(crowd: Crowd, decisions: int) -> dict[str, list[float]]:
    """Times of decisions of both sorts, taking turns."""
    agents, calls = list(crowd.agents.values()), list(crowd.calls.values())
    found: dict[str, list[float]] = {"freed": [], "arrived": []}
    for _ in range(decisions // 2):
        agent = crowd.dice.choice(agents)
        crowd.bench.leave(agent.key)
        found["freed"].append(timed(lambda agent=agent: crowd.freed(agent)))  # type: ignore[misc]
        if agent.key not in crowd.bench:
            crowd.sit(agent)
        call = crowd.dice.choice(calls)
        crowd.line.leave(call.key)
        found["arrived"].append(timed(lambda call=call: crowd.arrived(call)))  # type: ignore[misc]
        if call.key not in crowd.line:
            crowd.wait(call)
    return found


def scan(crowd: Crowd, scans: int) -> list[float]:
    """Times of the plain scan, whose answers must be ours."""
    plain = Plain(crowd)
    agents, calls = list(crowd.agents.values()), list(crowd.calls.values())
    found: list[float] = []
    for warm in (True, False):
        for _ in range(scans // 2):
            agent, call = crowd.dice.choice(agents), crowd.dice.choice(calls)
            times = [
                timed(lambda agent=agent: plain.call_for(agent)),  # type: ignore[misc]
                timed(lambda call=call: plain.agent_for(call)),  # type: ignore[misc]
            ]
            if not warm:
                found += times
            assert plain.call_for(agent) == crowd.call_for(agent)
            assert plain.agent_for(call) == crowd.agent_for(call)
    return found


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(crowd: Crowd, decisions: int, scans: int) -> dict[str, float]:
    """Figures of one crowd, in microseconds, once every pair of kinds has been asked about."""
    ours(crowd, decisions // 4)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        mine = ours(crowd, decisions)
        plain = scan(crowd, scans) if scans else [0.0]
    finally:
        gc.enable()
        gc.unfreeze()
    both = mine["freed"] + mine["arrived"]
    return {
        "p50_us": round(statistics.median(both), 1),
        "p99_us": round(percentile(both, 0.99), 1),
        "freed_p50_us": round(statistics.median(mine["freed"]), 1),
        "arrived_p50_us": round(statistics.median(mine["arrived"]), 1),
        "scan_p50_us": round(statistics.median(plain), 1),
    }


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
        home = Place(f"c{number % CENTRES}", "m1", "r1")
        at = 1_800_000_000.0 + number
        call = Call(
            call_id=f"{number:026}",
            channel=f"PJSIP/carrier-{number:08x}",
            channel_id=f"{number}.{number}",
            caller=f"+3712{number:07}",
            dialled="60000100",
            arrived_at=at,
            phase=Phase.WAITING,
            since=at + 1,
            queue="general",
            queued_at=at + 2,
        )
        calls[call.call_id] = call
        line.enter(
            call.call_id, asked[number % SIGNATURES], at, scopes=(NETWORK,), home=home.centre
        )
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return round(used / count / 1024, 2)


def main() -> None:
    """Measure, print for people, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--decisions", type=int, default=DECISIONS)
    asked = parser.parse_args()
    sizes = {size: measure(Crowd(size), asked.decisions, SCANS) for size in SIZES}
    smallest = SIZES[0]
    growth = {
        size: {
            "cost": round(sizes[size]["p50_us"] / sizes[smallest]["p50_us"], 2),
            "log": round(log(size) / log(smallest), 2),
            "scan": round(sizes[size]["scan_p50_us"] / sizes[smallest]["scan_p50_us"], 1),
        }
        for size in SIZES
    }
    differ = measure(Crowd(MEASURED, each_differs=True), asked.decisions, 0)
    memory = kib_per_call(MEASURED)
    for size, figures in sizes.items():
        print(f"{size:>6} agents and calls: {figures}  growth {growth[size]}")
    print(f"{MEASURED:>6} of each, every agent different: {differ}")
    print(f"memory of a waiting call: {memory} KiB")
    if asked.json:
        result = sizes[MEASURED] | {
            "kib_per_call": memory,
            "growth": growth,
            "sizes": sizes,
            "each_differs": {key: value for key, value in differ.items() if "scan" not in key},
        }
        print(json.dumps(result))


if __name__ == "__main__":
    main()
