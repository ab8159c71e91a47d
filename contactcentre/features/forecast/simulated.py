"""A day with its shifts, played several times by the rules of the network in force: pure.

Calls come as they are expected, their talks and patience by chance. An agent who is not on shift
is at the counter for the simulation's sake: no call goes there.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from math import log, sqrt
from random import Random
from typing import Final

from agents_ui.staffing.port import Shift, Tried
from contactcentre.core.config.network import Network
from routing.calendar import QUARTER_S
from routing.model import Queue, Requirement
from routing.service_level import Level, of
from routing.simulation import (
    Arrival,
    SimulatedAgent,
    SimulatedCall,
    SimulatedDeparture,
    Simulation,
    Visit,
)

DAY_S: Final = 86_400.0
SEED: Final = 1909
RUNS: Final = 5
MOST_CALLS: Final = 30_000
"""Of all runs together: the processor is shared with the calls that are real."""

WORST: Final = 3
SIGMA: Final = sqrt(log(1 + 0.9**2))
"""Of the logarithm of a talk's length: its deviation is nine tenths of its mean."""

Languages = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedCalls:
    """What one queue expects: calls by quarter hour, how long they take, in which languages."""

    queue: Queue
    calls: Sequence[float]
    handling_s: float
    patience_s: float
    languages: Languages


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is on shift, and from when to when (seconds of the day); how many nobody knows."""

    agents: tuple[tuple[SimulatedAgent, float, float], ...]
    nameless: int


def staff_of(network: Network, shifts: Sequence[Shift], away: float) -> Staff:
    """Agents of the network for these shifts, in order of their ids; of each shift the share
    `away` is not on the phone."""
    chosen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    nameless = 0
    for one in shifts:
        begins, ends = one.begins_min * 60.0, one.ends_min * 60.0
        wanted = round(one.agents * (1 - away))
        for agent_id, profile in network.agents.items():
            if wanted <= 0:
                break
            fits = not one.centre or profile.centre_id == one.centre
            busy = any(begins < until and since < ends for since, until in chosen[agent_id])
            if fits and not profile.reserve and not busy:
                chosen[agent_id].append((begins, ends))
                wanted -= 1
        nameless += max(0, wanted)
    agents = []
    for agent_id, times in chosen.items():
        for number, (begins, ends) in enumerate(times):
            profile = network.agents[agent_id]
            place = network.place(profile.centre_id)
            name = f"{agent_id} {number}"
            agent = SimulatedAgent(agent_id=name, capability=profile.capability, place=place)
            agents.append((agent, begins, ends))
    return Staff(tuple(agents), nameless)


def tried(day: date, ringing: Sequence[ExpectedCalls], staff: Staff, network: Network) -> Tried:
    """Play it. A hundred calls take a millisecond or two."""
    total = sum(sum(one.calls) for one in ringing)
    runs = max(1, min(RUNS, int(MOST_CALLS / max(1.0, total))))
    level, waits, hours = Level(), list[float](), defaultdict[int, Level](Level)
    handled_s = shift_s = 0.0
    for number in range(runs):
        simulation = Simulation([agent for agent, _, _ in staff.agents])
        for gone in simulation.run(_arrivals(ringing, staff, network, number)):
            level += of(gone.queued)
            hours[int(gone.call.at // 3600)] += of(gone.queued)
            waits.append(gone.wait_s)
            handled_s += _handled_s(gone)
        shift_s += sum(ends - begins for _, begins, ends in staff.agents)
    counted = level.answered + level.abandoned
    rated = [(hour, one.service_level) for hour, one in hours.items()]
    worst = sorted((share, hour) for hour, share in rated if share is not None)[:WORST]
    return Tried(
        day=day,
        runs=runs,
        calls=len(waits) / runs,
        service_level=level.service_level,
        abandonment=level.abandoned / counted if counted else None,
        mean_wait_s=statistics.fmean(waits) if waits else None,
        longest_wait_s=max(waits, default=0.0),
        occupancy=handled_s / shift_s if shift_s else None,
        nameless=staff.nameless,
        worst=tuple((hour, share) for share, hour in worst),
    )


def _handled_s(gone: SimulatedDeparture) -> float:
    return gone.call.handling_s if gone.agent is not None else 0.0


def _arrivals(
    ringing: Sequence[ExpectedCalls], staff: Staff, network: Network, run: int
) -> Iterator[Arrival]:
    calls = [_calls(one, network, run) for one in ringing]
    return merge(*calls, sorted(_away(staff)), key=lambda one: one.at)


def _away(staff: Staff) -> Iterator[Visit]:
    """From midnight to the shift, and from its end to the next midnight but one."""
    for agent, begins, ends in staff.agents:
        if begins > 0:
            yield Visit(0.0, agent.agent_id, begins)
        yield Visit(ends, agent.agent_id, 2 * DAY_S - ends)


def _calls(one: ExpectedCalls, network: Network, run: int) -> Iterator[SimulatedCall]:
    chance = Random(f"{SEED} {run} {one.queue.queue_id}")  # noqa: S311  # it must be repeatable
    homes = [network.place(centre) for centre in network.centres] or [network.place(None)]
    names, weights = list(one.languages) or ["lv"], list(one.languages.values()) or [1.0]
    asks = {name: Requirement(skills=one.queue.skills, language=name) for name in names}
    middle = log(one.handling_s) - SIGMA**2 / 2
    for quarter, mean in enumerate(one.calls):
        at = float(quarter * QUARTER_S)
        while mean > 0 and (at := at + chance.expovariate(mean / QUARTER_S)) < (
            (quarter + 1) * QUARTER_S
        ):
            yield SimulatedCall(
                call_id=f"{one.queue.queue_id} {at:.6f}",
                at=at,
                queue=one.queue,
                requirement=asks[chance.choices(names, weights)[0]],
                handling_s=chance.lognormvariate(middle, SIGMA),
                patience_s=chance.expovariate(1 / one.patience_s),
                home=chance.choice(homes),
            )
