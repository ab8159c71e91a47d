"""The caller talks to an agent: hold, and the ways in which it ends."""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core import effects, events
from contactcentre.core.call.menu_moves import farewell
from contactcentre.core.call.move import Moved, with_offer
from contactcentre.core.call.offers import (
    cancel_timer,
    ended,
    offer_of,
    on_leash,
    stop_ringing,
    talk_over,
)
from contactcentre.core.call.queue_transfer import goes_on, is_passing
from contactcentre.core.call.rejoin_moves import await_agent
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.core.timers import Timer


def held(call: Call, event: events.HoldStarted, network: Network) -> Moved:
    """The caller hears music."""
    offer_of(call, event.offer_id)
    if call.held_since is not None:
        raise Illegal
    return Moved(replace(call, held_since=event.at))


def resumed(call: Call, event: events.HoldEnded, network: Network) -> Moved:
    """The agent is back."""
    offer_of(call, event.offer_id)
    if call.held_since is None:
        raise Illegal
    hold_s = call.hold_s + event.at - call.held_since
    return Moved(replace(call, held_since=None, hold_s=hold_s))


def end_asked(call: Call, event: events.EndAsked, network: Network) -> Moved:
    """The agent ends the talk; the dial then comes back to the leash.

    A leg that was dialed in a gap of the link has no name here: then the caller is taken out of it.
    """
    offer = call.offer
    if offer is None or offer.agent_id != event.agent_id:
        raise Illegal
    recall = effects.Recall(call_id=call.call_id, channel=call.channel)
    return Moved(replace(call, ended_by="agent"), stop_ringing(offer) or (recall,))


def talk_returned(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The agent's leg is gone and the caller is still there: goodbye, or wait for an agent."""
    offer = offer_of(call, event.offer_id)
    if is_passing(call):
        return goes_on(call, event.at, network)
    if event.result is DialResult.AUDIO_LOST and call.ended_by is None:
        return await_agent(call, event.at, ())
    call = with_offer(call, replace(offer, ended_at=event.at))
    call = replace(call, talk_ended_at=event.at, ended_by=call.ended_by or "agent")
    word = talk_over(call, event.at, network)
    bye = farewell(replace(call, outcome=Outcome.ANSWERED), event.at, ())
    return Moved(bye.call, (*bye.follows, *word))


def talk_left(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The caller hung up in the talk, or while the agent was lost to it."""
    by = "lost" if call.phase is Phase.REJOINING else "caller"
    call = replace(call, talk_ended_at=event.at)
    offer = call.offer
    orders: tuple[effects.Effect, ...] = ()
    if offer is not None:
        call = with_offer(
            call, replace(offer, ended_at=event.at, result=offer.result or Result.CALLER_LEFT)
        )
        orders = (cancel_timer(offer), effects.CancelTimer(kind=Timer.REJOIN, key=call.call_id))
    word = talk_over(call, event.at, network)
    return Moved(ended(call, event.at, by, Outcome.ANSWERED), (*orders, *word))


def talk_done(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The talk ended while this process was away: the caller has only the line left.

    Who was fetched to be passed on is on the way to others. Where the exchange knows of no end, the
    agent's audio was lost.
    """
    if is_passing(call):
        return goes_on(on_leash(call, event), event.at, network)
    if not event.talked and call.ended_by is None:
        return await_agent(on_leash(call, event), event.at, ())
    offer = call.offer
    if offer is not None:
        call = with_offer(call, replace(offer, ended_at=event.at))
    call = replace(
        on_leash(call, event),
        talk_ended_at=event.at,
        ended_by=call.ended_by or "agent",
        outcome=Outcome.ANSWERED,
    )
    word = talk_over(call, event.at, network)
    bye = farewell(call, event.at, ())
    return Moved(bye.call, (*bye.follows, *word))
