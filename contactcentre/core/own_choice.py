"""Calls that an agent begins: a number is dialled, or a promise taken before its time.

What they mean for the call stands in its table; here is who may, which needs the agent, the line
and the limits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Protocol

from contactcentre.core import beside, commands
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import outbound_moves, signals
from contactcentre.core.call.move import Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line.callbacks import Callbacks
from contactcentre.core.line.matcher import Matcher

OwnChoice = commands.DialChosen | commands.PromiseTaken


class OwnSight(Protocol):
    """What of World it goes by."""

    calls: dict[str, Call]
    ended: deque[Call]
    agents: dict[str, Agent]
    network: Network
    telephony: bool
    callbacks: Callbacks
    matcher: Matcher


def follows(sight: OwnSight, event: OwnChoice) -> tuple[Follow, ...] | str:
    """What comes of it, or why nothing does. Whoever talks has the first caller on hold."""
    agent = sight.agents.get(event.agent_id)
    if agent is None or not sight.telephony:
        return "not free"
    if not (outbound_moves.is_free(agent) or beside.has_room(sight, agent)):
        return "not free"
    if isinstance(event, commands.PromiseTaken):
        taken = _taken(sight, event, agent)
        return taken if isinstance(taken, str) else (taken,)
    dialled = _dialled(sight, event, agent)
    if isinstance(dialled, str):
        return dialled
    return (*beside.hold(sight, agent, event.at), dialled)


def _dialled(sight: OwnSight, event: commands.DialChosen, agent: Agent) -> Follow | str:
    """A number that may be dialled, and not while it rings for somebody else."""
    number, at = sight.network.dialable(event.number), event.at
    if number is None or sight.matcher.dials.barred(number, agent.agent_id, at):
        return "limits"
    call_id = outbound_moves.dial_id(agent.agent_id, at)
    if sight.callbacks.rings(number):
        return "rung by another"
    if any(call.call_id == call_id for call in (*sight.calls.values(), *sight.ended)):
        return "twice in one instant"
    about = _own(sight.calls, event.contact, agent)
    return signals.NumberDialled(at=at, call_id=call_id, agent=agent, number=number, about=about)


def _own(calls: Mapping[str, Call], call_id: str, agent: Agent) -> Call | None:
    """The contact of that id, where it is this agent's business."""
    call = calls.get(call_id)
    return call if call is not None and agent.agent_id in call.concerns else None


def _taken(sight: OwnSight, event: commands.PromiseTaken, agent: Agent) -> Follow | str:
    """Whoever gave it may keep it before it comes up."""
    own = {call.call_id: call for call in sight.callbacks.given_by(agent.agent_id)}
    call = own.get(event.call_id)
    if call is None or call.phase is not Phase.CALLBACK or sight.callbacks.is_rung(call):
        return "no promise to be kept now"
    return signals.AgentChosen(at=event.at, call_id=call.call_id, agent=agent, circle=0)
