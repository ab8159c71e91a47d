"""A voice message, from the recording to the end of the work with it: what each fact changes.

It is a promise like that of a callback, a call of its own that stands in line in the place of the
one who left it, with a recording. So it shares the callback's moves but for what is said here: an
agent listens first, at any hour and without a telephone, and then rings the citizen, is done
without a call, or gives the message back for later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.signals import ListeningBegan
from contactcentre.core.call import callback_moves, menu_moves, record_moves, signals
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.move import Moved, enter, with_leg
from contactcentre.core.call.offers import cut_off, ended, open_offer_of
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.call.voice_message import VoiceMessage, says_something
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace

LISTEN_S = 900.0
"""Whoever has listened for so long without a word has left the desk: to the next one. The longest
message takes ten minutes."""

LATER_S = 900.0
"""A message that was given back is offered again after so long, and meanwhile to nobody."""

SAVED = "voicemail.saved"
FULL = "voicemail.full"


# --- left ----------------------------------------------------------------------------------


def recorded(call: Call, event: events.MessageRecorded, network: Network) -> Moved:
    """The caller is thanked, and somebody is to hear it, if there is anything to be heard."""
    if call.end.outcome is Outcome.CALLBACK:
        return menu_moves.farewell(_with_question(call, event), event.at, (menu_moves.GOODBYE,))
    left = _left(call, event)
    said = (SAVED,) if left else (FULL,) if event.full else ()
    if event.full:
        call = call.settled(Outcome.TURNED_AWAY)
    bye = menu_moves.farewell(call, event.at, (*said, menu_moves.GOODBYE))
    return Moved(bye.call, (*bye.follows, *left))


def recorded_late(call: Call, event: events.MessageRecorded, network: Network) -> Moved:
    """The caller was gone before we heard of it."""
    if call.end.outcome is Outcome.CALLBACK:
        return Moved(_with_question(call, event))
    return Moved(call, _left(call, event))


def _with_question(call: Call, event: events.MessageRecorded) -> Call:
    if not says_something(event.seconds, sounds=event.sounds):
        return call
    question = VoiceMessage(recording=event.recording, seconds=event.seconds)
    return replace(call, end=replace(call.end, question=question))


def question_told(call: Call, event: signals.QuestionLeft, network: Network) -> Moved:
    """What a callback is about was said, and told of when it had been promised."""
    if call.callback is None:
        raise Illegal
    return Moved(replace(call, callback=replace(call.callback, question=event.question)))


def left_behind(
    ended: Iterable[Call], event: events.MessageRecorded, promised: Callable[[Call], str]
) -> tuple[events.Event, ...]:
    """The same, where the call is over and was laid aside; the message itself may be, too, and so
    may the callback that was promised (`promised` says its id, "" where there is none).

    Raises `Illegal` where nobody remembers the call.
    """
    known = {call.call_id: call for call in ended}
    asked = known.get(event.call_id)
    if asked is None:
        raise Illegal
    if asked.end.outcome is Outcome.CALLBACK:
        question, key = _with_question(asked, event).end.question, promised(asked)
        told = signals.QuestionLeft(at=event.at, call_id=key, question=question)
        return (told,) if key and question is not None else ()
    return () if callback_moves.promise_id(asked.call_id) in known else _left(asked, event)


def _left(asked: Call, event: events.MessageRecorded) -> tuple[events.Event, ...]:
    if not says_something(event.seconds, sounds=event.sounds):
        return ()
    message = VoiceMessage(recording=event.recording, seconds=event.seconds)
    key = callback_moves.promise_id(asked.call_id)
    return (signals.MessageLeft(at=event.at, call_id=key, asked=asked, message=message),)


def made(call: None, event: signals.MessageLeft, network: Network) -> Moved:
    """The message, in the place of the call in which it was left."""
    asked, at = event.asked, event.at
    within_s = network.queue(asked.queue).targets.message_s
    promise = Callback(
        asked_in=asked.call_id,
        asked_at=at,
        due_at=callback_moves.due_at(at, within_s, network),
        message=event.message,
    )
    caller = network.callback_number(asked.caller) or asked.caller
    return Moved(callback_moves.made(event.call_id, asked, caller, promise, network))


# --- listened to ---------------------------------------------------------------------------


def opened(call: Call, event: commands.MessageOpened, network: Network) -> Moved:
    """The agent takes it: there is time to hear it, more than once."""
    offer, promise = open_offer_of(call, event.offer_id, event.agent_id), call.callback
    if promise is None or promise.message is None:
        raise Illegal
    message = replace(promise.message, heard_at=promise.message.heard_at or event.at)
    call = with_leg(call, replace(offer, ring_until=event.at + LISTEN_S))
    call = replace(call, callback=replace(promise, message=message))
    lease = effects.StartTimer(kind=Timer.OFFER, key=offer.leg_id, seconds=LISTEN_S)
    word = ListeningBegan(at=event.at, agent_id=event.agent_id, offer_id=offer.leg_id)
    return Moved(enter(call, Phase.LISTENING, event.at), (lease, word))


def ring_back(call: Call, event: commands.RingBackChosen, network: Network) -> Moved:
    """Ring who left it. Where that may not be, or not now, the agent goes on listening."""
    may = callback_moves.may_ring(event.at, network)
    if not may or network.callback_number(call.caller) is None:
        raise Illegal
    return callback_moves.ring_back(call, event, network)


def saved(call: Call, event: commands.RecordSaved, network: Network) -> Moved:
    """What the agent writes down while listening; the whole of it, and no call was needed."""
    offer = call.open_offer
    if offer is None or offer.agent_id != event.agent_id:
        raise Illegal
    call = record_moves.written(call, event, network)
    if not event.finish:
        return Moved(call)
    call, follows = cut_off(call, offer, Result.HANDLED, event.at, network)
    call = replace(call, talk=replace(call.talk, agent_id=event.agent_id))
    return Moved(ended(call, event.at, "agent", Outcome.HANDLED), follows)


def returned(call: Call, event: commands.OfferRejected, network: Network) -> Moved:
    """For later, or for somebody else: it keeps its place, and what was written of it."""
    offer, promise = open_offer_of(call, event.offer_id, event.agent_id), call.callback
    if promise is None:
        raise Illegal
    call, follows = cut_off(call, offer, Result.RETURNED, event.at, network)
    call = replace(call, callback=replace(promise, not_before=event.at + LATER_S))
    return Moved(enter(call, Phase.CALLBACK, event.at), follows)
