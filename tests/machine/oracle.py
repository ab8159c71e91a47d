"""Who may answer whom, found out slowly: no lanes, no counters, no memory of the live code.

It goes by the rules as they are written (`routing/explain.py`, `routing/rings.py`) and by what it
saw of the calls itself.
"""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core.agent import Agent, State
from contactcentre.core.call import Call, Outcome, Phase
from contactcentre.core.matcher import requirement
from contactcentre.core.network import Network
from contactcentre.core.world import World
from routing import rings
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts
from routing.rings import Origin
from routing.scope import Place, ScopeKind

ENGAGED = (State.RESERVED, State.TALKING, State.WRAP_UP)

LAG_S = 60.0
"""How far World's idea of an instant may be from the exchange's."""


def works(agent: Agent) -> bool:
    """Whether the agent is at work, wanting calls or busy with one."""
    free = agent.state is not State.LOGGED_OUT and agent.wants_ready and not agent.resting_until
    return free or agent.state in ENGAGED


def desk(network: Network, agent: Agent) -> Place:
    """Where the agent sits."""
    profile = network.agents.get(agent.agent_id)
    return network.place(profile.centre_id) if profile is not None else Place()


class Oracle:
    """Told of World after every event."""

    def __init__(self) -> None:
        self.facts: dict[str, CallFacts] = {}
        self.since: dict[str, float] = {}
        self.served: dict[str, str] = {}
        self.dropped: dict[str, tuple[float, float]] = {}
        self.place_at: dict[str, float] = {}

    def note(self, world: World, at: float) -> None:
        """Every call that the event has changed stands where the rules put it now."""
        for call in world.touched_calls.values():
            keep_s = world.network.queue(call.queue).keep_place_s
            self._place(call, at, keep_s)
            self._remember(call, at)
        for call in world.touched_calls.values():
            if call.phase is Phase.WAITING and call.leashed:
                self._stand(world, call, at)

    def restart(self) -> None:
        """Whoever comes back stands where the rules put him then."""
        self.facts.clear()

    def _place(self, call: Call, at: float, keep_s: float) -> None:
        """A place in line is never worse than it was, in this call or in the one before."""
        if call.place_at is None:
            return
        assert call.place_at <= self.place_at.get(call.call_id, call.place_at)
        newly = call.call_id not in self.place_at
        self.place_at[call.call_id] = call.place_at
        known = self.dropped.get(call.caller or "")
        if newly and call.phase is Phase.WAITING and known and at - known[1] < keep_s - LAG_S:
            assert call.place_at <= known[0]

    def _remember(self, call: Call, at: float) -> None:
        if call.caller is None:
            return
        if call.agent_id is not None and call.phase in (Phase.TALKING, Phase.ENDED):
            self.served[call.caller] = call.agent_id
        if call.phase is Phase.ENDED and call.outcome is Outcome.ABANDONED:
            if call.place_at is not None:
                self.dropped[call.caller] = (call.place_at, at)
        elif call.answered_at is not None:
            self.dropped.pop(call.caller, None)

    def _stand(self, world: World, call: Call, at: float) -> None:
        queue = world.network.queue(call.queue)
        facts = CallFacts(
            call_id=call.call_id,
            asked=requirement(call),
            plan=queue.rings,
            origin=self._origin(world, call),
            waited_s=max(0.0, at - (call.place_at or at)),
        )
        before = self.facts.get(call.call_id)
        if before is None or before.plan != facts.plan or _ring(before) <= _ring(facts):
            self.facts[call.call_id] = facts
        self.since[call.call_id] = (call.place_at or at) - queue.head_start_s

    def _origin(self, world: World, call: Call) -> Origin:
        home = world.network.home(call)
        working = [agent for agent in world.agents.values() if works(agent)]
        desks = [desk(world.network, agent) for agent in working]
        kinds: tuple[ScopeKind, ...] = ("centre", "municipality", "region")
        away = {
            kind
            for number, kind in enumerate(kinds)
            if not any(place[number] == home[number] for place in desks)
        }
        served_by = self.served.get(call.caller or "", "")
        asked = {agent.agent_id for agent in working} - world.matcher.refusals.by(call)
        there = served_by in asked
        return Origin(home=home, agent_id=served_by if there else "", away=frozenset(away))

    def may(self, world: World, call: Call, agents: list[Agent]) -> list[str]:
        """Which of these agents might answer the waiting call, were they free."""
        facts = [
            AgentFacts(
                agent_id=agent.agent_id,
                name=agent.name,
                capability=world.network.agents[agent.agent_id].capability,
                state="ready",
                place=desk(world.network, agent),
                idle_since=agent.idle_since,
            )
            for agent in agents
            if agent.agent_id in world.network.agents
        ]
        refused = world.matcher.refusals.by(call)
        told = explain(replace(self.facts[call.call_id], refused_by=refused), facts)
        able = (None, "longer_idle")
        return [
            each.agent_id
            for each in told.candidates
            if (each.passed_over.code if each.passed_over else None) in able
        ]


def _ring(facts: CallFacts) -> int:
    return rings.stage(facts.plan, facts.asked, facts.origin, facts.waited_s).ring
