"""Callers whom the exchange alone had while we were away: what is known of them afterwards."""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core import events
from contactcentre.core.agent.signals import RecordOwed
from contactcentre.core.call.move import Follow, Moved, enter, into
from contactcentre.core.call.offers import cut_off, ended
from contactcentre.core.call.state import Call, Offer, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result


def served(call: Call, event: events.FallbackEnded, network: Network) -> Moved:
    """A call of ours: an agent has answered, or the caller gave up."""
    if call.leashed:
        raise Illegal
    follows: tuple[Follow, ...] = ()
    offer = call.open_offer
    if offer is not None:
        call, follows = cut_off(call, offer, Result.WITHDRAWN, event.at, network)
    if call.queued_at is None:
        call = replace(call, queued_at=event.queued_at, place_at=event.queued_at)
    talked = _talked(call, event, network)
    return replace(talked, follows=follows + talked.follows)


def adopted(call: None, event: events.FallbackEnded, network: Network) -> Moved:
    """A call that we never had: all that is known of it is its end."""
    made = Call(
        call_id=event.call_id,
        channel="",
        channel_id=event.channel_id,
        caller=event.caller,
        dialled=event.dialled,
        arrived_at=event.arrived_at,
        phase=Phase.WAITING,
        since=event.queued_at,
        leashed=False,
        language=network.languages[0],
        queued_at=event.queued_at,
        place_at=event.queued_at,
        entered_at=event.queued_at,
    )
    queue = network.queue(network.default_queue)
    made = replace(into(made, queue, network), matter=queue.queue_id, first_queue=queue.queue_id)
    return _talked(made, event, network)


def _talked(call: Call, event: events.FallbackEnded, network: Network) -> Moved:
    """Its agent owes a record of the talk."""
    if event.answered_at is None:
        outcome = Outcome.ABANDONED if call.answered_at is None else Outcome.GAVE_UP
        return Moved(ended(call, event.ended_at, "caller", outcome))
    agent_id = network.agent_at(event.endpoint)
    if agent_id is not None:
        call = replace(
            call, agent_id=agent_id, offers=(*call.offers, _offer(call, agent_id, event))
        )
    call = replace(
        enter(call, Phase.TALKING, event.answered_at),
        answered_at=event.answered_at if call.answered_at is None else call.answered_at,
        talk_ended_at=event.ended_at,
    )
    call = ended(call, event.ended_at, "lost", Outcome.ANSWERED)
    if agent_id is None:
        return Moved(call)
    return Moved(call, (RecordOwed(at=event.at, agent_id=agent_id, call_id=call.call_id),))


def _offer(call: Call, agent_id: str, event: events.FallbackEnded) -> Offer:
    at = event.answered_at or event.ended_at
    return Offer(
        offer_id=f"{call.call_id}-{len(call.offers) + 1}",
        agent_id=agent_id,
        at=at,
        ring_until=at,
        answered_at=at,
        ended_at=event.ended_at,
        result=Result.ANSWERED,
    )
