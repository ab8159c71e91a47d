"""Why a call waits, or went to whom it did: World's state put as the explanation asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import demand
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts, Explanation
from routing.explanation import State as Availability
from routing.requirement import Capability
from routing.scope import Place

T = TypeVar("T", Capability, Place)

_STATES: dict[State, Availability] = {
    State.LOGGED_OUT: "logged_out",
    State.NOT_READY: "not_ready",
    State.READY: "ready",
    State.RESERVED: "busy",
    State.TALKING: "busy",
    State.WRAP_UP: "busy",
}


class KnownFacts:
    """What was made of each agent last: most have not changed since the decision before.

    Who can do the same, in the same place, is told by the same objects: they are found again by
    what they are, and that takes longer.
    """

    def __init__(self) -> None:
        self._network: Network | None = None
        self._known: dict[str, tuple[Agent, AgentFacts]] = {}
        self._alike: dict[Any, Any] = {}  # capabilities and places

    def begin(self, network: Network) -> Mapping[str, tuple[Agent, AgentFacts]]:
        """Those that are known of this network: agents who have left go with theirs."""
        if network is not self._network:
            self._network = network
            self._known, self._alike = {}, {}
        return self._known

    def make(self, agent: Agent, network: Network, *, barred: bool) -> AgentFacts:
        """The facts of an agent who has changed; `barred` is the agent's centre."""
        facts = _facts(agent, network, _STATES[agent.state], barred=barred)
        alike = replace(facts, capability=self._one(facts.capability), place=self._one(facts.place))
        self._known[agent.agent_id] = agent, alike
        return alike

    def _one(self, value: T) -> T:
        one: T = self._alike.setdefault(value, value)
        return one


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The agents as they are at one instant, and what says which of them may be asked.

    `chosen` are agents who have been reserved since, in the same breath: they were free.
    """

    agents: Mapping[str, Agent]
    network: Network
    barred: frozenset[str]  # centres
    chosen: frozenset[str] = frozenset()
    known: KnownFacts = field(default_factory=KnownFacts)

    @classmethod
    def of(
        cls,
        world: World,
        agents: Mapping[str, Agent] | None = None,
        chosen: frozenset[str] = frozenset(),
        known: KnownFacts | None = None,
    ) -> Roster:
        """All of World's agents, if not only these."""
        return cls(
            agents=world.agents if agents is None else agents,
            network=world.network,
            barred=world.matcher.caps.barred,
            chosen=chosen,
            known=known or KnownFacts(),
        )

    def everybody(self) -> Iterator[AgentFacts]:
        """The agents of the configuration."""
        profiles, known = self.network.agents, self.known.begin(self.network)
        for agent_id, agent in self.agents.items():
            profile = profiles.get(agent_id)
            if profile is None:
                continue
            barred = profile.centre_id in self.barred
            last = known.get(agent_id)
            if agent_id in self.chosen:
                yield _facts(agent, self.network, "ready", barred=barred)
            elif last is not None and last[0] is agent and last[1].barred == barred:
                yield last[1]
            else:
                yield self.known.make(agent, self.network, barred=barred)


def _facts(agent: Agent, network: Network, state: Availability, *, barred: bool) -> AgentFacts:
    profile = network.agents[agent.agent_id]
    detail = agent.reason or "" if state == "not_ready" else agent.state.value.lower()
    return AgentFacts(
        agent_id=agent.agent_id,
        name=agent.name,
        capability=profile.capability,
        state=state,
        place=network.place(profile.centre_id),
        detail="" if state in ("ready", "logged_out") else detail,
        idle_since=agent.idle_since,
        barred=barred,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a decision saw; nothing of it changes later."""

    call: CallFacts
    roster: Roster


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
