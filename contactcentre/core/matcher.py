"""Who is next: the line of waiting calls and the bench of idle agents, ring by ring.

A call stands where its ring has come to; the next ring opens by a timer, so routing needs no
clock. A decision looks at nothing but the line and the bench.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from contactcentre.core import callback_moves
from contactcentre.core.agent import Agent, State
from contactcentre.core.call import Call, Phase
from contactcentre.core.memory import Memory
from contactcentre.core.network import Network
from routing.line import Bench, Line
from routing.model import Requirement
from routing.requirement import Capability
from routing.rings import Origin, RingPlan, Stage, stage
from routing.scope import Place, Scope, ScopeKind, circles


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a call stands in the line."""

    stage: Stage
    home: Place
    plan: RingPlan


class Matcher:
    """Kept level with World, which tells it of every call and agent as they change."""

    def __init__(self, network: Network, memory: Memory) -> None:
        self.line = Line()
        self.bench = Bench()
        self._network = network
        self._memory = memory
        self.telephony = False  # without it nobody can be rung back
        self._standing: dict[str, _Standing] = {}
        self._at_work: Counter[Scope] = Counter()
        self._working: dict[str, Place] = {}
        self._emptied: set[Scope] = set()

    def publish(self, network: Network) -> None:
        """A new configuration; who stands is told again by World."""
        self._network = network

    # --- standing --------------------------------------------------------------------------

    def stand_call(self, call: Call, at: float) -> float | None:
        """Put the call where it belongs now; seconds until its next ring opens, if one does."""
        if not self._stands(call, at) or call.place_at is None:
            self.line.leave(call.call_id)
            if call.phase is Phase.ENDED:
                self._standing.pop(call.call_id, None)
            return None
        queue = self._network.queue(call.queue)
        home = self._network.home(call.dialled)
        origin = self.origin(call, at)
        now = stage(queue.rings, requirement(call), origin, max(0.0, at - call.place_at))
        before = self._standing.get(call.call_id)
        kept = _no_narrower(before.stage, now) if before and before.plan == queue.rings else now
        standing = self._standing[call.call_id] = _Standing(kept, home, queue.rings)
        self.line.enter(
            call.call_id,
            standing.stage.requirement,
            call.place_at - queue.head_start_s,
            scopes=standing.stage.scopes,
            home=home.centre,
        )
        return now.next_in_s

    def _stands(self, call: Call, at: float) -> bool:
        """A caller waits on the leash; a promise to ring back waits for its hours."""
        if call.phase is Phase.CALLBACK:
            return self.telephony and callback_moves.stands(call, at, self._network)
        return call.phase is Phase.WAITING and call.leashed

    def left_alone(self) -> list[str]:
        """Calls round whose home a circle has emptied since this was asked last.

        An empty ring takes no time, so they stand elsewhere now.
        """
        emptied, self._emptied = self._emptied, set()
        around = {scope for scope in emptied if scope.kind != "agent"}
        found = [key for scope in emptied - around for key in self.line.standing_at(scope)]
        if around:
            found += [
                call_id
                for call_id, each in self._standing.items()
                if call_id in self.line and not around.isdisjoint(circles(each.home))
            ]
        return list(dict.fromkeys(found))

    def origin(self, call: Call, at: float) -> Origin:
        """Where a call comes from, and which circles of it are empty just now."""
        home = self._network.home(call.dialled)
        served_by = self._memory.agent(call, at)
        kinds: tuple[ScopeKind, ...] = ("centre", "municipality", "region")
        keys = (home.centre, home.municipality, home.region)
        away = (
            kind
            for kind, key in zip(kinds, keys, strict=True)
            if not self._at_work[Scope(kind, key)]
        )
        prefers = served_by if served_by in self._working else None
        return Origin(home=home, agent_id=prefers or "", away=frozenset(away))

    def stand_agent(self, agent: Agent) -> None:
        """Put the agent on the bench, or take it off."""
        self._count(agent)
        if agent.state is State.READY:
            place = self._place(agent.agent_id)
            capability = self._capability(agent.agent_id)
            self.bench.enter(agent.agent_id, capability, agent.idle_since, place=place)
        else:
            self.bench.leave(agent.agent_id)

    def _count(self, agent: Agent) -> None:
        """Where somebody is at work: logged in, and wanting calls or busy with one."""
        engaged = agent.state in (State.RESERVED, State.TALKING, State.WRAP_UP)
        works = agent.state is not State.LOGGED_OUT and (agent.wants_ready or engaged)
        before = self._working.pop(agent.agent_id, None)
        if before is not None:
            self._at_work.subtract(circles(before))
        if works:
            place = self._place(agent.agent_id)
            self._working[agent.agent_id] = place
            self._at_work.update(circles(place))
        if before is not None:
            around = (scope for scope in circles(before) if not self._at_work[scope])
            gone = () if works else (Scope("agent", agent.agent_id),)
            self._emptied.update(around, gone)

    # --- choosing --------------------------------------------------------------------------

    def call_for(self, agent: Agent) -> str | None:
        """The longest waiting call that this agent may answer."""
        return self.line.first_for(
            self._capability(agent.agent_id),
            agent_id=agent.agent_id,
            place=self._place(agent.agent_id),
        )

    def agent_for(self, call_id: str) -> str | None:
        """The longest idle agent who may answer this call."""
        standing = self._standing[call_id]
        return self.bench.first_for(
            standing.stage.requirement, scopes=standing.stage.scopes, home=standing.home.centre
        )

    def ring(self, call_id: str) -> int:
        """The number of the ring that the call has come to, for its record."""
        standing = self._standing.get(call_id)
        return standing.stage.ring if standing is not None else 0

    def stage(self, call: Call, at: float) -> Stage:
        """Where the call stands since it was last told, and for how long yet."""
        plan, place_at = self._network.queue(call.queue).rings, call.place_at
        waited_s = 0.0 if place_at is None else max(0.0, at - place_at)
        now = stage(plan, requirement(call), self.origin(call, at), waited_s)
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


def requirement(call: Call) -> Requirement:
    """What a call asks of its agent, before any ring relaxes it."""
    return Requirement(skills=call.skills, language=call.language)
