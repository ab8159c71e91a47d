"""A promise to ring back, from the asking to the talk: what each fact changes.

The promise is a call of its own that stands in line in the place of the one who asked. An agent
reads the card and says when; only then is the citizen rung, so nobody lifts to silence.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from contactcentre.core import effects, events
from contactcentre.core.agent.signals import Signal
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import offer_moves
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.menu_moves import keep_place, say
from contactcentre.core.call.move import Moved, enter, into
from contactcentre.core.call.offer_moves import (
    LEASE_GRACE_S,
    PROMPT_S,
    abandoned,
    lease_s,
    offer_for,
    offer_lost,
    offered,
    waiting_again,
)
from contactcentre.core.call.offers import (
    cancel_timer,
    ended,
    music,
    offer_of,
    on_leash,
    over,
    phone_of,
)
from contactcentre.core.call.state import Call, Offer, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result
from routing.calendar import local_minute

UNCONNECTED = (Phase.CALLBACK, Phase.PREVIEWED, Phase.CALLING)
"""The phases of a promise: the citizen is not on the telephone (yet)."""

HELLO = "callback.hello"

_NAMES = uuid.UUID("5f0b1f2e-6f0c-4a57-9a5e-3f4f0f1d7c11")


def may_ring(at: float, network: Network) -> bool:
    """Whether citizens may be rung at that instant: in the hours of the rules and the hotline."""
    rules = network.callbacks
    _, minute = local_minute(at)
    calendar = network.calendars.get(rules.calendar)
    is_open = calendar is None or calendar.state(at) == "open"
    return is_open and rules.from_minute <= minute < rules.until_minute


def stands(call: Call, at: float, network: Network) -> bool:
    """Whether a promise is in line just now."""
    promise = call.callback
    return promise is not None and promise.not_before <= at and may_ring(at, network)


# --- asked, and not needed any more --------------------------------------------------------


def promised(asked: Call, at: float, network: Network) -> Moved | None:
    """The promise that follows from a call that has ended; None where nobody may be rung.

    Its id follows from that call's, so the same call never makes two.
    """
    number = network.callback_number(asked.callback_to)
    if number is None:
        return None
    queue = network.queue(asked.queue)
    call = Call(
        call_id=uuid.uuid5(_NAMES, asked.call_id).hex,
        channel="",
        channel_id="",
        caller=number,
        dialled=asked.dialled,
        arrived_at=at,
        phase=Phase.CALLBACK,
        since=at,
        leashed=False,
        language=asked.language,
        cursor=asked.cursor,
        matter=asked.matter or queue.queue_id,
        services=asked.services or queue.services,
        skills=asked.skills or queue.skills,
        municipality=asked.municipality,
        queued_at=at if asked.queued_at is None else asked.queued_at,
        place_at=at if asked.place_at is None else asked.place_at,
        callback=Callback(asked_in=asked.call_id, asked_at=at, due_at=_due_at(at, network)),
    )
    return Moved(into(call, queue, network))


def sooner(known: Call, asked: Call) -> Moved | None:
    """The promise in the place of another asking from the same number, if that is the better."""
    better = (known.place_at or known.since) > (asked.place_at or asked.since)
    return Moved(replace(known, place_at=asked.place_at)) if better else None


def _due_at(at: float, network: Network) -> float:
    """Promised in opening time; where there is no such calendar, or it never opens, in time."""
    rules = network.callbacks
    calendar = network.calendars.get(rules.calendar)
    due_at = calendar.after(at, rules.promise_s) if calendar is not None else None
    return at + rules.promise_s if due_at is None else due_at


def rang_in(call: Call, at: float) -> Moved:
    """The citizen was faster and has taken over the place. (Called by World.)"""
    orders = _stop(call)
    signals: tuple[Signal, ...] = ()
    if call.open_offer is not None:
        call, signals = over(call, call.open_offer, Result.WITHDRAWN, at)
    return Moved(ended(call, at, "caller", Outcome.RANG_IN), orders, signals)


def _stop(call: Call) -> tuple[effects.Effect, ...]:
    """No lease runs, and nothing rings, for an offer that is over."""
    offer, promise = call.open_offer, call.callback
    if offer is None:
        return ()
    if promise is None or not promise.dial:
        return (cancel_timer(offer),)
    return (cancel_timer(offer), effects.HangUpLeg(offer_id=offer.offer_id, leg=promise.dial))


# --- offered to an agent -------------------------------------------------------------------


def chosen(call: Call, agent: Agent, at: float, network: Network, *, ring: int) -> Moved:
    """An agent was chosen: a promise is read first, a caller is rung. (Called by World.)"""
    if call.phase is not Phase.CALLBACK:
        return offered(call, agent, at, network, ring=ring)
    offer = offer_for(call, agent, at, network, ring=ring)
    call = enter(replace(call, offers=(*call.offers, offer)), Phase.PREVIEWED, offer.at)
    ring_s = offer.ring_until - offer.at
    return Moved(call, (effects.StartTimer(kind="offer", key=offer.offer_id, seconds=ring_s),))


def preview_over(call: Call, event: events.TimerFired, network: Network) -> Moved:
    """The agent did not say a word: to the next one."""
    return back_in_line(call, offer_of(call, event.key), Result.MISSED, event.at)


def preview_rejected(call: Call, event: events.OfferRejected, network: Network) -> Moved:
    """The agent can't: to the next one."""
    return back_in_line(call, offer_of(call, event.offer_id), Result.REJECTED, event.at)


def back_in_line(call: Call, offer: Offer, result: Result, at: float) -> Moved:
    """Nobody was rung: the promise stands where it stood."""
    orders = _stop(call)
    call, signals = over(call, offer, result, at)
    return Moved(enter(call, Phase.CALLBACK, at), orders, signals)


def taken_back(call: Call, offer: Offer, result: Result, at: float, network: Network) -> Moved:
    """The agent or the agent's phone has gone. (Called by World.)"""
    match call.phase:
        case Phase.CALLING:
            return _unreached(call, result, at, network)
        case Phase.PREVIEWED:
            return back_in_line(call, offer, result, at)
        case _:
            return offer_moves.taken_back(call, offer, result, at)


# --- the citizen is rung -------------------------------------------------------------------


def ring_back(call: Call, event: events.RingBackChosen, network: Network) -> Moved:
    """The agent is there: ring the citizen, unless the hours have ended meanwhile."""
    offer, promise = offer_of(call, event.offer_id), call.callback
    if offer.agent_id != event.agent_id or promise is None or call.caller is None:
        raise Illegal
    if not may_ring(event.at, network):
        return back_in_line(call, offer, Result.WITHDRAWN, event.at)
    attempt = promise.attempts + 1
    dial = f"cb-{call.call_id}-{attempt}"
    calling = replace(
        enter(call, Phase.CALLING, event.at),
        channel=dial,
        channel_id=dial,
        callback=replace(promise, attempts=attempt, dial=dial),
    )
    ring_s = network.callbacks.ring_s
    ring = effects.RingBack(
        call_id=call.call_id,
        dial=dial,
        number=call.caller,
        shown=network.shown_number(call.dialled),
        timeout_s=ring_s,
    )
    lease = effects.StartTimer(kind="offer", key=offer.offer_id, seconds=ring_s + LEASE_GRACE_S)
    return Moved(calling, (ring, lease))


def citizen_answered(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The citizen has lifted, and World rings the agent who waits for it."""
    if event.talked:
        return offer_lost(call, event, network)
    call = enter(_connected(call, event), Phase.OFFERED, event.at)
    return Moved(call, (keep_place(call),))


def answered_late(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The citizen has lifted when we had given up: first in line, with a word of who rings."""
    if event.talked:
        return waiting_again(call, event, network)
    call = enter(_connected(call, event), Phase.WAITING, event.at)
    return Moved(call, (keep_place(call), say(call, (HELLO,)), music(call)))


def _connected(call: Call, event: events.CallReturned) -> Call:
    promise = call.callback
    return replace(on_leash(call, event), callback=replace(promise, dial="") if promise else None)


def ring_agent(call: Call, agent: Agent, network: Network) -> tuple[effects.Effect, ...]:
    """Bring agent and citizen together: a browser answers by itself, at once.

    Whoever must lift a receiver first needs seconds, in which the citizen hears who rings.
    """
    offer = call.open_offer
    if offer is None:
        return ()
    ring_s = max(1.0, offer.ring_until - offer.at)
    ring = effects.Ring(
        call_id=call.call_id,
        offer_id=offer.offer_id,
        phone=phone_of(agent, network),
        timeout_s=ring_s,
        auto=agent.browser,
    )
    lease = effects.StartTimer(
        kind="offer", key=offer.offer_id, seconds=PROMPT_S + ring_s + lease_s(offer)
    )
    hello = () if agent.browser else (say(call, (HELLO,)),)
    return (*hello, ring, lease)


# --- the citizen is not reached ------------------------------------------------------------


def dial_ended(call: Call, event: events.DialBackEnded, network: Network) -> Moved:
    """Busy, no answer, or no such number."""
    if call.callback is None or call.callback.dial != event.dial:
        raise Illegal
    return _unreached(call, Result.UNREACHED, event.at, network)


def dial_gone(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The citizen's channel has gone before we heard of it being answered."""
    return _unreached(call, Result.UNREACHED, event.at, network)


def dial_unheard(call: Call, event: events.TimerFired, network: Network) -> Moved:
    """Nothing was heard of the dial in time: whatever rings, rings no more."""
    offer_of(call, event.key)
    return _unreached(call, Result.UNREACHED, event.at, network)


def dial_stopped(call: Call, event: events.OfferRejected, network: Network) -> Moved:
    """The agent breaks off; the citizen's telephone has rung, so it counts as an attempt."""
    offer_of(call, event.offer_id)
    return _unreached(call, Result.REJECTED, event.at, network)


def left(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """Whoever gives up waiting abandons; a citizen whom we had rung is rung again."""
    if call.callback is None or call.answered_at is not None:
        return abandoned(call, event, network)
    return _unreached(call, Result.UNREACHED, event.at, network)


def _unreached(call: Call, result: Result, at: float, network: Network) -> Moved:
    """Later again, or never any more: the agent is free in any case."""
    promise, offer = call.callback, call.open_offer
    if promise is None:
        raise Illegal
    orders = _stop(call)
    signals: tuple[Signal, ...] = ()
    if offer is not None:
        call, signals = over(call, offer, result, at)
    rules = network.callbacks
    if promise.attempts >= rules.attempts:
        return Moved(ended(call, at, "service", Outcome.NOT_REACHED), orders, signals)
    pause_s = rules.retry_after_s[max(0, promise.attempts - 1)]
    call = replace(
        enter(call, Phase.CALLBACK, at),
        channel="",
        channel_id="",
        leashed=False,
        callback=replace(promise, dial="", not_before=at + pause_s),
    )
    return Moved(call, orders, signals)
