"""An explanation cut short for keeping: who was nearest to getting the call, the rest counted.

A network has hundreds of agents and a day thousands of decisions, and from one to the next only a
few agents change. So agents stand sorted in groups, and a call looks at each group once. Only
those agents are told one by one who were ready, or next to it; of all others it is kept how many
had which reason.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from heapq import nsmallest
from itertools import groupby
from math import inf

from routing import explain
from routing.circles import stages
from routing.explanation import AgentFacts, CallFacts, Candidate, Code, Digest, Reason
from routing.requirement import Capability
from routing.scope import Place, Scope, circles

NEAREST = 10
"""So many agents are kept one by one."""

_Spot = tuple[Place, bool] | None
"""Where the ready are, and whether they are barred there; None are all others."""

_Likeness = int | tuple[str, str]
"""The number of what the ready can do; of all others the state and its detail."""

_Idle = list[tuple[float, str]]
"""Since when and who, in order."""

_Told = tuple[Reason | None, list[_Idle]]
"""What is in the way of all of these."""

_Kind = tuple[Code, str, int]
"""A reason without its seconds."""


class Sieve:
    """Keeps agents from one call to the next: `put` those who have changed, take the `digest`.

    A group goes with its last agent. Nothing else ever does: where agents leave, another sieve is
    begun.
    """

    def __init__(self) -> None:
        self._agents: dict[str, AgentFacts] = {}
        self._groups: defaultdict[_Spot, dict[_Likeness, _Idle]] = defaultdict(dict)
        self._numbers: dict[Capability, int] = {}
        """What hundreds can do: numbers take less time to compare."""

    def put(self, agent: AgentFacts) -> None:
        """What an agent is from now on."""
        before = self._agents.get(agent.agent_id)
        if before is not None:
            self._leave(before)
        self._agents[agent.agent_id] = agent
        self._enter(agent)

    def digest(self, call: CallFacts, chosen: str = "") -> Digest:
        """What is found for a call. `chosen` is who got it, where that is known better than by
        idle time."""
        ahead, now = stages(call.plan, call.asked, call.origin), explain.standing(call)
        scopes = {scope for each in (now, *ahead) for scope in each.scopes}
        named = {chosen, *call.refused_by, *(key for kind, key in scopes if kind == "agent")}
        reason = partial(explain.in_the_way, call=call, now=now, ahead=ahead)
        with self._without(named) as apart:
            told = [
                (reason(self._agents[idles[0][0][1]]), idles)
                for idles in self._alike(scopes, call.origin.home.centre)
            ]
            told += (_alone(agent, reason(agent), chosen) for agent in apart)
            nearest = tuple(_nearest(told))
            others = _others(told, nearest)
        return Digest(
            waited_s=call.waited_s,
            asked=call.asked,
            stage=now,
            skipped=explain.skipped(call, now),
            nearest=nearest,
            others=others,
        )

    @contextmanager
    def _without(self, named: set[str]) -> Iterator[list[AgentFacts]]:
        """Whom a call names is looked at alone, and steps out of the group meanwhile."""
        apart = [self._agents[each] for each in named if each in self._agents]
        for agent in apart:
            self._leave(agent)
        try:
            yield apart
        finally:
            for agent in apart:
                self._enter(agent)

    def _alike(self, scopes: set[Scope], home: str) -> Iterator[list[_Idle]]:
        """Groups that are one to such a call: to most calls all places that are far are alike."""
        found: defaultdict[object, defaultdict[_Likeness, list[_Idle]]]
        found = defaultdict(partial(defaultdict, list))
        for spot, groups in self._groups.items():
            seen = None
            if spot is not None:
                place, barred = spot
                seen = frozenset(scopes.intersection(circles(place))), barred, place.centre == home
            for likeness, idle in groups.items():
                found[seen][likeness].append(idle)
        return (idles for groups in found.values() for idles in groups.values())

    def _enter(self, agent: AgentFacts) -> None:
        spot, likeness = self._group(agent)
        idle = self._groups[spot].setdefault(likeness, [])
        insort(idle, (agent.idle_since, agent.agent_id))

    def _leave(self, agent: AgentFacts) -> None:
        spot, likeness = self._group(agent)
        idle = self._groups[spot][likeness]
        del idle[bisect_left(idle, (agent.idle_since, agent.agent_id))]
        if not idle:
            del self._groups[spot][likeness]

    def _group(self, agent: AgentFacts) -> tuple[_Spot, _Likeness]:
        if agent.state != "ready":
            return None, (agent.state, agent.detail)
        number = self._numbers.setdefault(agent.capability, len(self._numbers))
        return (agent.place, agent.barred), number


def _alone(agent: AgentFacts, reason: Reason | None, chosen: str) -> _Told:
    """Of those who are free, the one who got the call comes first."""
    first = reason is None and agent.agent_id == chosen
    return reason, [[(-inf if first else agent.idle_since, agent.agent_id)]]


def _nearest(told: Iterable[_Told]) -> Iterator[Candidate]:
    found: list[tuple[float, str, Reason | None]] = []
    for _, some in groupby(sorted(told, key=_rank), key=_rank):
        left = NEAREST - len(found)
        tops = ((*one, why) for why, idles in some for idle in idles for one in idle[:left])
        found += nsmallest(left, tops)
    for place, (_, agent_id, reason) in enumerate(found):
        longer = Reason(code="longer_idle") if place and reason is None else None
        yield Candidate(agent_id=agent_id, name="", passed_over=reason or longer)


def _rank(told: _Told) -> int:
    return explain.rank(told[0])


def _others(told: Iterable[_Told], nearest: Iterable[Candidate]) -> tuple[tuple[Reason, int], ...]:
    counts = Counter[_Kind]()
    for reason, idles in told:
        counts[_kind(reason)] += sum(map(len, idles))
    counts.subtract(_kind(each.passed_over) for each in nearest)
    return tuple(
        (Reason(code=code, detail=detail, level=level), count)
        for (code, detail, level), count in sorted((+counts).items(), key=_order)
    )


def _order(counted: tuple[_Kind, int]) -> tuple[int, int, str, int]:
    (code, detail, level), count = counted
    return -count, explain.NEARNESS[code], detail, level


def _kind(reason: Reason | None) -> _Kind:
    return (reason.code, reason.detail, reason.level) if reason else ("longer_idle", "", 0)
