"""The caller in the line, offered and talking: what each fact changes."""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core import effects, events
from contactcentre.core.agent_table import OfferOver, TalkEnded, TalkStarted
from contactcentre.core.call import Call, Offer, Outcome, Phase, Result
from contactcentre.core.menu_moves import farewell, keep_place
from contactcentre.core.move import Illegal, Moved, Signal, enter, with_offer
from contactcentre.core.network import Network

REJOIN_S = 20.0
"""How long a caller hears music for an agent whose audio was lost, before queueing again."""

RING_AGAIN_S = 1.0
"""How long after a ring that brought the lost agent back to nothing the next one is tried."""

PROMPT_S = 15.0
"""A prompt that the caller is just hearing may delay the dial by so much."""

LEASE_GRACE_S = 5.0
"""An offer of which nothing is heard so long after its ring time is taken back."""

AUDIO_STOPPED = 44
"""Q.850 cause of a leg that Asterisk ended because its audio had stopped."""

RESULTS = {
    "NOANSWER": Result.MISSED,
    "BUSY": Result.REJECTED,
    "CONGESTION": Result.REJECTED,
    "CHANUNAVAIL": Result.UNREACHABLE,
    "CANCEL": Result.CALLER_LEFT,
}
"""What Asterisk's DIALSTATUS means for an offer. Our browser phone declines with 480 or 486."""


def _music(call: Call) -> effects.Music:
    return effects.Music(call_id=call.call_id)


def _offer_of(call: Call, offer_id: str) -> Offer:
    offer = call.offer
    if offer is None or offer.offer_id != offer_id:
        raise Illegal
    return offer


def _stop_ringing(offer: Offer) -> tuple[effects.Effect, ...]:
    return (effects.HangUpLeg(offer_id=offer.offer_id, leg=offer.leg),) if offer.leg else ()


def _over(call: Call, offer: Offer, result: Result, at: float) -> tuple[Call, tuple[Signal, ...]]:
    """The offer has ended without a talk; its agent is told once."""
    if offer.result is not None:
        return call, ()
    call = with_offer(call, replace(offer, result=result, ended_at=at))
    over = OfferOver(at=at, offer_id=offer.offer_id, result=result)
    return call, ((offer.agent_id, over),)


def cancel_timer(offer: Offer) -> effects.CancelTimer:
    """The offer's lease has ended."""
    return effects.CancelTimer(kind="offer", key=offer.offer_id)


# --- waiting -------------------------------------------------------------------------------


def offered(call: Call, offer: Offer, endpoint: str) -> Moved:
    """An agent was chosen: ring, for so long. (Called by World, not by an event.)"""
    call = enter(replace(call, offers=(*call.offers, offer)), Phase.OFFERED, offer.at)
    ring_s = offer.ring_until - offer.at
    ring = effects.Ring(
        call_id=call.call_id, offer_id=offer.offer_id, endpoint=endpoint, timeout_s=ring_s
    )
    lease = effects.StartTimer(
        kind="offer", key=offer.offer_id, seconds=PROMPT_S + ring_s + LEASE_GRACE_S
    )
    return Moved(call, (ring, lease))


def waiting_again(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash, in the old place.

    Who has talked meanwhile, in an offer that was never journaled, wants no other agent.
    """
    back = on_leash(call, event)
    if event.talked and call.answered_at is None:
        return farewell(replace(back, outcome=Outcome.UNKNOWN), event.at, ())
    return Moved(back, (keep_place(back), _music(back)))


def dial_let_go(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """A dial that we wanted the caller out of has ended by itself: the leash is there still."""
    _offer_of(call, event.offer_id)
    return Moved(replace(call, leashed=True), (_music(call),))


def on_leash(call: Call, event: events.CallReturned) -> Call:
    """The caller's socket is ours again; answers to orders given before it are old."""
    return replace(
        call,
        leashed=True,
        channel=event.channel,
        channel_id=event.channel_id,
        step=call.step + 1,
    )


def abandoned(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The caller gave up while waiting; whoever was being rung is not to blame.

    One who had been answered, and lost the agent, was not abandoned by anybody's patience.
    """
    orders: tuple[effects.Effect, ...] = ()
    signals: tuple[Signal, ...] = ()
    offer = call.offer
    if call.phase is Phase.OFFERED and offer is not None:
        call, signals = _over(call, offer, Result.CALLER_LEFT, event.at)
        orders = (cancel_timer(offer),)
    if call.answered_at is not None:
        return Moved(ended(call, event.at, "lost", Outcome.ANSWERED), orders, signals)
    return Moved(ended(call, event.at, "caller", Outcome.ABANDONED), orders, signals)


def ended(call: Call, at: float, by: str, outcome: Outcome) -> Call:
    """The call is over. An outcome that was settled before stands."""
    hold_s = call.hold_s + (at - call.held_since if call.held_since is not None else 0.0)
    return replace(
        enter(call, Phase.ENDED, at),
        ended_at=at,
        ended_by=call.ended_by or by,
        outcome=call.outcome or outcome,
        held_since=None,
        hold_s=hold_s,
        leashed=False,
    )


# --- offered -------------------------------------------------------------------------------


def dialed(call: Call, event: events.LegDialed, network: Network) -> Moved:
    """The agent's leg exists. If the offer was taken back meanwhile, stop it at once."""
    if any(old.offer_id == event.offer_id for old in call.offers[:-1]):
        return Moved(call, (effects.HangUpLeg(offer_id=event.offer_id, leg=event.leg),))
    offer = replace(_offer_of(call, event.offer_id), leg=event.leg)
    if offer.result is not None:
        return Moved(with_offer(call, offer), _stop_ringing(offer))
    if offer.dialed_at is not None:
        return Moved(with_offer(call, offer))
    ring_s = offer.ring_until - offer.at
    offer = replace(offer, dialed_at=event.at, ring_until=event.at + ring_s)
    lease = effects.StartTimer(kind="offer", key=offer.offer_id, seconds=ring_s + LEASE_GRACE_S)
    return Moved(with_offer(call, offer), () if offer.rejoin else (lease,))


def rang(call: Call, event: events.LegRang, network: Network) -> Moved:
    """The phone rings."""
    offer = _offer_of(call, event.offer_id)
    if offer.result is not None:
        return Moved(call)
    return Moved(with_offer(call, replace(offer, rang_at=offer.rang_at or event.at)))


def answered(call: Call, event: events.LegAnswered, network: Network) -> Moved:
    """Agent and caller hear each other."""
    offer = _offer_of(call, event.offer_id)
    if offer.result is not None:
        raise Illegal
    call = with_offer(call, replace(offer, answered_at=event.at, result=Result.ANSWERED))
    call = replace(
        enter(call, Phase.TALKING, event.at),
        agent_id=offer.agent_id,
        answered_at=event.at if call.answered_at is None else call.answered_at,
        talk_ended_at=None,
    )
    start = TalkStarted(at=event.at, offer_id=offer.offer_id, call_id=call.call_id)
    timers = (cancel_timer(offer), effects.CancelTimer(kind="rejoin", key=call.call_id))
    return Moved(call, timers, ((offer.agent_id, start),))


def found_talking(call: Call, event: events.FoundTalking, network: Network) -> Moved:
    """Somebody has answered without us: it is that agent's call from now on."""
    known = call.open_offer
    orders: tuple[effects.Effect, ...] = ()
    signals: tuple[Signal, ...] = ()
    if known is not None:
        call, signals = _over(call, known, Result.WITHDRAWN, event.at)
        orders = (cancel_timer(known),)
    offer = Offer(
        offer_id=f"{call.call_id}-{len(call.offers) + 1}",
        agent_id=event.agent_id,
        at=event.at,
        ring_until=event.at,
        leg=event.leg,
    )
    call = replace(call, offers=(*call.offers, offer))
    talk = answered(call, events.LegAnswered(at=event.at, offer_id=offer.offer_id), network)
    return Moved(talk.call, orders + talk.effects, signals + talk.signals)


def dial_failed(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The phone was not answered: the call keeps its place, the agent is told why."""
    offer = _offer_of(call, event.offer_id)
    if event.status == "ANSWER" and offer.result is None:
        return _talked_unseen(call, offer, event, network)
    call, signals = _over(call, offer, RESULTS.get(event.status, Result.UNREACHABLE), event.at)
    call = enter(call, Phase.WAITING, event.at)
    return Moved(call, (cancel_timer(offer), _music(call)), signals)


def _talked_unseen(call: Call, offer: Offer, event: events.DialEnded, network: Network) -> Moved:
    """The whole talk fell into a gap of the link to Asterisk: it was answered all the same."""
    start = events.LegAnswered(at=event.at, offer_id=offer.offer_id)
    talk = answered(call, start, network)
    end = talk_returned(talk.call, event, network)
    return Moved(end.call, talk.effects + end.effects, talk.signals + end.signals)


def rejected(call: Call, event: events.OfferRejected, network: Network) -> Moved:
    """The agent can't take it; the next one is rung when Asterisk has let go of this phone."""
    offer = _offer_of(call, event.offer_id)
    call, signals = _over(call, offer, Result.REJECTED, event.at)
    return Moved(call, _stop_ringing(offer), signals)


def lease_over(call: Call, event: events.TimerFired, network: Network) -> Moved:
    """Nothing was heard of the offer in time: take it back, and the caller too if need be."""
    offer = _offer_of(call, event.key)
    call, signals = _over(call, offer, Result.MISSED, event.at)
    recall = effects.Recall(call_id=call.call_id, channel=call.channel)
    return Moved(call, (*_stop_ringing(offer), recall), signals)


def taken_back(call: Call, offer: Offer, result: Result, at: float) -> Moved:
    """The phone that is being rung has vanished, or its agent has. (Called by World.)"""
    call, signals = _over(call, offer, result, at)
    return Moved(call, _stop_ringing(offer), signals)


def offer_lost(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash while an offer was under way: whatever rang rings no more."""
    offer = call.offer
    if event.talked and call.open_offer is not None:
        return _talked_away(call, call.open_offer, event, network)
    back = enter(on_leash(call, event), Phase.WAITING, event.at)
    signals: tuple[Signal, ...] = ()
    orders: tuple[effects.Effect, ...] = ()
    if offer is not None:
        back, signals = _over(back, offer, Result.WITHDRAWN, event.at)
        orders = (cancel_timer(offer), *_stop_ringing(offer))
    return Moved(back, (*orders, keep_place(back), _music(back)), signals)


def _talked_away(call: Call, offer: Offer, event: events.CallReturned, network: Network) -> Moved:
    """The whole talk fell into our absence: it was answered all the same."""
    start = events.LegAnswered(at=event.at, offer_id=offer.offer_id)
    talk = answered(call, start, network)
    end = talk_done(talk.call, event, network)
    return Moved(end.call, talk.effects + end.effects, talk.signals + end.signals)


# --- talking -------------------------------------------------------------------------------


def held(call: Call, event: events.HoldStarted, network: Network) -> Moved:
    """The caller hears music."""
    _offer_of(call, event.offer_id)
    if call.held_since is not None:
        raise Illegal
    return Moved(replace(call, held_since=event.at))


def resumed(call: Call, event: events.HoldEnded, network: Network) -> Moved:
    """The agent is back."""
    _offer_of(call, event.offer_id)
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
    return Moved(replace(call, ended_by="agent"), _stop_ringing(offer) or (recall,))


def talk_over(call: Call, at: float, network: Network) -> tuple[Signal, ...]:
    """Word to the agent that the talk has ended."""
    unsaved = call.disposition.saved_at is None
    wrap_up_s = network.queue(call.queue).wrap_up_s if unsaved else 0.0
    over = TalkEnded(at=at, call_id=call.call_id, wrap_up_s=wrap_up_s, unsaved=unsaved)
    return ((call.agent_id, over),) if call.agent_id else ()


def talk_returned(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The agent's leg is gone and the caller is still there: goodbye, or wait for the agent."""
    offer = _offer_of(call, event.offer_id)
    if event.cause == AUDIO_STOPPED and call.ended_by is None:
        return _await_agent(call, event.at, ())
    call = with_offer(call, replace(offer, ended_at=event.at))
    call = replace(call, talk_ended_at=event.at, ended_by=call.ended_by or "agent")
    signals = talk_over(call, event.at, network)
    call = replace(call, outcome=Outcome.ANSWERED)
    bye = farewell(call, event.at, ())
    return Moved(bye.call, bye.effects, signals)


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
        orders = (cancel_timer(offer), effects.CancelTimer(kind="rejoin", key=call.call_id))
    signals = talk_over(call, event.at, network)
    return Moved(ended(call, event.at, by, Outcome.ANSWERED), orders, signals)


def talk_done(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The talk ended while this process was away: the caller has only the line left."""
    offer = call.offer
    if offer is not None:
        call = with_offer(call, replace(offer, ended_at=event.at))
    call = replace(
        on_leash(call, event),
        talk_ended_at=event.at,
        ended_by=call.ended_by or "agent",
        outcome=Outcome.ANSWERED,
    )
    signals = talk_over(call, event.at, network)
    bye = farewell(call, event.at, ())
    return Moved(bye.call, bye.effects, signals)


# --- the agent's audio is lost -------------------------------------------------------------


def audio_lost(call: Call, event: events.AudioLost, network: Network) -> Moved:
    """The agent's page left or reloaded in mid-call: music for the caller, not silence."""
    if call.agent_id != event.agent_id:
        raise Illegal
    if call.ended_by is not None:
        return Moved(call)  # the agent had ended the talk, and then left
    recall = effects.Recall(call_id=call.call_id, channel=call.channel)
    return _await_agent(call, event.at, (recall,))


def _await_agent(call: Call, at: float, orders: tuple[effects.Effect, ...]) -> Moved:
    offer = call.offer
    if offer is not None:
        call = with_offer(call, replace(offer, ended_at=at))
    call = enter(call, Phase.REJOINING, at)
    if call.held_since is not None:
        call = replace(call, held_since=None, hold_s=call.hold_s + at - call.held_since)
    timer = effects.StartTimer(kind="rejoin", key=call.call_id, seconds=REJOIN_S)
    here = () if orders else (_music(call), _ring_again(call))
    return Moved(call, (*orders, *here, timer))


def _ring_again(call: Call) -> effects.StartTimer:
    return effects.StartTimer(kind="ring_again", key=call.call_id, seconds=RING_AGAIN_S)


def rejoin_returned(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The caller is on the leash and hears music; World rings the agent when the phone is there."""
    back, orders = _close_ring(on_leash(call, event), Result.WITHDRAWN, event.at)
    return Moved(back, (*orders, _music(back)))


def _close_ring(call: Call, result: Result, at: float) -> tuple[Call, tuple[effects.Effect, ...]]:
    offer = call.open_offer
    if offer is None:
        return call, ()
    return with_offer(call, replace(offer, result=result, ended_at=at)), _stop_ringing(offer)


def rejoin_ring(call: Call, offer: Offer, endpoint: str) -> Moved:
    """Ring the agent back into the talk; the browser answers by itself. (Called by World.)"""
    call = replace(call, offers=(*call.offers, offer))
    ring = effects.Ring(
        call_id=call.call_id,
        offer_id=offer.offer_id,
        endpoint=endpoint,
        timeout_s=offer.ring_until - offer.at,
        auto=True,
    )
    return Moved(call, (ring,))


def rejoin_failed(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The agent's phone did not take it; try again when it is seen and now and then, until
    time is up: a page that reloads is rung at its old address first.
    """
    offer = _offer_of(call, event.offer_id)
    if offer.result is None:
        result = RESULTS.get(event.status, Result.UNREACHABLE)
        call = with_offer(call, replace(offer, result=result, ended_at=event.at))
    return Moved(call, (_music(call), _ring_again(call)))


def requeue(call: Call, event: events.TimerFired, network: Network) -> Moved:
    """The agent did not come back: to the line again, in the old place.

    The record goes with the call, to whoever answers next. A phone that still rings is left by
    taking the caller out of the dial: only when the caller is back may somebody else be rung.
    """
    over = TalkEnded(at=event.at, call_id=call.call_id, wrap_up_s=0.0, unsaved=False, gone=True)
    signals = ((call.agent_id, over),) if call.agent_id else ()
    rings = call.open_offer is not None
    call, orders = _close_ring(call, Result.UNREACHABLE, event.at)
    if rings:
        orders += (effects.Recall(call_id=call.call_id, channel=call.channel),)
    call = replace(
        enter(call, Phase.WAITING, event.at),
        agent_id=None,
        talk_ended_at=event.at,
        leashed=call.leashed and not rings,
        disposition=replace(call.disposition, saved_at=None),
    )
    return Moved(call, (*orders, keep_place(call)), signals)
