"""A day of calls in virtual time, through the same line, bench and circles as the live engine.

All chance comes in as data: each call brings its handling time and its patience, each visitor the
time at the counter. So a run is a plain function of its arrivals, and a million calls cost seconds.
An agent answers at once when offered a call; visitors go before callers and are never interrupted.
A circle in which everybody is at the counter when the call comes takes no time, unless it has no
end: that makes an island, whose callers wait for their own people.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf
from typing import Any, NamedTuple

from routing.circles import Origin, Stage, stages
from routing.line import Bench, Line
from routing.model import Capability, Queue, Requirement
from routing.scope import NOWHERE, Place, ScopeKind, circles
from routing.service_level import Queued


class SimulatedCall(NamedTuple):
    """A citizen who circles. Tuples, because there are millions."""

    call_id: str
    at: float  # enters the queue; seconds since any beginning
    queue: Queue
    requirement: Requirement
    handling_s: float  # talk, hold and wrap-up
    patience_s: float = inf  # hangs up after waiting so long
    home: Place = NOWHERE


class Visit(NamedTuple):
    """A visitor who comes to an agent's counter, and is served as soon as the agent is free."""

    at: float
    agent_id: str
    length_s: float


Arrival = SimulatedCall | Visit

NOBODY_AWAY: frozenset[ScopeKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedAgent:
    """Somebody who answers calls, and serves visitors at this place."""

    agent_id: str
    capability: Capability
    place: Place = NOWHERE


class SimulatedDeparture(NamedTuple):
    """A call that has left its queue: answered by an agent, or abandoned."""

    call: SimulatedCall
    left_at: float
    agent: SimulatedAgent | None

    @property
    def wait_s(self) -> float:
        """Queue entry to answer or abandon."""
        return self.left_at - self.call.at

    @property
    def queued(self) -> Queued:
        """As the service level counts it."""
        queue = self.call.queue
        return Queued(
            queue=queue.queue_id,
            left_at=self.left_at,
            wait_s=self.wait_s,
            answered=self.agent is not None,
            within_s=queue.answer_within_s,
            short_s=queue.short_abandon_s,
        )


class Times:
    """How long one agent did what, in seconds, inside the counted time."""

    __slots__ = ("counter_s", "handling_s", "ready_s")

    def __init__(self) -> None:
        self.handling_s = self.ready_s = self.counter_s = 0.0


class _AgentAtWork:
    """One agent at work."""

    __slots__ = ("agent", "at_counter", "ready_at", "times", "visits")

    def __init__(self, agent: SimulatedAgent) -> None:
        self.agent = agent
        self.at_counter = False
        self.ready_at: float | None = None  # None while on the phone or at the counter
        self.visits: deque[Visit] = deque()
        self.times = Times()


_Way = tuple[str, Requirement, Place, frozenset[ScopeKind]]
"""Calls of one queue that ask the same, come from one home and find the same people away."""


class Simulation:
    """One run. Agents are ready from the time 0 on; occupancy is counted between two instants."""

    def __init__(
        self, agents: Iterable[SimulatedAgent], *, count_from: float = 0.0, count_until: float = inf
    ) -> None:
        self._line = Line()
        self._bench = Bench()
        self._desks = {agent.agent_id: _AgentAtWork(agent) for agent in agents}
        self._from, self._until = count_from, count_until
        self._waiting: dict[str, SimulatedCall] = {}
        self._at_work = Counter(
            scope for desk in self._desks.values() for scope in circles(desk.agent.place)
        )
        self._stages: dict[_Way, tuple[Stage, ...]] = {}
        self._events: list[tuple[float, int, Callable[[float, Any], None], Any]] = []
        self._numbered = 0
        self._left: list[SimulatedDeparture] = []

    @property
    def times(self) -> Mapping[str, Times]:
        """By agent; complete once `run` is exhausted."""
        return {agent_id: desk.times for agent_id, desk in self._desks.items()}

    def run(self, arrivals: Iterable[Arrival]) -> Iterator[SimulatedDeparture]:
        """Yield every call as it leaves its queue; `arrivals` come in order of time.

        A patient call for whom nobody ever comes is not yielded.

        Raises `ValueError` for an arrival before its predecessor.
        """
        for desk in self._desks.values():
            self._sit_down(0.0, desk)
        now, events, left = 0.0, self._events, self._left
        for arrival in arrivals:
            if arrival.at < now:
                raise ValueError("arrivals must come in order of time")
            now = arrival.at
            while events and events[0][0] <= now:
                at, _, happens, what = heappop(events)
                happens(at, what)
            if isinstance(arrival, SimulatedCall):
                self._ring(now, arrival)
            else:
                self._visit(now, arrival)
            if left:
                yield from left
                left.clear()
        while events:
            at, _, happens, what = heappop(events)
            happens(at, what)
            now = max(now, at)
            yield from left
            left.clear()
        for desk in self._desks.values():
            self._stand_up(now, desk)

    def _later(self, at: float, happens: Callable[[float, Any], None], what: object) -> None:
        self._numbered += 1
        heappush(self._events, (at, self._numbered, happens, what))

    # --- callers ---------------------------------------------------------------------------

    def _ring(self, at: float, call: SimulatedCall) -> None:
        ahead = self._ahead(call)
        if self._offer(at, call, ahead[0]):
            return
        self._waiting[call.call_id] = call
        self._wait(call, ahead[0])
        if len(ahead) > 1:
            self._later(call.at + ahead[1].opens_s, self._widen, (call, ahead, 1))
        if call.patience_s < inf:
            self._later(call.at + call.patience_s, self._give_up, call)

    def _ahead(self, call: SimulatedCall) -> tuple[Stage, ...]:
        """The circles before a call, those left out that would never open."""
        away = self._away(call) if call.home is not NOWHERE else NOBODY_AWAY
        way = (call.queue.queue_id, call.requirement, call.home, away)
        found = self._stages.get(way)
        if found is None:
            origin = Origin(home=call.home, away=away)
            found = stages(call.queue.circles, call.requirement, origin)
            found = self._stages[way] = tuple(each for each in found if each.opens_s < inf)
        return found

    def _away(self, call: SimulatedCall) -> frozenset[ScopeKind]:
        """The circles in which nobody is at work now, islands left out."""
        empty = frozenset(each.kind for each in circles(call.home) if not self._at_work[each])
        if not empty:
            return empty
        return empty.difference(
            circle.kind for circle in call.queue.circles.circles if circle.lasts_s == inf
        )

    def _offer(self, at: float, call: SimulatedCall, stage: Stage) -> bool:
        """To the longest idle agent who may answer."""
        found = self._bench.first_for(stage.requirement, scopes=stage.scopes, home=call.home.centre)
        if found is not None:
            desk = self._desks[found]
            self._stand_up(at, desk)
            self._answer(at, call, desk)
        return found is not None

    def _wait(self, call: SimulatedCall, stage: Stage) -> None:
        self._line.enter(
            call.call_id,
            stage.requirement,
            call.at - call.queue.head_start_s,
            scopes=stage.scopes,
            home=call.home.centre,
        )

    def _widen(self, at: float, due: tuple[SimulatedCall, tuple[Stage, ...], int]) -> None:
        """The next circle opens for a call that still waits."""
        call, ahead, number = due
        if call.call_id not in self._waiting or self._offer(at, call, ahead[number]):
            return
        self._wait(call, ahead[number])
        if number + 1 < len(ahead):
            opens_at = call.at + ahead[number + 1].opens_s
            self._later(opens_at, self._widen, (call, ahead, number + 1))

    def _give_up(self, at: float, call: SimulatedCall) -> None:
        if self._waiting.pop(call.call_id, None) is not None:
            self._line.leave(call.call_id)
            self._left.append(SimulatedDeparture(call, at, None))

    def _answer(self, at: float, call: SimulatedCall, desk: _AgentAtWork) -> None:
        if self._waiting.pop(call.call_id, None) is not None:
            self._line.leave(call.call_id)
        self._left.append(SimulatedDeparture(call, at, desk.agent))
        done_at = at + call.handling_s
        desk.times.handling_s += self._counted(at, done_at)
        self._later(done_at, self._free, desk)

    # --- agents ----------------------------------------------------------------------------

    def _free(self, at: float, desk: _AgentAtWork) -> None:
        """To the visitors first, then to the longest waiting call, else ready."""
        if desk.visits:
            self._serve(at, desk, desk.visits.popleft())
            return
        self._presence(desk, at_counter=False)
        agent = desk.agent
        found = self._line.first_for(agent.capability, agent_id=agent.agent_id, place=agent.place)
        if found is None:
            self._sit_down(at, desk)
        else:
            self._answer(at, self._waiting[found], desk)

    def _visit(self, at: float, visit: Visit) -> None:
        desk = self._desks[visit.agent_id]
        if desk.ready_at is None:
            desk.visits.append(visit)
        else:
            self._stand_up(at, desk)
            self._serve(at, desk, visit)

    def _serve(self, at: float, desk: _AgentAtWork, visit: Visit) -> None:
        self._presence(desk, at_counter=True)
        done_at = at + visit.length_s
        desk.times.counter_s += self._counted(at, done_at)
        self._later(done_at, self._free, desk)

    def _presence(self, desk: _AgentAtWork, *, at_counter: bool) -> None:
        if desk.at_counter != at_counter:
            desk.at_counter = at_counter
            for scope in circles(desk.agent.place):
                self._at_work[scope] += -1 if at_counter else 1

    def _sit_down(self, at: float, desk: _AgentAtWork) -> None:
        agent = desk.agent
        desk.ready_at = at
        self._bench.enter(agent.agent_id, agent.capability, at, place=agent.place)

    def _stand_up(self, at: float, desk: _AgentAtWork) -> None:
        if desk.ready_at is not None:
            desk.times.ready_s += self._counted(desk.ready_at, at)
            desk.ready_at = None
            self._bench.leave(desk.agent.agent_id)

    def _counted(self, start: float, end: float) -> float:
        """The part of a span that lies inside the counted time."""
        return max(0.0, min(end, self._until) - max(start, self._from))
