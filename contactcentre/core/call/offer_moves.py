"""The caller in the line and offered to an agent: what each fact changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from contactcentre.core import effects, events
from contactcentre.core.agent.signals import Signal, TalkStarted
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.menu_moves import farewell, keep_place
from contactcentre.core.call.move import Moved, enter, with_offer
from contactcentre.core.call.notices import informed
from contactcentre.core.call.offers import (
    RESULTS,
    cancel_timer,
    ended,
    music,
    next_offer,
    offer_of,
    on_leash,
    over,
    phone_of,
    stop_ringing,
)
from contactcentre.core.call.state import Call, Offer, Phase
from contactcentre.core.call.talk_moves import talk_done, talk_returned
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result

PROMPT_S = 15.0
"""A prompt that the caller is just hearing may delay the dial by so much."""

LEASE_GRACE_S = 5.0
"""An offer of which nothing is heard so long after its ring time is taken back."""


ACCEPT_S = 25.0
"""A mobile that was answered is listened to for so long before somebody has pressed 1."""


def lease_s(offer: Offer) -> float:
    """How much longer than it rings something may come of an offer."""
    return LEASE_GRACE_S + (ACCEPT_S if offer.device == "mobile" else 0.0)


def offer_for(call: Call, agent: Agent, at: float, network: Network, *, ring: int) -> Offer:
    """An agent was chosen: for so long as that kind of phone rings."""
    device, _ = network.device(agent.agent_id)
    ring_s = network.offers.ring_s(device, network.queue(call.queue).ring_s)
    return next_offer(call, agent.agent_id, at, ring_s, device=device, ring=ring)


def offered(call: Call, agent: Agent, at: float, network: Network, *, ring: int) -> Moved:
    """An agent was chosen: ring, for so long. (Called by World, not by an event.)"""
    offer = offer_for(call, agent, at, network, ring=ring)
    ring_s = offer.ring_until - offer.at
    call = enter(replace(call, offers=(*call.offers, offer)), Phase.OFFERED, at)
    order = effects.Ring(
        call_id=call.call_id,
        offer_id=offer.offer_id,
        phone=phone_of(agent, network),
        timeout_s=ring_s,
    )
    lease = effects.StartTimer(
        kind="offer", key=offer.offer_id, seconds=PROMPT_S + ring_s + lease_s(offer)
    )
    return Moved(call, (order, lease))


def waiting_again(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash, in the old place.

    Who has talked meanwhile, in an offer that was never journaled, wants no other agent.
    """
    back = on_leash(call, event)
    if event.talked and call.answered_at is None:
        return farewell(replace(back, outcome=Outcome.UNKNOWN), event.at, ())
    return Moved(back, (keep_place(back), music(back)))


def dial_let_go(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """A dial that we wanted the caller out of has ended by itself: the leash is there still."""
    offer_of(call, event.offer_id)
    return Moved(replace(call, leashed=True), (music(call),))


def abandoned(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The caller gave up while waiting; whoever was being rung is not to blame.

    One who had been answered before is counted apart: one answer is one answer, and its wait was
    over; the service level has it already.
    """
    orders: tuple[effects.Effect, ...] = ()
    signals: tuple[Signal, ...] = ()
    offer = call.offer
    if call.phase is Phase.OFFERED and offer is not None:
        call, signals = over(call, offer, Result.CALLER_LEFT, event.at)
        orders = (cancel_timer(offer),)
    if call.answered_at is not None:
        talks = [one for one in call.offers if one.answered_at is not None]
        passed = bool(talks) and talks[-1].result is Result.PASSED_ON
        by = "caller" if passed else "lost"
        return Moved(ended(call, event.at, by, Outcome.GAVE_UP), orders, signals)
    outcome = Outcome.INFORMED if informed(call, event.at) else Outcome.ABANDONED
    return Moved(ended(call, event.at, "caller", outcome), orders, signals)


def dialed(call: Call, event: events.LegDialed, network: Network) -> Moved:
    """The agent's leg exists. If the offer was taken back meanwhile, stop it at once."""
    if any(old.offer_id == event.offer_id for old in call.offers[:-1]):
        return Moved(call, (effects.HangUpLeg(offer_id=event.offer_id, leg=event.leg),))
    offer = replace(offer_of(call, event.offer_id), leg=event.leg)
    if offer.result is not None:
        return Moved(with_offer(call, offer), stop_ringing(offer))
    if offer.dialed_at is not None:
        return Moved(with_offer(call, offer))
    ring_s = offer.ring_until - offer.at
    offer = replace(offer, dialed_at=event.at, ring_until=event.at + ring_s)
    lease = effects.StartTimer(kind="offer", key=offer.offer_id, seconds=ring_s + lease_s(offer))
    return Moved(with_offer(call, offer), () if offer.rejoin else (lease,))


def rang(call: Call, event: events.LegRang, network: Network) -> Moved:
    """The phone rings."""
    offer = offer_of(call, event.offer_id)
    if offer.result is not None:
        return Moved(call)
    return Moved(with_offer(call, replace(offer, rang_at=offer.rang_at or event.at)))


def answered(call: Call, event: events.LegAnswered, network: Network) -> Moved:
    """Agent and caller hear each other."""
    offer = offer_of(call, event.offer_id)
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
        call, signals = over(call, known, Result.WITHDRAWN, event.at)
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
    offer = offer_of(call, event.offer_id)
    if event.result.answered and offer.result is None:
        return _talked_unseen(call, offer, event, network)
    call, signals = over(call, offer, RESULTS.get(event.result, Result.UNREACHABLE), event.at)
    call = enter(call, Phase.WAITING, event.at)
    return Moved(call, (cancel_timer(offer), music(call)), signals)


def _talked_unseen(call: Call, offer: Offer, event: events.DialEnded, network: Network) -> Moved:
    """The whole talk fell into a gap of the link to the exchange: it was answered all the same."""
    start = events.LegAnswered(at=event.at, offer_id=offer.offer_id)
    talk = answered(call, start, network)
    end = talk_returned(talk.call, event, network)
    return Moved(end.call, talk.effects + end.effects, talk.signals + end.signals)


def rejected(call: Call, event: events.OfferRejected, network: Network) -> Moved:
    """The agent can't take it; the next one is rung when the exchange has let go of this phone."""
    offer = offer_of(call, event.offer_id)
    call, signals = over(call, offer, Result.REJECTED, event.at)
    return Moved(call, stop_ringing(offer), signals)


def lease_over(call: Call, event: events.TimerFired, network: Network) -> Moved:
    """Nothing was heard of the offer in time: take it back, and the caller too if need be."""
    offer = offer_of(call, event.key)
    call, signals = over(call, offer, Result.MISSED, event.at)
    recall = effects.Recall(call_id=call.call_id, channel=call.channel)
    return Moved(call, (*stop_ringing(offer), recall), signals)


def taken_back(call: Call, offer: Offer, result: Result, at: float) -> Moved:
    """The phone that is being rung has vanished, or its agent has. (Called by World.)"""
    call, signals = over(call, offer, result, at)
    return Moved(call, stop_ringing(offer), signals)


def offer_lost(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash while an offer was under way: whatever rang rings no more."""
    offer = call.offer
    if event.talked and call.open_offer is not None:
        return _talked_away(call, call.open_offer, event, network)
    back = enter(on_leash(call, event), Phase.WAITING, event.at)
    signals: tuple[Signal, ...] = ()
    orders: tuple[effects.Effect, ...] = ()
    if offer is not None:
        back, signals = over(back, offer, Result.WITHDRAWN, event.at)
        orders = (cancel_timer(offer), *stop_ringing(offer))
    return Moved(back, (*orders, keep_place(back), music(back)), signals)


def _talked_away(call: Call, offer: Offer, event: events.CallReturned, network: Network) -> Moved:
    """The whole talk fell into our absence: it was answered all the same."""
    start = events.LegAnswered(at=event.at, offer_id=offer.offer_id)
    talk = answered(call, start, network)
    end = talk_done(talk.call, event, network)
    return Moved(end.call, talk.effects + end.effects, talk.signals + end.signals)


def without_needless_waiting(orders: list[effects.Effect]) -> list[effects.Effect]:
    """A caller for whom an agent is rung in the same breath is not asked to wait first."""
    rung = {order.call_id for order in orders if isinstance(order, effects.Ring)}
    if not rung:
        return orders
    return [order for order in orders if not (_is_waiting(order) and order.call_id in rung)]


def _is_waiting(order: effects.Effect) -> TypeGuard[effects.Play | effects.Music]:
    return isinstance(order, effects.Music) or (isinstance(order, effects.Play) and order.waits)
