"""A promise to ring back, from the asking to the talk: what each fact changes.

The promise is a call of its own that stands in line in the place of the one who asked. An agent
reads the card and says when; only then is the citizen rung, so nobody lifts to silence.
"""

from __future__ import annotations

import dataclasses
import uuid

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.signals import OfferOver
from contactcentre.core.call import signals
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.leg import Leg, Party, Purpose
from contactcentre.core.call.menu_moves import keep_place, say
from contactcentre.core.call.move import Follow, Moved, enter, in_place, into, with_leg
from contactcentre.core.call.offer_moves import (
    LEASE_GRACE_S,
    abandoned,
    offer_lost,
    offer_to,
    ring,
    waiting_again,
)
from contactcentre.core.call.offers import (
    cut_off,
    ended,
    music,
    offer_of,
    on_leash,
    open_offer_of,
)
from contactcentre.core.call.queueing import Queueing
from contactcentre.core.call.state import Call, CallerChannel, MenuChoice, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace
from routing.calendar import local_minute

UNCONNECTED = (Phase.CALLBACK, Phase.PREVIEWED, Phase.LISTENING, Phase.CALLING)
"""The phases of a promise: the citizen is not on the telephone (yet)."""

HELLO = "callback.hello"

UNSENT_S = (60.0, 120.0, 240.0, 480.0, 900.0)
"""The pause after the first dial for which there was no line, the second, and so on."""

_NAMES = uuid.UUID("5f0b1f2e-6f0c-4a57-9a5e-3f4f0f1d7c11")


def may_ring(at: float, network: Network) -> bool:
    """Whether citizens may be rung at that instant: in the hours of the rules and the hotline."""
    rules = network.callbacks
    _, minute = local_minute(at)
    calendar = network.calendars.get(rules.calendar)
    is_open = calendar is None or calendar.state(at) == "open"
    return is_open and rules.from_minute <= minute < rules.until_minute


def stands(call: Call, at: float, network: Network, *, telephony: bool) -> bool:
    """Whether a promise is in line just now; a message can be heard at any time."""
    promise = call.callback
    if promise is None or promise.taken_by or promise.opens_at > at:
        return False
    return promise.message is not None or (telephony and may_ring(at, network))


# --- asked, and not needed any more --------------------------------------------------------


def promise_id(asked_in: str) -> str:
    """It follows from the call in which it was asked for, so that none makes two promises."""
    return uuid.uuid5(_NAMES, asked_in).hex


def promised(call: None, event: signals.CallbackAsked, network: Network) -> Moved:
    """The promise, in the place of the call in which it was asked for."""
    asked, at = event.asked, event.at
    number = network.callback_number(asked.end.callback_to)
    if number is None:
        raise Illegal
    due = due_at(at, network.callbacks.promise_s, network)
    question = asked.end.question
    promise = Callback(asked_in=asked.call_id, asked_at=at, due_at=due, question=question)
    return Moved(made(event.call_id, asked, number, promise, network))


def made(
    call_id: str, asked: Call, caller: str | None, promise: Callback, network: Network
) -> Call:
    """The call that is such a promise, where the one stood that it came of."""
    queue, at = network.queue(asked.queue), promise.asked_at
    call = Call(
        call_id=call_id,
        channel=CallerChannel(leashed=False),
        caller=caller,
        dialled=asked.dialled,
        arrived_at=at,
        phase=Phase.CALLBACK,
        since=at,
        language=asked.language,
        choice=MenuChoice(
            cursor=asked.choice.cursor,
            matter=asked.choice.matter or queue.queue_id,
            municipality=asked.choice.municipality,
        ),
        queueing=Queueing(
            services=asked.queueing.services or queue.services,
            skills=asked.queueing.skills or queue.skills,
            queued_at=_before(asked.queueing.queued_at, at),
            place_at=_before(asked.queueing.place_at, at),
        ),
        callback=promise,
    )
    return into(call, queue, network)


def _before(instant: float | None, at: float) -> float:
    """Of a call that was over before the clock was set back it may lie ahead."""
    return at if instant is None else min(instant, at)


def asked_again(call: Call, event: signals.AskedAgain, network: Network) -> Moved:
    """The better place of the two; and the attempts count anew, also where the last one is under
    way: the line that it finds engaged may be that of this very asking. The last question counts.
    """
    if call.callback is None:
        raise Illegal
    place_at = min(event.place_at, call.queueing.place_at or call.since)
    question = event.question or call.callback.question
    again = replace(call.callback, attempts=0, question=question)
    return Moved(in_place(replace(call, callback=again), place_at))


def due_at(at: float, within_s: float, network: Network) -> float:
    """Promised in opening time; where there is no such calendar, or it never opens, in time."""
    calendar = network.calendars.get(network.callbacks.calendar)
    due = calendar.after(at, within_s) if calendar is not None else None
    return at + within_s if due is None else due


def rang_in(call: Call, event: signals.CitizenRangIn, network: Network) -> Moved:
    """The citizen was faster and waits in the place: nobody is rung meanwhile. A dial that the
    citizen's own call has crossed was no attempt."""
    call, follows = _stopped(call, Result.WITHDRAWN, event.at, network)
    promise = call.callback
    if promise is not None and call.dial is not None and call.dial.rings:
        call = replace(call, callback=_not_rung(promise))
    call = _dial_over(call, Result.WITHDRAWN, event.at)
    return Moved(_taken(_hung_up(call, event.at), event.by), follows)


def served(call: Call, event: signals.CitizenServed, network: Network) -> Moved:
    """What was promised is done."""
    return Moved(ended(call, event.at, "caller", Outcome.RANG_IN))


def owed_again(call: Call, event: signals.CitizenGaveUp, network: Network) -> Moved:
    """The promise stands where it stood, due when it was due."""
    return Moved(_taken(call, ""))


def _taken(call: Call, by: str) -> Call:
    promise = call.callback
    return call if promise is None else replace(call, callback=replace(promise, taken_by=by))


def _hung_up(call: Call, at: float) -> Call:
    """Nobody is on the telephone; answers to orders given before are old."""
    channel = CallerChannel(leashed=False, step=call.channel.step)
    return replace(enter(call, Phase.CALLBACK, at), channel=channel)


def _stopped(
    call: Call, result: Result, at: float, network: Network
) -> tuple[Call, tuple[Follow, ...]]:
    """The offer is over, if there is one: no lease runs for it, and nothing rings."""
    offer, dial = call.open_offer, call.dial
    if offer is None:
        return call, ()
    call, follows = cut_off(call, offer, result, at, network)
    if dial is not None and dial.rings:
        follows += (effects.HangUpLeg(offer_id=offer.leg_id, leg=dial.leg_id),)
    return call, follows


def _dial_over(call: Call, result: Result, at: float) -> Call:
    """The citizen is not on the telephone (any more)."""
    return with_leg(call, call.dial.over(at, result)) if call.dial is not None else call


# --- offered to an agent -------------------------------------------------------------------


def previewed(call: Call, event: signals.AgentChosen, network: Network) -> Moved:
    """An agent was chosen: a promise is read before anybody is rung."""
    card_s = network.callbacks.card_s
    call, offer, word = offer_to(call, event, Phase.PREVIEWED, network, stands_s=card_s)
    lease = effects.StartTimer(kind=Timer.OFFER, key=offer.leg_id, seconds=card_s)
    return Moved(call, (lease, word))


def preview_over(call: Call, event: signals.LeaseOver, network: Network) -> Moved:
    """The agent did not say a word: to the next one."""
    offer_of(call, event.offer_id)
    return _back_in_line(call, Result.MISSED, event.at, network)


def preview_rejected(call: Call, event: commands.OfferRejected, network: Network) -> Moved:
    """The agent can't: to the next one."""
    open_offer_of(call, event.offer_id, event.agent_id)
    return _back_in_line(call, Result.REJECTED, event.at, network)


def preview_withdrawn(call: Call, event: signals.OfferWithdrawn, network: Network) -> Moved:
    """The agent has gone: to the next one."""
    offer_of(call, event.offer_id)
    return _back_in_line(call, event.result, event.at, network)


def _back_in_line(call: Call, result: Result, at: float, network: Network) -> Moved:
    """Nobody was rung: the promise stands where it stood."""
    call, follows = _stopped(call, result, at, network)
    return Moved(enter(call, Phase.CALLBACK, at), follows)


# --- the citizen is rung -------------------------------------------------------------------


def ring_back(call: Call, event: commands.RingBackChosen, network: Network) -> Moved:
    """The agent is there: ring the citizen, unless the hours have ended meanwhile."""
    offer, promise = offer_of(call, event.offer_id), call.callback
    if offer.agent_id != event.agent_id or promise is None or call.caller is None:
        raise Illegal
    if call.phase is Phase.PREVIEWED and promise.message is not None:
        raise Illegal  # it is heard first
    if not may_ring(event.at, network):
        return _back_in_line(call, Result.WITHDRAWN, event.at, network)
    return dial(call, offer, call.caller, event.at, network)


def dial(call: Call, offer: Leg, number: str, at: float, network: Network) -> Moved:
    """The citizen's telephone is to ring, and the agent of that offer waits."""
    promise = call.callback
    if promise is None:
        raise Illegal
    ring_s = network.callbacks.ring_s
    name = f"cb-{call.call_id}-{1 + sum(leg.purpose is Purpose.CALLBACK for leg in call.legs)}"
    offer = replace(offer, ring_until=at + ring_s)
    leg = Leg(
        leg_id=name,
        party=Party.CITIZEN,
        purpose=Purpose.CALLBACK,
        device="telephone",
        channel=name,
        at=at,
        ring_until=at + ring_s,
    )
    calling = replace(
        enter(with_leg(with_leg(call, offer), leg), Phase.CALLING, at),
        channel=replace(call.channel, name=name, unique_id=name),
        callback=replace(promise, attempts=promise.attempts + 1),
    )
    ring = effects.RingBack(
        call_id=call.call_id,
        dial=name,
        number=number,
        shown=network.shown_number(call.dialled),
        timeout_s=ring_s,
    )
    lease = effects.StartTimer(kind=Timer.OFFER, key=offer.leg_id, seconds=ring_s + LEASE_GRACE_S)
    return Moved(calling, (ring, lease))


def citizen_answered(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The citizen has lifted."""
    if event.talked:
        return offer_lost(call, event, network)
    call = enter(on_leash(call, event), Phase.OFFERED, event.at)
    return Moved(call, (keep_place(call),))


def answered_late(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The citizen has lifted when we had given up: first in line, with a word of who rings."""
    if event.talked:
        return waiting_again(call, event, network)
    call = _taken(enter(on_leash(call, event), Phase.WAITING, event.at), "")
    return Moved(call, (keep_place(call), say(call, (HELLO,)), music(call)))


def ring_agent(call: Call, event: signals.CitizenLifted, network: Network) -> Moved:
    """Bring agent and citizen together: a browser answers by itself, at once.

    Whoever must lift a receiver first needs seconds, in which the citizen hears who rings.
    """
    offer, by_itself = call.open_offer, event.agent.browser
    if offer is None:
        raise Illegal
    hello = () if by_itself else (say(call, (HELLO,)),)
    ring_s = network.offers.ring_s(offer.device, network.queue(call.queue).ring_s)
    offer = replace(offer, ring_until=event.at + ring_s)
    call = with_leg(call, offer)
    return Moved(call, (*hello, *ring(call, offer, event.agent, network, auto=by_itself)))


# --- the citizen is not reached ------------------------------------------------------------


def dialed(call: Call, event: events.CitizenDialed, network: Network) -> Moved:
    """The call is on its way to the citizen: from now on it is an attempt."""
    if call.dial is None or call.dial.leg_id != event.dial:
        raise Illegal
    return Moved(with_leg(call, replace(call.dial, dialed_at=call.dial.dialed_at or event.at)))


def dial_ended(call: Call, event: events.DialBackEnded, network: Network) -> Moved:
    """Busy, no answer, no such number; or no line that leads there."""
    if call.dial is None or call.dial.leg_id != event.dial or not call.dial.rings:
        raise Illegal
    left = event.result is not DialResult.UNREACHABLE
    why = Result.BUSY if event.result is DialResult.BUSY else Result.UNREACHED
    return _unreached(call, Result.UNREACHED, event.at, network, left=left, why=why)


def dial_gone(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The citizen's channel has gone before we heard of it being answered."""
    return _unreached(call, Result.UNREACHED, event.at, network)


def dial_unheard(call: Call, event: signals.LeaseOver, network: Network) -> Moved:
    """Nothing was heard of the dial in time: whatever rings, rings no more."""
    offer_of(call, event.offer_id)
    return _unreached(call, Result.UNREACHED, event.at, network, left=_has_left(call))


def dial_stopped(call: Call, event: commands.OfferRejected, network: Network) -> Moved:
    """The agent breaks off; where the citizen's telephone has rung it counts as an attempt. Who has
    dialled may think better of it."""
    open_offer_of(call, event.offer_id, event.agent_id)
    own = call.callback is not None and call.callback.dialled
    result = Result.WITHDRAWN if own else Result.REJECTED
    return _unreached(call, result, event.at, network, left=_has_left(call))


def dial_withdrawn(call: Call, event: signals.OfferWithdrawn, network: Network) -> Moved:
    """The agent has gone while the citizen's telephone rang."""
    offer_of(call, event.offer_id)
    return _unreached(call, event.result, event.at, network, left=_has_left(call))


def _has_left(call: Call) -> bool:
    """Whether the exchange has said so: the order may wait for the journal, or for the link."""
    return call.dial is not None and call.dial.dialed_at is not None


def _unsent(promise: Callback, at: float) -> Callback:
    """No line led out: again soon, and less and less soon."""
    unsent = min(promise.unsent + 1, len(UNSENT_S))
    not_before = at + UNSENT_S[unsent - 1]
    return replace(_not_rung(promise), unsent=unsent, not_before=not_before)


def _not_rung(promise: Callback) -> Callback:
    """The dial under way was no attempt."""
    return replace(promise, attempts=max(0, promise.attempts - 1))


def left(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """Whoever gives up waiting abandons; a citizen whom we had rung is rung again."""
    if call.callback is None or call.talk.answered_at is not None:
        return abandoned(call, event, network)
    return _unreached(call, Result.UNREACHED, event.at, network)


def _unreached(
    call: Call,
    result: Result,
    at: float,
    network: Network,
    *,
    left: bool = True,
    why: Result = Result.UNREACHED,
) -> Moved:
    """Later again, or never any more: the agent is free in any case, and the leg says `why`. What
    has not left the exchange was no attempt; what an agent has dialled is dialled once."""
    promise = call.callback
    if promise is None:
        raise Illegal
    call, follows = _stopped(call, result, at, network)
    lifted = call.dial is not None and call.dial.talks
    over = why if left else Result.UNREACHABLE
    call = _dial_over(call, Result.CALLER_LEFT if lifted else over, at)
    follows = tuple(
        dataclasses.replace(one, dial=over) if isinstance(one, OfferOver) else one
        for one in follows
    )
    rules = network.callbacks
    if promise.dialled or (left and promise.attempts >= rules.attempts):
        return Moved(ended(call, at, "service", Outcome.NOT_REACHED), follows)
    if left:
        pause_s = rules.retry_after_s[max(0, promise.attempts - 1)]
        promise = replace(promise, unsent=0, not_before=at + pause_s)
    else:
        promise = _unsent(promise, at)
    return Moved(replace(_hung_up(call, at), callback=promise), follows)
