"""Callers whom the exchange alone had while we were away: what is known of them afterwards."""

from __future__ import annotations

import dataclasses

from contactcentre.core import events
from contactcentre.core.agent.signals import RecordOwed
from contactcentre.core.call import callback_moves
from contactcentre.core.call.move import Follow, Moved, enter, into, with_leg
from contactcentre.core.call.offers import cut_off, ended, in_line, next_offer
from contactcentre.core.call.queueing import NOT_QUEUED
from contactcentre.core.call.state import Call, CallerChannel, MenuChoice, Phase
from contactcentre.core.clock_step import moved
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.values import replace


def served(call: Call, event: events.FallbackEnded, network: Network) -> Moved:
    """A call of ours: an agent has answered, or the caller gave up."""
    if call.channel.leashed:
        raise Illegal
    if event.answered_at is None and call.callback is not None:
        gone = events.CallerHungUp(at=event.at, call_id=call.call_id)
        return callback_moves.left(call, gone, network)
    event = _on_our_clock(event, call.since)
    follows: tuple[Follow, ...] = ()
    offer = call.open_offer
    if offer is not None:
        call, follows = cut_off(call, offer, Result.WITHDRAWN, event.at, network)
    talked = _talked(in_line(call, event.queued_at, network), event, network)
    return replace(talked, follows=follows + talked.follows)


def adopted(call: None, event: events.FallbackEnded, network: Network) -> Moved:
    """A call that we never had: all that is known of it is its end."""
    event = _on_our_clock(event, event.arrived_at)
    queue = network.queue(network.default_queue)
    made = Call(
        call_id=event.call_id,
        channel=CallerChannel(unique_id=event.channel_id, leashed=False),
        caller=event.caller,
        dialled=event.dialled,
        arrived_at=event.arrived_at,
        phase=Phase.WAITING,
        since=event.queued_at,
        language=network.languages[0],
        choice=MenuChoice(matter=queue.queue_id, queue=queue.queue_id),
        queueing=NOT_QUEUED.entered(event.queued_at, skills=(), services=()),
    )
    return _talked(into(made, queue, network), event, network)


def _on_our_clock(event: events.FallbackEnded, since: float) -> events.FallbackEnded:
    """The record has whole seconds of the wall, which may have been set since: what it tells began
    when we had the caller no more, and is over now."""
    by_s = max(0.0, since - event.queued_at) or min(0.0, event.at - event.ended_at)
    return dataclasses.replace(moved(event, by_s), at=event.at) if by_s else event


def _talked(call: Call, event: events.FallbackEnded, network: Network) -> Moved:
    """Its agent owes a record of the talk."""
    if event.answered_at is None:
        outcome = Outcome.ABANDONED if call.talk.answered_at is None else Outcome.GAVE_UP
        return Moved(ended(call, event.ended_at, "caller", outcome))
    agent_id = network.agent_at(event.endpoint)
    talk = replace(
        call.talk,
        agent_id=agent_id or call.talk.agent_id,
        answered_at=call.talk.answered_at or event.answered_at,
        ended_at=event.ended_at,
    )
    call = replace(enter(call, Phase.TALKING, event.answered_at), talk=talk)
    if agent_id is not None:
        device, _ = network.device(agent_id)
        rung = next_offer(call, agent_id, event.answered_at, 0.0, device=device)
        rung = replace(rung, answered_at=event.answered_at)
        call = with_leg(call, rung.over(event.ended_at, Result.HUNG_UP))
    call = ended(call, event.ended_at, "lost", Outcome.ANSWERED)
    if agent_id is None:
        return Moved(call)
    return Moved(call, (RecordOwed(at=event.at, agent_id=agent_id, call_id=call.call_id),))
