"""An agent with two calls: one leg at the exchange, turned from the one to the other.

Each call has a leg of that agent; in one of them it is `away`. To turn is to hold the one and take
back the other, by the moves of `hold_moves`: so nobody is joined before both are alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contactcentre.core import effects, events
from contactcentre.core.agent.signals import TalkStarted
from contactcentre.core.call import signals
from contactcentre.core.call.hold_moves import apart, legs_ended, own_leg, park, together
from contactcentre.core.call.leg import Leg, Purpose
from contactcentre.core.call.move import Change, Follow, Moved, enter, with_leg
from contactcentre.core.call.offers import cancel_timer, lifted, music, next_offer
from contactcentre.core.call.state import TALKS, Call, Hears, Phase, Talk
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace


def may_turn(call: Call, agent_id: str) -> bool:
    """Whether the agent can turn away from this call just now, and to another."""
    if call.phase not in (Phase.TALKING, Phase.HELD):
        return False
    try:
        own = own_leg(call, agent_id)
    except Illegal:
        return False
    return not own.away


# --- turned ----------------------------------------------------------------------------------


def turned_away(call: Call, event: signals.TurnedAway, network: Network) -> Moved:
    """Music for this caller; whoever listens to the agent hears no other citizen."""
    own = own_leg(call, call.talk.agent_id or "")
    orders: tuple[Follow, ...] = ()
    if call.phase is Phase.TALKING and event.parks:
        orders = (park(call, own),)
    held = apart(call, replace(own, away=True, muted=False), Phase.HELD, event.at)
    talk = replace(held.talk, beside=event.other)
    listened = signals.ListenOver(at=event.at, call_id=call.call_id)
    return Moved(replace(held, talk=talk), (*orders, listened))


def turned_to(call: Call, event: signals.TurnedTo, network: Network) -> Moved:
    """The agent is with this caller, as soon as both are alone."""
    own = own_leg(call, call.talk.agent_id or "")
    talk = replace(call.talk, joins=True, beside=event.other, hears=Hears.CALLER, adds=False)
    leg = replace(own, away=False, alone=event.leg.alone)
    return _joined(with_leg(replace(call, talk=talk), leg), leg, event.at)


def lent(call: Call, event: signals.TurnedTo, network: Network) -> Moved:
    """The citizen has lifted, and the agent's leg is there already: nothing rings a second time."""
    offer, at = call.open_offer, event.at
    if offer is None:
        raise Illegal
    leg = _by(offer, event.leg, at, alone=event.leg.alone)
    talk = Talk(
        agent_id=leg.agent_id,
        answered_at=at if call.talk.answered_at is None else call.talk.answered_at,
        parted=call.channel.leashed,
        joins=True,
        beside=event.other,
    )
    call = replace(enter(lifted(call, at), Phase.HELD, at), talk=talk)
    call = replace(call, queueing=call.queueing.served())
    orders: tuple[Follow, ...] = (cancel_timer(leg),)
    if leg.phone_holds and call.talk.parted:  # until its own key is pressed
        orders += (music(call),)
    return _joined(with_leg(call, leg), leg, at, *orders)


def _by(leg: Leg, heard: Leg, at: float, *, alone: bool) -> Leg:
    """That leg, answered by the telephone at which the agent is already. Nothing of it is recorded:
    the recording is the other call's."""
    return replace(
        leg,
        via=heard.name,
        channel=heard.channel,
        dialed_at=at,
        answered_at=at,
        leashed=True,
        alone=alone,
        phone_holds=heard.phone_holds,
        recorded=None,
    )


def _joined(call: Call, leg: Leg, at: float, *orders: Follow) -> Moved:
    word = TalkStarted(at=at, agent_id=leg.agent_id, offer_id=leg.leg_id, call_id=call.call_id)
    return together(call, at, *orders, word)


def leg_back(call: Call, event: events.LegLeashed, network: Network) -> Moved:
    """What a talk leaves behind is told before its end: the leg is there for the other call."""
    own = call.offer
    if not call.talk.beside or own is None or own.leg_id != event.offer_id:
        return Moved(call)
    return Moved(with_leg(call, replace(own, alone=True)))


# --- one of two is over ----------------------------------------------------------------------


def left_alone(call: Call, event: signals.LeftAlone, network: Network) -> Moved:
    """The agent has this call only. Nobody is joined by that: the agent says when."""
    call, own = replace(call, talk=replace(call.talk, beside="")), call.offer
    if event.given and own is not None and own.talks:
        call = with_leg(call, replace(own, away=False, alone=event.alone))
    return Moved(call)


def ended(change: Change, calls: Mapping[str, Call]) -> Iterator[Follow]:
    """What becomes of legs that end, and of the agent's other call, where there is one."""
    before, after = change.before, change.after
    other = calls.get(before.talk.beside) if before is not None else None
    own = before.offer if before is not None and other is not None else None
    if before is None or own is None or other is None or not _leaves(before, after):
        yield from legs_ended(change)
        return
    goes_on = other.offer is not None and other.offer.talks
    given = goes_on and own.talks and not own.away
    for order in legs_ended(change):
        if not (goes_on and order.leg == own.channel):
            yield order
        elif given and _is_heard(before, own, after):
            yield park(other, own)
    if goes_on and own.recorded is not None and own.talks:
        yield effects.StopRecording(offer_id=own.name, leg=own.channel)
    alone = given and own.alone
    yield signals.LeftAlone(at=change.at, call_id=other.call_id, given=given, alone=alone)


def _leaves(before: Call, after: Call) -> bool:
    """Whether the agent does not have that call any more, from now on: what is written of it later
    is about no other call."""
    still = after.phase in TALKS and after.talk.agent_id == before.talk.agent_id
    return before.phase in TALKS and not still


def _is_heard(before: Call, own: Leg, after: Call) -> bool:
    """Whether somebody who stays is in a talk with the agent's leg: it comes out by itself where
    the caller goes."""
    consults = before.phase is Phase.CONSULTING and after.phase is not Phase.ENDED
    return consults and not own.alone and not before.talk.joins


# --- the agent's audio was lost --------------------------------------------------------------


def back(change: Change, calls: Mapping[str, Call]) -> Iterator[Follow]:
    """The agent is back in the call at hand: the other one is on hold by the same leg."""
    before, after = change.before, change.after
    if before is None or (before.phase, after.phase) != (Phase.REJOINING, Phase.TALKING):
        return
    other, leg = calls.get(after.talk.beside), after.offer
    if other is not None and leg is not None:
        yield signals.HeardAgain(at=change.at, call_id=other.call_id, leg=leg)


def heard_again(call: Call, event: signals.HeardAgain, network: Network) -> Moved:
    """On hold, as before."""
    at, heard = event.at, event.leg
    own = call.offer
    if own is not None:
        call = with_leg(call, own.over(at, Result.AUDIO_LOST))
    purpose, device = Purpose.REJOIN, network.device(heard.agent_id)[0]
    new = next_offer(call, heard.agent_id, at, 0.0, device=device, purpose=purpose)
    leg = replace(_by(new, heard, at, alone=False), away=True, held_since=at)
    talk = replace(call.talk, hears=Hears.CALLER, joins=False, parted=call.channel.leashed)
    call = with_leg(replace(enter(call, Phase.HELD, at), talk=talk), leg)
    return Moved(call, (effects.CancelTimer(kind=Timer.REJOIN, key=call.call_id),))
