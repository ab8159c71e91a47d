"""An explanation cut short for keeping: who was nearest to getting the call, the rest counted.

A network has hundreds of agents and a day thousands of decisions. So only those agents are told
one by one who were ready, or next to it; of all others it is kept how many had which reason. It
is worked out a few agents at a time, so that whoever asks may let others go first in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

from routing import circles, explain
from routing.explanation import AgentFacts, CallFacts, Candidate, Code, Digest, Reason
from routing.requirement import Capability
from routing.scope import Place

NEAREST = 10
"""So many agents are kept one by one."""

_Kind = tuple[Code, str, int]
"""A reason without its seconds."""

_Away = tuple[int, float, str, Code, str]
_Ranked = tuple[int, float, str, Reason]


class Sieve:
    """Goes through the agents for one call: `add` them all, then take the `digest`."""

    def __init__(self, call: CallFacts) -> None:
        self._call = call
        self._ahead = circles.stages(call.plan, call.asked, call.origin)
        self._now = explain.standing(call)
        self._free: list[tuple[float, str]] = []
        self._ready: list[_Ranked] = []
        self._away: list[_Away] = []
        self._known: dict[tuple[int, int, bool], tuple[Reason | None, Capability, Place]] = {}
        """By identity, for to compare what hundreds can do costs more than to look at it: so both
        are kept here, and no other can come to the same number."""

    def add(self, agents: Iterable[AgentFacts]) -> None:
        """Some more agents; each is given once."""
        for agent in agents:
            if agent.state != "ready":
                rank = explain.NEARNESS[agent.state]
                entry = (rank, agent.idle_since, agent.agent_id, agent.state, agent.detail)
                self._away.append(entry)
                continue
            reason = self._reason(agent)
            if reason is None:
                self._free.append((agent.idle_since, agent.agent_id))
            else:
                rank = explain.NEARNESS[reason.code]
                self._ready.append((rank, agent.idle_since, agent.agent_id, reason))

    def _reason(self, agent: AgentFacts) -> Reason | None:
        """Agents of one centre who can do the same are passed over for the same reason."""
        if agent.agent_id == self._now.prefers or agent.agent_id in self._call.refused_by:
            return explain.in_the_way(agent, self._call, self._now, self._ahead)
        key = (id(agent.capability), id(agent.place), agent.barred)
        known = self._known.get(key)
        if known is None:
            reason = explain.in_the_way(agent, self._call, self._now, self._ahead)
            known = self._known[key] = reason, agent.capability, agent.place
        return known[0]

    def digest(self, chosen: str = "") -> Digest:
        """What was found. `chosen` is who got it, where that is known better than by idle time."""
        nearest = self._nearest(chosen)
        return Digest(
            waited_s=self._call.waited_s,
            asked=self._call.asked,
            stage=self._now,
            skipped=explain.skipped(self._call, self._now),
            nearest=nearest,
            others=self._others(nearest),
        )

    def _nearest(self, chosen: str) -> tuple[Candidate, ...]:
        longer = Reason(code="longer_idle")
        first = [each for each in self._free if each[1] == chosen]
        others = nsmallest(NEAREST, (each for each in self._free if each[1] != chosen))
        found = [
            Candidate(agent_id=agent_id, name="", passed_over=longer if place else None)
            for place, (_, agent_id) in enumerate((*first, *others)[:NEAREST])
        ]
        for _, _, agent_id, reason in nsmallest(
            NEAREST - len(found), self._ready, key=lambda each: each[:3]
        ):
            found.append(Candidate(agent_id=agent_id, name="", passed_over=reason))
        for _, _, agent_id, code, detail in nsmallest(NEAREST - len(found), self._away):
            reason = Reason(code=code, detail=detail)
            found.append(Candidate(agent_id=agent_id, name="", passed_over=reason))
        return tuple(found)

    def _others(self, nearest: Iterable[Candidate]) -> tuple[tuple[Reason, int], ...]:
        counts = Counter[_Kind](_kind(reason) for _, _, _, reason in self._ready)
        counts.update((code, detail, 0) for *_, code, detail in self._away)
        counts["longer_idle", "", 0] = max(0, len(self._free) - 1)
        counts.subtract(_kind(each.passed_over) for each in nearest if each.passed_over)
        return tuple(
            (Reason(code=code, detail=detail, level=level), count)
            for (code, detail, level), count in (+counts).most_common()
        )


def _kind(reason: Reason) -> _Kind:
    return reason.code, reason.detail, reason.level
