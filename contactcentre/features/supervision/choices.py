"""What may be done with a call or an agent as things stand, and to whom a call might be given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agents_ui.shell.port import AgentState, Person
from agents_ui.supervision import port
from contactcentre.core import acting, acts
from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import listen_moves
from contactcentre.core.call import table as call_table
from contactcentre.core.call.rejoin_moves import is_lost
from contactcentre.core.call.state import Call
from contactcentre.core.events import CallEvent
from contactcentre.core.world import World
from contactcentre.features.board.sight import BoardSight
from contactcentre.features.supervision import assignments
from routing.plain import plain

SHOWN: Final = 12
"""So many agents at once: whoever looks for another one writes a name."""

_STATES: Final = (State.READY, State.WRAP_UP, State.TALKING, State.RESERVED, State.NOT_READY)


def of_call(
    world: World, call: Call, earmark: str, person: Person, *, listens: bool
) -> port.CallChoices:
    """What its phase allows, its place in line, and whether the person listens, or may."""
    queues = world.network.queues.values()
    return port.CallChoices(
        call_id=call.call_id,
        queue=call.queue,
        acts=tuple(_call_acts(call, person, listens=listens)),
        listens=_mode(call, person),
        earmark=earmark,
        queues=tuple(
            port.QueueChoice(queue=one.queue_id, label=one.labels)
            for one in queues
            if one.queue_id != call.queue
        ),
    )


def _mode(call: Call, person: Person) -> port.ListenMode | None:
    leg = listen_moves.of(call)
    own = leg is not None and leg.listening is not None and leg.listening.by_id == person.user_id
    return leg.listening.mode if own and leg is not None and leg.listening is not None else None


def _call_acts(call: Call, person: Person, *, listens: bool) -> Iterator[str]:
    given, own = call.queueing.earmark is not None, _mode(call, person) is not None
    talks = call.offer is not None and call.offer.talks
    senseless = {
        "put_first": call.queueing.first,
        "put_back": not call.queueing.first,
        "earmark": given,
        "lift": not given,
        "end_call": call.callback is not None and call.talk.answered_at is None,
        "withdraw": call.callback is not None,
        "listen": own,
        "listen_turn": not own,
        "listen_end": not own,
    }
    for name, kind in acts.ACTS.items():
        begins = kind is acts.ListenAsked and listens and talks and call.heard.listening
        known = begins or kind in call_table.TABLE[call.phase]
        if known and not senseless.get(name, False):
            yield name


def of_agent(world: World, agent: Agent) -> port.AgentChoices:
    """What the state allows, and would change anything."""
    known = (world.calls.get(call_id) for call_id in agent.calls)
    lost = any(is_lost(call, agent) for call in known if call is not None)
    leaves = agent.wanted_reason == agent_table.LEAVING
    gone = agent.agent_id not in world.network.agents  # finishes the call in hand, and no more
    senseless = {
        "ready": agent.wants_ready or gone,
        "not_ready": gone,
        "log_out": leaves,
        "give_caller": not lost,
    }
    found = (
        name
        for name, kind in acts.ACTS.items()
        if not issubclass(kind, CallEvent)
        and kind in agent_table.TABLE[agent.state]
        and not senseless.get(name, False)
    )
    published = world.crisis.published
    return port.AgentChoices(
        agent_id=agent.agent_id,
        name=agent.name,
        state=_state(agent),
        acts=tuple(found),
        queues=assignments.queues_of(published, agent.agent_id),
        skills=assignments.skills_of(published, agent.agent_id),
        assigned=agent.agent_id in published.assignments,
    )


def candidates(world: World, call_id: str, text: str, sight: BoardSight) -> port.AgentOptions:
    """Whoever is seen and logged in: first who can be given the call, the free before the busy."""
    wanted = plain(text)
    found = [
        _candidate(world, agent, call_id)
        for agent in world.agents.values()
        if agent.state is not State.LOGGED_OUT and sight.agent(agent.agent_id)
    ]
    named = [one for one in found if wanted in plain(f"{one.name} {one.centre}")]
    ranks = {state.value: rank for rank, state in enumerate(_STATES)}
    named.sort(key=lambda one: (one.obstacle != "", ranks[one.state], one.name))
    return port.AgentOptions(first=tuple(named[:SHOWN]), count=len(named))


def _candidate(world: World, agent: Agent, call_id: str) -> port.AgentOption:
    profile = world.network.agents.get(agent.agent_id)
    centre = world.network.centres.get(profile.centre_id if profile is not None else "")
    return port.AgentOption(
        agent_id=agent.agent_id,
        name=agent.name,
        centre=centre.brief if centre is not None else "",
        state=_state(agent),
        obstacle=acting.obstacle(world, call_id, agent.agent_id),
    )


def _state(agent: Agent) -> AgentState:
    state: AgentState = agent.state.value
    return state
