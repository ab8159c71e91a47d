"""The agent passes the caller on to a person: a colleague by name, or a number outside.

The agent's leg waits on its leash until somebody has answered. So a caller whom nobody takes is
back with the agent at once, and is never lost.
"""

from __future__ import annotations

import dataclasses

from contactcentre.core import commands, effects, events
from contactcentre.core.call import signals
from contactcentre.core.call.consult_moves import (
    gone_outside,
    new_leg,
    phone_of,
    talk_started,
)
from contactcentre.core.call.end_moves import transfer_over
from contactcentre.core.call.hold_moves import (
    apart,
    aside_over,
    back,
    found,
    own_leg,
    park,
    take_over,
    unheard,
)
from contactcentre.core.call.leg import Leg, Party, Purpose
from contactcentre.core.call.menu_moves import keep_place
from contactcentre.core.call.move import Follow, Moved, enter, with_leg
from contactcentre.core.call.offers import RESULTS, cancel_timer, music, on_leash
from contactcentre.core.call.state import Call, Hears, Phase
from contactcentre.core.call.talk_moves import talk_returned
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import DialResult, Result
from contactcentre.core.values import replace


def chosen(call: Call, event: signals.PartyChosen, network: Network) -> Moved:
    """The caller is rung on for, as soon as the agent's leg is parked."""
    leg, held = own_leg(call, event.agent_id), call.phase is Phase.HELD
    if held and not call.talk.parted:
        raise Illegal
    if held:
        call = enter(call, Phase.PASSING, event.at)
    else:
        call = apart(call, leg, Phase.PASSING, event.at)
    call, follows = new_leg(call, event, network)
    if not held:
        return Moved(call, (*follows, park(call, leg, fetches=False)))
    return _rung(call, event.at, network, *follows)


def _rung(call: Call, at: float, network: Network, *orders: Follow) -> Moved:
    aside = call.aside
    if aside is None:
        return back(call, at, *orders)
    seconds = max(1.0, aside.ring_until - at)
    phone = phone_of(aside, network)
    ring: effects.Effect
    if phone is None:
        ring = effects.Transfer(
            call_id=call.call_id,
            step=call.channel.step,
            number=aside.number,
            offer_id=aside.leg_id,
            timeout_s=seconds,
        )
    else:
        ring = effects.Ring(
            call_id=call.call_id, offer_id=aside.leg_id, phone=phone, timeout_s=seconds
        )
    call = replace(call, talk=replace(call.talk, parted=False))
    return Moved(call, (*orders, ring))


def parted(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The caller is on the leash: somebody is rung; or that is over, and the agent has the caller
    again."""
    aside = call.aside
    call = replace(call, talk=replace(call.talk, parted=True))
    rings = aside is not None and aside.rings and aside.leg_id != event.offer_id
    if rings:
        return _rung(call, event.at, network, keep_place(call))
    if aside is not None and event.result.answered:
        return _talked_unseen(call, aside, event, network)
    result = RESULTS.get(event.result, Result.UNREACHABLE)
    call, word = aside_over(call, result, event.at, network)
    return back(call, event.at, keep_place(call), music(call), *word)


def returned(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The caller is on the leash of a new process."""
    call, aside = on_leash(call, event), call.aside
    result = DialResult.ANSWERED if event.talked else DialResult.UNREACHABLE
    begun = aside is not None and aside.dialed_at is not None
    told = events.DialEnded(
        at=event.at,
        call_id=call.call_id,
        offer_id=aside.leg_id if aside is not None and begun else "",
        result=result,
    )
    return parted(call, told, network)


def answered(call: Call, event: events.LegAnswered, network: Network) -> Moved:
    """The caller is theirs."""
    aside = call.aside
    if aside is None or aside.leg_id != event.offer_id or not aside.rings:
        return Moved(call)
    aside = replace(aside, answered_at=event.at)
    call = with_leg(call, aside)
    if aside.party is not Party.AGENT:
        out = gone_outside(call, aside, event.at, network)
        return Moved(out.call, (cancel_timer(aside), *out.follows))
    call, free = take_over(call, aside, event.at)
    call = with_leg(enter(call, Phase.TALKING, event.at), replace(aside, purpose=Purpose.HANDED))
    start = talk_started(call, aside, event.at)
    return Moved(call, (cancel_timer(aside), *free, *start))


def _talked_unseen(call: Call, aside: Leg, event: events.DialEnded, network: Network) -> Moved:
    """The whole talk fell into a gap of the link: it was answered all the same."""
    start = events.LegAnswered(at=event.at, offer_id=aside.leg_id)
    talk = answered(call, start, network)
    told = dataclasses.replace(event, offer_id=aside.leg_id)
    over = talk_returned if aside.party is Party.AGENT else transfer_over
    end = over(talk.call, told, network)
    return Moved(end.call, (*talk.follows, *end.follows))


def stopped(
    call: Call,
    event: commands.ReachDropped | commands.OfferRejected,
    network: Network,
) -> Moved:
    """By the agent, or by the colleague who can't now; the dial's end brings the caller back."""
    aside = call.aside
    if aside is None or not aside.rings:
        raise Illegal
    if isinstance(event, commands.OfferRejected):
        result, may = Result.REJECTED, (aside.leg_id, aside.agent_id)
        asks = event.offer_id, event.agent_id
    else:
        result, may = Result.WITHDRAWN, (call.call_id, call.talk.agent_id or "")
        asks = event.call_id, event.agent_id
    if asks != may:
        raise Illegal
    return _stopped(call, result, event.at, network)


def ring_over(
    call: Call, event: signals.LeaseOver | signals.OfferWithdrawn, network: Network
) -> Moved:
    """Nothing was heard of the ring, or the colleague has gone."""
    return _stopped(call, unheard(call, event), event.at, network)


def _stopped(call: Call, result: Result, at: float, network: Network) -> Moved:
    aside = call.aside
    call, word = aside_over(call, result, at, network)
    if aside is None or not aside.channel:
        return Moved(call, word)
    hang_up = effects.HangUpLeg(offer_id=aside.leg_id, leg=aside.channel)
    return Moved(call, (*word, hang_up))


def leg_gone(call: Call, event: events.LegHungUp, network: Network) -> Moved:
    """The agent did not wait for it: whoever answers has the caller all the same."""
    own = call.offer
    if own is None or own.leg_id != event.offer_id or not own.talks:
        return Moved(call)
    return Moved(with_leg(call, own.over(event.at, Result.HUNG_UP)))


def audio_lost(call: Call, event: commands.AudioLost, network: Network) -> Moved:
    """The agent's page left or reloaded."""
    own = call.offer
    if call.talk.agent_id != event.agent_id or own is None:
        raise Illegal
    return Moved(with_leg(call, own.over(event.at, Result.AUDIO_LOST)))


def talk_found(call: Call, event: signals.TalkFound, network: Network) -> Moved:
    """The agent's leg has fetched the caller by itself, as no service was there."""
    if event.hears is not Hears.CALLER:
        raise Illegal
    call, word = aside_over(call, Result.WITHDRAWN, event.at, network)
    return Moved(enter(found(call, Hears.CALLER, event.at), Phase.TALKING, event.at), word)
