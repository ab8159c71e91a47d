"""Staffing by Erlang: trunks (B), agents with patient callers (C) and with impatient ones (A).

`load` is in erlangs everywhere: calls per second times mean handling time in seconds. Arrivals are
Poisson; handling and patience are exponential, which is what the formulae ask for; the simulation
is for everything else. All are stable for a thousand agents and more.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges" (1917), for B and C; C. Palm (1957) and S. Zeltyn, A. Mandelbaum,
"Call centers with impatient customers" (2005), for A.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice, repeat

NEGLIGIBLE = 1e-18
"""A state is left out when its share of what is added up already is smaller."""


class NeverEnough(ValueError):
    """No finite number of servers reaches the target: it is 100 % service, or no blocking."""


def blocking(trunks: int, load: float) -> float:
    """Erlang B: the share of calls that find every trunk busy and are lost.

    By B(0) = 1, B(k) = load B(k-1) / (k + load B(k-1)), which adds only positive numbers.
    """
    _check(trunks, load)
    blocked = 1.0
    for busy in range(1, trunks + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked


def trunks_for(load: float, lost: float) -> int:
    """The fewest trunks that lose at most the share `lost`; raises `NeverEnough` for none."""
    if lost <= 0 < load:
        raise NeverEnough("some calls are always lost; give a share above 0")
    _check(0, load)
    blocked, trunks = 1.0, 0
    while blocked > lost and load > 0:
        trunks += 1
        blocked = load * blocked / (trunks + load * blocked)
    return trunks


def wait_probability(agents: int, load: float) -> float:
    """Erlang C: the share of patient callers who have to wait at all; 1 when overloaded.

    C = B / (1 - rho (1 - B)), with rho = load / agents.
    """
    _check(agents, load)
    if load >= agents:
        return 1.0 if load else 0.0
    lost = blocking(agents, load)
    return lost / (1 - load / agents * (1 - lost))


def mean_wait_s(agents: int, load: float, handling_s: float) -> float:
    """Erlang C's ASA, over all calls: C handling / (agents - load); infinite when overloaded."""
    if load >= agents:
        return math.inf if load else 0.0
    return wait_probability(agents, load) * handling_s / (agents - load)


def service_level(agents: int, load: float, handling_s: float, within_s: float) -> float:
    """Share answered within `within_s`: 1 - C exp(-(agents - load) within / handling)."""
    if load >= agents:
        return 0.0 if load else 1.0
    late = math.exp(-(agents - load) * within_s / handling_s)
    return 1 - wait_probability(agents, load) * late


def agents_for(load: float, handling_s: float, *, level: float, within_s: float) -> int:
    """The fewest agents who answer the share `level` (0..1) within `within_s`.

    Raises `NeverEnough` for a level of 1 or more.
    """
    if level >= 1 and load > 0:
        raise NeverEnough("some calls always wait; give a level below 1")
    _check(0, load)
    agents, lost = 0, 1.0
    while load > 0:
        agents += 1
        lost = load * lost / (agents + load * lost)
        if agents > load:
            waits = lost / (1 - load / agents * (1 - lost))
            if 1 - waits * math.exp(-(agents - load) * within_s / handling_s) >= level:
                break
    return agents


@dataclass(frozen=True, slots=True, kw_only=True)
class Impatient:
    """Erlang A (M/M/n+M) in the steady state; the waits are those of all, answered or not."""

    wait_probability: float  # share who find no agent idle
    abandonment: float  # share who hang up before an answer
    mean_wait_s: float
    in_system: float  # calls talking and waiting, on average
    occupancy: float
    service_level: float  # answered within T / all calls


def impatient(
    agents: int, load: float, handling_s: float, *, patience_s: float, within_s: float = 30.0
) -> Impatient:
    """Erlang A: callers wait in order and hang up after an exponential patience (mean, seconds)."""
    _check(agents, load)
    if handling_s <= 0 or patience_s <= 0:
        raise ValueError("handling and patience last longer than nothing")
    if not load:
        return Impatient(
            wait_probability=0 if agents else 1,
            abandonment=0,
            mean_wait_s=0,
            in_system=0,
            occupancy=0,
            service_level=1 if agents else 0,
        )
    leaving = handling_s / patience_s  # of one who waits, per handling time
    first, states = _states(agents, load, leaving)
    total = math.fsum(states)
    waiting = math.fsum(p * max(first + k - agents, 0) for k, p in enumerate(states)) / total
    present = math.fsum(p * (first + k) for k, p in enumerate(states)) / total
    delayed = math.fsum(p for k, p in enumerate(states) if first + k >= agents) / total
    in_time = _answered_in_time(agents, leaving, within_s / handling_s)
    answers = islice(in_time, max(first - agents, 0), None)
    late = math.fsum(
        p * (1 - answer)
        for p, answer in zip(islice(states, max(agents - first, 0), None), answers, strict=False)
    )
    return Impatient(
        wait_probability=delayed,
        abandonment=waiting * leaving / load,
        mean_wait_s=waiting * handling_s / load,
        in_system=present,
        occupancy=(present - waiting) / agents if agents else 0.0,
        service_level=1 - late / total,
    )


def impatient_agents_for(
    load: float, handling_s: float, *, patience_s: float, level: float, within_s: float
) -> int:
    """The fewest agents who answer the share `level` (0..1) of all calls within `within_s`.

    Those who hang up are not answered. Raises `NeverEnough` for a level of 1 or more.
    """
    if level >= 1 and load > 0:
        raise NeverEnough("some calls always wait; give a level below 1")

    def enough(agents: int) -> bool:
        found = impatient(agents, load, handling_s, patience_s=patience_s, within_s=within_s)
        return found.service_level >= level

    if not load:
        return 0
    # No more calls are answered than agents can talk to, so fewer are never enough.
    low, high, step = max(1, math.ceil(level * load)), max(1, math.ceil(load)), 1
    while not enough(high):
        low, high, step = high + 1, high + step, 2 * step
    return low + bisect_left(range(low, high), True, key=enough)


def _states(agents: int, load: float, leaving: float) -> tuple[int, list[float]]:
    """The likely numbers of calls in the system: the first of them, and their weights.

    A birth and death process, weighed outwards from its most likely state, so no product of
    rates can overflow. Time is counted in handling times.
    """

    def deaths(calls: int) -> float:
        return calls if calls <= agents else agents + (calls - agents) * leaving

    busiest = int(load) if load < agents else agents + int((load - agents) / leaving)
    below: list[float] = []
    weight = total = 1.0
    for calls in range(busiest, 0, -1):
        weight *= deaths(calls) / load
        below.append(weight)
        total += weight
        if weight < NEGLIGIBLE * total:
            break
    above: list[float] = []
    weight, calls = 1.0, busiest
    while weight >= NEGLIGIBLE * total:
        calls += 1
        weight *= load / deaths(calls)
        above.append(weight)
        total += weight
    return busiest - len(below), [*reversed(below), 1.0, *above]


def _answered_in_time(agents: int, leaving: float, within: float) -> Iterator[float]:
    """The chance of an answer in time for who finds all agents busy and 0, 1, 2... in the line.

    The wait of a patient caller is a sum of exponential steps with rates agents + i leaving,
    i = 0..ahead, and so distributed as -ln(Beta(agents / leaving, ahead + 1)) / leaving. Hanging
    up weighs it by exp(-leaving wait), which shifts the first parameter by one; the incomplete
    beta with a whole second parameter is a sum of negative binomial terms.
    """
    if not agents or within <= 0:
        yield from repeat(0.0)
    base = agents / leaving
    shape, gone = base + 1, -math.expm1(-leaving * within)
    fixed = -leaving * within * shape - math.lgamma(shape)
    not_yet = 0.0
    for ahead in count():
        if gone < 1:
            grown = math.lgamma(shape + ahead) - math.lgamma(ahead + 1)
            not_yet += math.exp(fixed + grown + ahead * math.log(gone))
        yield base / (base + ahead + 1) * max(0.0, 1 - not_yet)


def _check(servers: int, load: float) -> None:
    if servers < 0 or not 0 <= load < math.inf:
        raise ValueError("servers and load are finite and not below zero")
