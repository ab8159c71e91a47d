"""An agent with two calls: what a word on one of them means for the other.

What a turn does to a call stands in its table; here is which two calls it is about, which needs the
agent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from contactcentre.core import commands, events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import beside_moves, signals
from contactcentre.core.call.move import Follow
from contactcentre.core.call.state import Call, Hears, Phase


class BesideSight(Protocol):
    """What of World it goes by."""

    calls: dict[str, Call]
    agents: dict[str, Agent]
    telephony: bool


def at_hand(sight: BesideSight, agent: Agent) -> Call | None:
    """The call in which the agent talks, or holds its caller, and could turn away from it."""
    call = sight.calls.get(agent.call_id or "")
    talks = agent.state is State.TALKING and call is not None
    return call if talks and call and beside_moves.may_turn(call, agent.agent_id) else None


def has_room(sight: BesideSight, agent: Agent) -> bool:
    """Whether a second citizen may be rung."""
    return agent.beside is None and agent.connected and at_hand(sight, agent) is not None


def hold(sight: BesideSight, agent: Agent, at: float) -> Iterator[Follow]:
    """Music for the first, before a second is rung."""
    call = at_hand(sight, agent)
    if call is not None and call.phase is Phase.TALKING:
        yield commands.HoldChosen(at=at, agent_id=agent.agent_id, call_id=call.call_id)


def turn(sight: BesideSight, agent: Agent, at: float, *, parks: bool = True) -> Iterator[Follow]:
    """From the call at hand to the one beside. Nothing follows where that cannot be."""
    beside, call = agent.beside, at_hand(sight, agent)
    other = sight.calls.get(beside.call_id) if beside is not None else None
    own = call.offer if call is not None else None
    if call is None or own is None or other is None:
        return
    lifted = other.phase in (Phase.HELD, Phase.CALLING, Phase.OFFERED)
    unlinked = call.phase is Phase.TALKING and parks and not sight.telephony
    if unlinked or not lifted:
        return
    away = signals.TurnedAway(at=at, call_id=call.call_id, other=other.call_id, parks=parks)
    to = signals.TurnedTo(at=at, call_id=other.call_id, other=call.call_id, leg=own)
    yield from (away, to)


def lifted(sight: BesideSight, event: signals.CitizenLifted) -> tuple[Follow, ...]:
    """The second citizen is there: the agent's leg is, too. Else the agent's phone is rung."""
    beside = event.agent.beside
    second = beside is not None and beside.call_id == event.call_id
    return tuple(turn(sight, event.agent, event.at)) if second else ()


def _of(sight: BesideSight, call_id: str) -> Agent | None:
    """The agent who has that call."""
    call = sight.calls.get(call_id)
    return sight.agents.get(call.talk.agent_id or "") if call is not None else None


def found(sight: BesideSight, event: signals.TalkFound) -> Iterator[Follow]:
    """The exchange has the agent's leg with the caller of whom we thought that it is away."""
    agent = _of(sight, event.call_id)
    if agent is not None and is_beside(sight, agent.agent_id, event.call_id):
        turned = tuple(turn(sight, agent, event.at, parks=False))
        yield from turned or _heard_there(sight, agent, event)


def _heard_there(sight: BesideSight, agent: Agent, event: signals.TalkFound) -> Iterator[Follow]:
    """The call at hand waits for a leg that is not lost: it is with the other caller."""
    call, other = sight.calls.get(agent.call_id or ""), sight.calls[event.call_id]
    leg, at = other.offer, event.at
    if call is None or leg is None or call.phase is not Phase.REJOINING:
        return
    yield signals.HeardAgain(at=at, call_id=call.call_id, leg=leg)
    yield signals.TurnedTo(at=at, call_id=other.call_id, other=call.call_id, leg=leg)


def found_first(sight: BesideSight, event: signals.TalkFound) -> Iterator[Follow]:
    """Its caller was fetched from music while a second citizen is rung: music again, for the leg is
    to be there when that one lifts."""
    agent = _of(sight, event.call_id)
    if agent is not None and agent.call_id == event.call_id and rings(sight, agent.agent_id):
        yield from hold(sight, agent, event.at)


def found_second(sight: BesideSight, event: events.FoundTalking) -> tuple[Follow, ...]:
    """The second citizen had lifted, and was joined, in our last moment: by the leg by which the
    agent is heard in the call at hand."""
    agent = sight.agents.get(event.agent_id)
    call = at_hand(sight, agent) if agent is not None else None
    own, beside = call.offer if call is not None else None, agent.beside if agent else None
    if agent is None or own is None or beside is None or beside.call_id != event.call_id:
        return ()
    if own.channel != event.leg:
        return ()
    told = signals.TalkFound(at=event.at, call_id=event.call_id, hears=Hears.CALLER)
    return (*turn(sight, agent, event.at, parks=False), told)


def is_beside(sight: BesideSight, agent_id: str, call_id: str) -> bool:
    """Whether it is the other of that agent's two calls, and was answered."""
    agent = sight.agents.get(agent_id)
    beside = agent.beside if agent is not None else None
    return beside is not None and not beside.rings and beside.call_id == call_id


def turned(sight: BesideSight, event: events.CallEvent, agent_id: str) -> Iterator[Follow]:
    """The agent asks for something in the call beside, for which the leg must be there."""
    agent = sight.agents.get(agent_id)
    if agent is not None and is_beside(sight, agent_id, event.call_id):
        yield from turn(sight, agent, event.at)


def rings(sight: BesideSight, agent_id: str) -> bool:
    """Whether a second citizen is rung just now, or the card read: the first is on hold, and the
    leg waits for the second."""
    agent = sight.agents.get(agent_id)
    beside = agent.beside if agent is not None else None
    other = sight.calls.get(beside.call_id) if beside is not None else None
    dials = other is not None and other.phase in (Phase.CALLING, Phase.OFFERED)
    return beside is not None and beside.rings and dials
