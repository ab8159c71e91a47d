"""Why a call waits, or went to whom it did: World's state put as the explanation asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from itertools import compress
from operator import is_not

from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import demand
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts, Digest, Explanation
from routing.explanation import State as Availability
from routing.sieve import Sieve

_STATES: dict[State, Availability] = {
    State.LOGGED_OUT: "logged_out",
    State.NOT_READY: "not_ready",
    State.READY: "ready",
    State.RESERVED: "busy",
    State.TALKING: "busy",
    State.WRAP_UP: "busy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The agents as they are at one instant, and what says which of them may be asked.

    `chosen` are agents who have been reserved since, in the same breath: they were free.
    """

    agents: Mapping[str, Agent]
    network: Network
    barred: frozenset[str]  # centres
    chosen: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        world: World,
        agents: Mapping[str, Agent] | None = None,
        chosen: frozenset[str] = frozenset(),
    ) -> Roster:
        """All of World's agents, if not only these."""
        return cls(
            agents=world.agents if agents is None else agents,
            network=world.network,
            barred=world.matcher.caps.barred,
            chosen=chosen,
        )

    def everybody(self) -> Iterator[AgentFacts]:
        """The agents of the configuration."""
        return map(self.facts, filter(self.network.agents.__contains__, self.agents))

    def facts(self, agent_id: str) -> AgentFacts:
        """One of them, as the decision saw that agent."""
        agent, profile = self.agents[agent_id], self.network.agents[agent_id]
        state = "ready" if agent_id in self.chosen else _STATES[agent.state]
        detail = agent.reason or "" if state == "not_ready" else agent.state.value.lower()
        return AgentFacts(
            agent_id=agent_id,
            name=agent.name,
            capability=profile.capability,
            state=state,
            place=self.network.place(profile.centre_id),
            detail="" if state in ("ready", "logged_out") else detail,
            idle_since=agent.idle_since,
            barred=profile.centre_id in self.barred,
        )

    def changed(self, old: Roster) -> Set[str] | None:
        """Agents of the configuration who may be other than in `old`; None: perhaps all.

        Rosters are copies of one dictionary: until agents come or go, they have one order.
        """
        if self.network is not old.network or list(self.agents) != list(old.agents):
            return None
        moved = map(is_not, self.agents.values(), old.agents.values())
        found = {*compress(self.agents, moved), *(self.chosen ^ old.chosen)}
        profiles = self.network.agents
        if centres := self.barred ^ old.barred:
            found |= {key for key, one in profiles.items() if one.centre_id in centres}
        return found & profiles.keys() & self.agents.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a decision saw; nothing of it changes later."""

    call: CallFacts
    roster: Roster


class Explainer:
    """Explains scenes in the order in which they were taken: `follow` each, then `digest` it.

    Only those agents are looked at who have changed since the scene before, whose roster is held
    for that, and no other. Where agents come or go, or the network is another one, all that was
    kept is dropped and begins anew.
    """

    def __init__(self) -> None:
        self._roster: Roster | None = None
        self._sieve = Sieve()

    def follow(self, roster: Roster) -> Iterator[None]:
        """Take in one agent with each step. After one that was left halfway all begins anew."""
        before, self._roster = self._roster, None
        changed = None if before is None else roster.changed(before)
        if changed is None:
            self._sieve = Sieve()
        for agent in roster.everybody() if changed is None else map(roster.facts, changed):
            self._sieve.put(agent)
            yield
        self._roster = roster

    def digest(self, scene: Scene, chosen: str = "") -> Digest:
        """Of the scene that was followed last; `chosen` is who got the call."""
        return self._sieve.digest(scene.call, chosen)


def call_facts(world: World, call: Call, at: float) -> CallFacts:
    """What the decision knows of the call."""
    return replace(facts_by_clock(world, call, at), stage=world.matcher.stage(call, at))


def facts_by_clock(world: World, call: Call, at: float) -> CallFacts:
    """The same, but for where the engine thinks that the call stands."""
    place_at = call.queueing.place_at if call.queueing.place_at is not None else at
    return CallFacts(
        call_id=call.call_id,
        asked=demand.asks(call, world.network),
        plan=world.network.queue(call.queue).circles,
        origin=world.matcher.origin(call, at),
        waited_s=max(0.0, at - place_at),
        refused_by=world.matcher.refusals.by(call),
    )


def why(world: World, call: Call, at: float) -> Explanation:
    """The decision for a waiting call as it stands at this instant, agent by agent."""
    return explain(call_facts(world, call, at), Roster.of(world).everybody())
