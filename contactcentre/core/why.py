"""Why a call waits, or went to whom it did: World's state put as the explanation asks for it."""

from __future__ import annotations

from contactcentre.core.agent import Agent, State
from contactcentre.core.call import Call
from contactcentre.core.world import World
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts, Explanation
from routing.explanation import State as Availability

_STATES: dict[State, Availability] = {
    State.LOGGED_OUT: "logged_out",
    State.NOT_READY: "not_ready",
    State.READY: "ready",
    State.RESERVED: "busy",
    State.TALKING: "busy",
    State.WRAP_UP: "busy",
}


def why(world: World, call: Call, at: float) -> Explanation:
    """The decision for a waiting call as it stands at this instant, agent by agent."""
    known = (agent for agent in world.agents.values() if agent.agent_id in world.network.agents)
    return explain(call_facts(world, call, at), [agent_facts(world, agent) for agent in known])


def call_facts(world: World, call: Call, at: float) -> CallFacts:
    """What a decision knows of a waiting call."""
    place_at = call.place_at if call.place_at is not None else at
    return CallFacts(
        call_id=call.call_id,
        asked=world.matcher.asks(call),
        plan=world.network.queue(call.queue).rings,
        origin=world.matcher.origin(call, at),
        waited_s=max(0.0, at - place_at),
        refused_by=frozenset(world.matcher.refusals.of_call(call.call_id)),
    )


def agent_facts(world: World, agent: Agent) -> AgentFacts:
    """What a decision knows of an agent of the network in force."""
    profile = world.network.agents[agent.agent_id]
    availability = _STATES[agent.state]
    detail = agent.reason or "" if agent.state is State.NOT_READY else agent.state.value.lower()
    return AgentFacts(
        agent_id=agent.agent_id,
        name=agent.name,
        capability=profile.capability,
        state=availability,
        place=world.network.place(profile.centre_id),
        detail="" if availability in ("ready", "logged_out") else detail,
        idle_since=agent.idle_since,
        barred=world.matcher.caps.barred(profile.centre_id),
    )
