"""The caller talks to an agent: hold, and the ways in which it ends."""

from __future__ import annotations

from contactcentre.core import commands, effects, events
from contactcentre.core.call import survey_moves
from contactcentre.core.call.menu_moves import farewell
from contactcentre.core.call.move import Moved, with_leg
from contactcentre.core.call.offers import (
    cancel_timer,
    ended,
    offer_of,
    on_leash,
    stop_ringing,
    talk_over,
)
from contactcentre.core.call.queue_transfer import goes_on, is_transferring
from contactcentre.core.call.rejoin_moves import await_agent
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace


def held(call: Call, event: events.HoldStarted, network: Network) -> Moved:
    """The caller hears music."""
    leg = offer_of(call, event.offer_id)
    if leg.held_since is not None:
        raise Illegal
    return Moved(with_leg(call, replace(leg, held_since=event.at, phone_holds=True)))


def resumed(call: Call, event: events.HoldEnded, network: Network) -> Moved:
    """The agent is back."""
    leg = offer_of(call, event.offer_id)
    if leg.held_since is None:
        raise Illegal
    hold_s = leg.held_s(event.at)
    return Moved(with_leg(call, replace(leg, held_since=None, hold_s=hold_s, phone_holds=False)))


def resume_asked(call: Call, event: commands.ResumeChosen, network: Network) -> Moved:
    """Only the telephone's own key takes back whom it holds; the desk says so."""
    if call.offer is None or call.offer.agent_id != event.agent_id or not call.offer.phone_holds:
        raise Illegal
    return Moved(call)


def end_asked(call: Call, event: commands.EndAsked, network: Network) -> Moved:
    """The agent ends the talk; the dial then comes back to the leash.

    A leg that was dialed in a gap of the link has no name here: then the caller is taken out of it.
    """
    offer = call.offer
    if offer is None or offer.agent_id != event.agent_id:
        raise Illegal
    recall = effects.Recall(call_id=call.call_id, channel=call.channel.name)
    return Moved(replace(call, end=replace(call.end, by="agent")), stop_ringing(offer) or (recall,))


def talk_returned(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The agent's leg is gone and the caller is still there: goodbye, or wait for an agent."""
    _own_talk(call, event.offer_id)
    if is_transferring(call):
        return goes_on(call, event.at, network)
    apart = call.offer is not None and call.offer.leashed and not event.result.answered
    lost = event.result is DialResult.AUDIO_LOST or apart  # the two were never joined
    if lost and call.end.by is None:
        return await_agent(call, event.at, ())
    return talked(call, event.at, network, asks=survey_moves.is_asked(call, network))


def _own_talk(call: Call, offer_id: str) -> None:
    """Of a leg with a leash of its own any leg of the call may have been in the talk that is over:
    somebody else had joined it. Raises `Illegal` where it is none of the call's."""
    offer = call.offer
    if offer is not None and offer.leashed and call.leg(offer_id) is not None:
        return
    offer_of(call, offer_id)


def talked(call: Call, at: float, network: Network, *, asks: bool = False) -> Moved:
    """The talk is over, and so is what the caller rang for; who is asked how it was hears that."""
    if call.offer is not None:
        call = with_leg(call, call.offer.over(at, Result.HUNG_UP))
    talk, end = replace(call.talk, ended_at=at), replace(call.end, by=call.end.by or "agent")
    word = talk_over(call, at, network)
    done = replace(call, talk=talk, end=end).settled(Outcome.ANSWERED)
    bye = survey_moves.ask(done, at, network) if asks else farewell(done, at, ())
    return Moved(bye.call, (*bye.follows, *word))


def talk_left(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The caller hung up in the talk, or while the agent was lost to it."""
    by = "lost" if call.phase is Phase.REJOINING else "caller"
    call = replace(call, talk=replace(call.talk, ended_at=event.at))
    offer = call.offer
    orders: tuple[effects.Effect, ...] = ()
    if offer is not None:
        asked = call.end.by == "agent"
        call = with_leg(call, offer.over(event.at, Result.HUNG_UP if asked else Result.CALLER_LEFT))
        orders = (cancel_timer(offer), effects.CancelTimer(kind=Timer.REJOIN, key=call.call_id))
    word = talk_over(call, event.at, network)
    return Moved(ended(call, event.at, by, Outcome.ANSWERED), (*orders, *word))


def talk_done(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The talk ended while this process was away: the caller has only the line left.

    Who was fetched for a transfer is on the way to others. Where the exchange knows of no end, the
    agent's audio was lost.
    """
    back = on_leash(call, event)
    if is_transferring(back):
        return goes_on(back, event.at, network)
    if not event.talked and back.end.by is None:
        return await_agent(back, event.at, ())
    return talked(back, event.at, network)
