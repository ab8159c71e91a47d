"""What a supervisor's act needs to know beside its call or its agent, and what follows from it.

Who may be given a call hangs on both of them; what holds an agent may be a call, an offer, or
nothing that anybody knows of any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from contactcentre.core import acts, effects
from contactcentre.core.agent.signals import OfferOver, TalkEnded, WrapUpOver
from contactcentre.core.agent.state import Agent, OtherCall, State
from contactcentre.core.call import demand, listen_moves
from contactcentre.core.call import table as call_table
from contactcentre.core.call.move import Follow
from contactcentre.core.call.signals import OfferWithdrawn
from contactcentre.core.call.state import TALKS, Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line import promised
from contactcentre.core.line.matcher import Matcher
from contactcentre.core.outcomes import Result
from contactcentre.core.values import replace

Obstacle = Literal["", "gone", "logged-out", "not-ready", "unreachable", "skills", "centre-full"]
"""Why that agent cannot be given that call; "gone": it waits no more, or there is no such agent."""


Deaf = Literal["", "gone", "no-policy", "listened-to", "no-phone", "not-free", "listens"]
"""Why somebody cannot listen to a call."""


class ActSight(Protocol):
    """What of World it goes by."""

    calls: dict[str, Call]
    agents: dict[str, Agent]
    network: Network
    telephony: bool
    matcher: Matcher


def obstacle(sight: ActSight, call_id: str, agent_id: str) -> Obstacle:
    """Whoever is ready, or will be after the call at hand, may be given a call that they may
    answer at all."""
    call, agent = sight.calls.get(call_id), sight.agents.get(agent_id)
    profile = sight.network.agents.get(agent_id)
    if call is None or agent is None or profile is None:
        return "gone"
    if call.phase not in (Phase.WAITING, Phase.CALLBACK):
        return "gone"
    if agent.state is State.LOGGED_OUT:
        return "logged-out"
    if not agent.reachable:
        return "unreachable"
    if not (agent.wants_ready and sight.matcher.is_working(agent_id)):
        return "not-ready"
    if not profile.capability.meets(demand.asks_at_last(call, sight.network)):
        return "skills"
    home = promised.home(call, sight.network).centre
    return "centre-full" if sight.matcher.barred_from(agent_id, home) else ""


def deaf(sight: ActSight, call_id: str, listener_id: str) -> Deaf:
    """A talk of a queue whose callers have been told may be listened to, by one at a time, on the
    phone of somebody who takes no calls meanwhile and listens to nobody else."""
    call, listener = sight.calls.get(call_id), sight.agents.get(listener_id)
    own = call.offer if call is not None else None
    if call is None or own is None or own.away or not (own.talks and own.channel):
        return "gone"
    if not (call.heard.listening and sight.network.queue(call.queue).listening.allows):
        return "no-policy"
    if listen_moves.of(call) is not None:
        return "listened-to"
    if listener is None or not listener.phone or listener.mobile:
        return "no-phone"
    legs = (listen_moves.of(other) for other in sight.calls.values())
    if any(leg is not None and leg.agent_id == listener_id for leg in legs):
        return "listens"
    return "" if sight.telephony and listener.state is State.NOT_READY else "not-free"


def released(sight: ActSight, event: acts.AgentReleased) -> Iterator[Follow]:
    """Whatever holds the agent lets go."""
    agent = sight.agents.get(event.agent_id)
    call = sight.calls.get(agent.call_id or "") if agent is not None else None
    if agent is None:
        return
    if agent.beside is not None:
        yield from _out_of_other(agent, agent.beside, sight.calls.get(agent.beside.call_id), event)
    match agent.state:
        case State.RESERVED:
            yield from _out_of_offer(agent, call, event.at)
        case State.TALKING:
            yield from _out_of_talk(agent, call, event)
        case State.WRAP_UP:
            yield WrapUpOver(at=event.at, agent_id=agent.agent_id)


def _out_of_offer(agent: Agent, call: Call | None, at: float) -> Iterator[Follow]:
    leg = call.leg(agent.offer_id or "") if call is not None else None
    if call is not None and leg is not None and leg.rings and leg.agent_id == agent.agent_id:
        gone = OfferWithdrawn(at=at, offer_id=leg.leg_id, result=Result.WITHDRAWN)
        if type(gone) in call_table.TABLE[call.phase]:
            yield gone
            return
    yield OfferOver(
        at=at,
        agent_id=agent.agent_id,
        offer_id=agent.offer_id or "",
        result=Result.WITHDRAWN,
        rest_s=0.0,
        misses=1,
    )


def _out_of_other(
    agent: Agent, beside: OtherCall, call: Call | None, event: acts.AgentReleased
) -> Iterator[Follow]:
    """Of an agent with two calls: the one that is not at hand."""
    other = replace(agent, call_id=beside.call_id, offer_id=beside.offer_id)
    if beside.rings:
        yield from _out_of_offer(other, call, event.at)
    else:
        yield from _out_of_talk(other, call, event)


def _out_of_talk(agent: Agent, call: Call | None, event: acts.AgentReleased) -> Iterator[Follow]:
    """Its own call ends; whoever was asked by another leaves that one's call."""
    at, agent_id = event.at, agent.agent_id
    if call is not None and call.phase in TALKS and call.talk.agent_id == agent_id:
        yield acts.CallEndForced(
            at=at, call_id=call.call_id, by=event.by, by_id=event.by_id, why=event.why
        )
        return
    aside = call.aside if call is not None else None
    if aside is not None and aside.agent_id == agent_id and aside.channel:
        yield effects.HangUpLeg(offer_id=aside.leg_id, leg=aside.channel)
        return
    yield TalkEnded(
        at=at, agent_id=agent_id, call_id=agent.call_id or "", wrap_up_s=0.0, unsaved=False
    )
