"""Who is next: the line of waiting calls and the bench of idle agents, ring by ring.

A call stands where its ring has come to; the next ring opens by a timer, so routing needs no
clock. A decision looks at nothing but the line and the bench.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import callback_moves, demand
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line.calls_by_circle import Homes
from contactcentre.core.line.memory import Memory
from contactcentre.core.line.refusals import Refusals, forgiven
from contactcentre.core.line.remote_cap import Caps
from routing.circles import Origin, RingPlan, Stage, stage
from routing.line import Bench, Line
from routing.requirement import Capability
from routing.scope import Place, Scope, ScopeKind, circles


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a call stands in the line."""

    stage: Stage
    home: Place
    queue: str
    plan: RingPlan


class Matcher:
    """Kept level with World, which tells it of every call and agent as they change."""

    def __init__(self, network: Network, memory: Memory) -> None:
        self.line = Line()
        self.bench = Bench()
        self.caps = Caps(network)
        self.refusals = Refusals()
        self._network = network
        self._memory = memory
        self.telephony = False  # without it nobody can be rung back
        self._standing: dict[str, _Standing] = {}
        self._homes = Homes()
        self._at_work: Counter[Scope] = Counter()
        self._working: dict[str, Place] = {}
        self._emptied: set[Scope] = set()

    def publish(self, network: Network) -> None:
        """A new configuration; who stands is told again by World."""
        self._network = network
        self.caps.publish(network)

    # --- standing --------------------------------------------------------------------------

    def stand_call(self, call: Call, at: float) -> float | None:
        """Put the call where it belongs now; seconds until its next ring opens, if one does."""
        if not self._stands(call, at) or call.place_at is None:
            self.line.leave(call.call_id)
            self._homes.drop(call.call_id)
            self.refusals.forget(call.call_id)
            if call.phase is Phase.ENDED:
                self._standing.pop(call.call_id, None)
            return None
        queue = self._network.queue(call.queue)
        home = demand.home(call, self._network)
        origin = self.origin(call, at)
        now = stage(
            queue.rings, demand.asks(call, self._network), origin, max(0.0, at - call.place_at)
        )
        before = self._standing.get(call.call_id)
        same = before is not None and (before.queue, before.plan) == (call.queue, queue.rings)
        kept = _no_narrower(before.stage, now) if before is not None and same else now
        standing = _Standing(kept, home, call.queue, queue.rings)
        self._standing[call.call_id] = standing
        self.line.enter(
            call.call_id,
            standing.stage.requirement,
            call.place_at - queue.head_start_s,
            scopes=standing.stage.scopes,
            home=home.centre,
        )
        self._homes.put(call.call_id, home)
        self.refusals.note(call)
        return now.next_in_s

    def _stands(self, call: Call, at: float) -> bool:
        """A caller waits on the leash; a promise to ring back waits for its hours."""
        if call.phase is Phase.CALLBACK:
            return self.telephony and callback_moves.stands(call, at, self._network)
        return call.phase is Phase.WAITING and call.leashed

    def left_alone(self) -> list[str]:
        """Calls round whose home a circle has emptied since this was asked last.

        An empty ring takes no time, so they stand elsewhere now. The longest waiting come first.
        """
        if not self._emptied:
            return []
        emptied, self._emptied = self._emptied, set()
        found = self._homes.around(emptied)
        found.update(*(self.line.standing_at(each) for each in emptied if each.kind == "agent"))
        return self.line.ordered(found)

    def origin(self, call: Call, at: float) -> Origin:
        """Where a call comes from, and which circles of it are empty just now."""
        home = demand.home(call, self._network)
        served_by = self._memory.agent(call, at)
        kinds: tuple[ScopeKind, ...] = ("centre", "municipality", "region")
        keys = (home.centre, home.municipality, home.region)
        away = (
            kind
            for kind, key in zip(kinds, keys, strict=True)
            if not self._at_work[Scope(kind, key)]
        )
        asked = served_by in self._working and served_by not in self.refusals.by(call)
        prefers = served_by if asked else None
        return Origin(home=home, agent_id=prefers or "", away=frozenset(away))

    def stand_agent(self, agent: Agent) -> None:
        """Put the agent on the bench, or take it off."""
        self._count(agent)
        self.refusals.ready(agent)
        if agent.state is State.READY:
            place = self._place(agent.agent_id)
            self.bench.enter(
                agent.agent_id,
                self._capability(agent.agent_id),
                agent.idle_since,
                place=place,
                barred=place.centre in self.caps.barred,
            )
        else:
            self.bench.leave(agent.agent_id)

    def _count(self, agent: Agent) -> None:
        """Where somebody is at work, and whose going leaves a circle empty.

        Nobody waits in a ring for somebody who rests after an offer that came to nothing.
        """
        before = self._working.get(agent.agent_id)
        there = agent.works and agent.resting_until is None
        now = self._place(agent.agent_id) if there else None
        if before == now:
            return
        if now is not None:
            self._working[agent.agent_id] = now
            self._at_work.update(circles(now))
        else:
            del self._working[agent.agent_id]
            self._emptied.add(Scope("agent", agent.agent_id))
        if before is not None:
            self._at_work.subtract(circles(before))
            self._emptied.update(each for each in circles(before) if not self._at_work[each])

    # --- choosing --------------------------------------------------------------------------

    def call_for(self, agent: Agent) -> str | None:
        """The longest waiting call that this agent may answer."""
        place = self._place(agent.agent_id)
        return self.line.first_for(
            self._capability(agent.agent_id),
            agent_id=agent.agent_id,
            place=place,
            barred=place.centre in self.caps.barred,
            without=self.refusals.of_agent(agent.agent_id),
        )

    def agent_for(self, call_id: str) -> str | None:
        """The longest idle agent who may answer this call."""
        standing = self._standing[call_id]
        return self.bench.first_for(
            standing.stage.requirement,
            scopes=standing.stage.scopes,
            home=standing.home.centre,
            without=self.refusals.of_call(call_id),
        )

    def reconsidered(self, call: Call, agents: Iterable[Agent], at: float) -> Call:
        """A waiting call without the refusals that count no more."""
        return forgiven(call, at, self._network, others=self._others(call, agents))

    def _others(self, call: Call, agents: Iterable[Agent]) -> bool:
        """Whether anybody who has not refused the call is there, and could take it sooner or later.

        Whose phone or microphone is away could not; whoever rests after an offer could.
        """
        refused = self.refusals.of_call(call.call_id)
        asked = demand.asks_at_last(call, self._network)
        home = demand.home(call, self._network).centre
        return any(
            self._capability(agent.agent_id).meets(asked)
            and not self._barred_from(agent.agent_id, home)
            for agent in agents
            if agent.agent_id not in refused and agent.works and agent.reachable
        )

    def _barred_from(self, agent_id: str, home: str) -> bool:
        centre = self._place(agent_id).centre
        return centre != home and centre in self.caps.barred

    def staffed(self, call: Call, agents: Iterable[Agent]) -> bool:
        """Whether somebody is logged in who could answer once the queue's last ring is open."""
        asked = demand.asks_at_last(call, self._network)
        return any(
            agent.state is not State.LOGGED_OUT and self._capability(agent.agent_id).meets(asked)
            for agent in agents
        )

    def ring(self, call_id: str) -> int:
        """The number of the ring that the call has come to, for its record."""
        standing = self._standing.get(call_id)
        return standing.stage.ring if standing is not None else 0

    def stage(self, call: Call, at: float) -> Stage:
        """Where the call stands since it was last told, and for how long yet."""
        plan, place_at = self._network.queue(call.queue).rings, call.place_at
        waited_s = 0.0 if place_at is None else max(0.0, at - place_at)
        now = stage(plan, demand.asks(call, self._network), self.origin(call, at), waited_s)
        standing = self._standing.get(call.call_id)
        return now if standing is None else replace(standing.stage, next_in_s=now.next_in_s)

    def _capability(self, agent_id: str) -> Capability:
        """An agent who was taken out of the configuration can do nothing."""
        profile = self._network.agents.get(agent_id)
        return profile.capability if profile is not None else Capability()

    def _place(self, agent_id: str) -> Place:
        profile = self._network.agents.get(agent_id)
        return self._network.place(profile.centre_id) if profile is not None else Place()


def _no_narrower(before: Stage, now: Stage) -> Stage:
    """Colleagues who come back to a centre take no call away from those already asked."""
    if before.ring <= now.ring:
        return now
    return replace(before, next_in_s=now.next_in_s)
