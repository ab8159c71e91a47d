"""Every transition of a call, in one table. What is not in it is illegal and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contactcentre.core import events
from contactcentre.core.call import (
    callback_moves,
    menu_moves,
    notices,
    offer_moves,
    offers,
    rejoin_moves,
    talk_moves,
)
from contactcentre.core.call import overflow as ways
from contactcentre.core.call import queue_transfer as pass_moves
from contactcentre.core.call.move import Move, Moved, Step, enter, into, keep
from contactcentre.core.call.state import Call, Disposition, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome

# --- moves that several phases share -------------------------------------------------------


def _leash_lost(call: Call, event: events.LeashLost, network: Network) -> Moved:
    return Moved(replace(call, leashed=False))


def _left(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    informed = notices.informed(call, event.at)
    outcome = Outcome.INFORMED if informed else Outcome.LEFT_MENU
    return Moved(offers.ended(call, event.at, "caller", outcome))


def _menu_again(call: Call, event: events.CallReturned, network: Network) -> Moved:
    return menu_moves.again(offers.on_leash(call, event), event.at, network)


def _goodbye(call: Call, event: events.Event, network: Network) -> Moved:
    return menu_moves.farewell(call, event.at, (menu_moves.GOODBYE,))


def _hang_up(call: Call, event: events.CallReturned, network: Network) -> Moved:
    return menu_moves.farewell(offers.on_leash(call, event), event.at, ())


def _closed(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    return Moved(offers.ended(call, event.at, "service", Outcome.SERVED_BY_MENU))


def _own(call: Call, agent_id: str) -> None:
    offer = call.offer
    if agent_id not in (call.agent_id, offer.agent_id if offer else None):
        raise Illegal


def _note(call: Call, event: events.NoteWritten, network: Network) -> Moved:
    _own(call, event.agent_id)
    if event.version <= call.note_version:
        raise Illegal
    return Moved(replace(call, note=event.text, note_version=event.version))


def _identified(call: Call, event: events.CallerIdentified, network: Network) -> Moved:
    _own(call, event.agent_id)
    return Moved(replace(call, identified_level=event.level, identified_by=event.method))


def _record(call: Call, event: events.RecordSaved, network: Network) -> Moved:
    _own(call, event.agent_id)
    if call.answered_at is None:
        raise Illegal
    saved_at = event.at if event.finish else call.disposition.saved_at
    record = Disposition(
        kind=event.kind, services=event.services, outcome=event.outcome, saved_at=saved_at
    )
    return Moved(replace(call, disposition=record))


_PAPERWORK: Mapping[type[events.Event], Step] = {
    events.NoteWritten: _note,
    events.CallerIdentified: _identified,
    events.RecordSaved: _record,
}


def _with_paperwork(
    phase: Phase, moves: dict[type[events.Event], Move]
) -> dict[type[events.Event], Move]:
    return {**moves, **{kind: Move(do, (phase,)) for kind, do in _PAPERWORK.items()}}


def _late(phase: Phase, *kinds: type[events.Event]) -> dict[type[events.Event], Move]:
    """Facts that may come late here and say nothing new."""
    return {kind: Move(keep, (phase,)) for kind in kinds}


_P = Phase
_AFTER_DIAL = (
    events.DialBackEnded,
    events.CallerHungUp,
    events.LeashLost,
    events.DialEnded,
    events.LegHungUp,
    events.LegRang,
    events.PromptsPlayed,
    events.DigitPressed,
)
"""What may still be told of an attempt that is over."""

_MENU_ENDS = (_P.MENU, _P.WAITING, _P.RECORDING, _P.TRANSFERRED, _P.CLOSING)

TABLE: Mapping[Phase, Mapping[type[events.Event], Move]] = {
    _P.MENU: {
        events.PromptsPlayed: Move(menu_moves.answer, _MENU_ENDS),
        events.DigitsEntered: Move(menu_moves.answer, _MENU_ENDS),
        events.CallReturned: Move(_menu_again, _MENU_ENDS),
        events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
        events.LeashLost: Move(_leash_lost, (_P.MENU,)),
        events.CallerHungUp: Move(_left, (_P.ENDED,)),
        **_late(_P.MENU, events.DigitPressed),
    },
    _P.WAITING: {
        events.CallReturned: Move(offer_moves.waiting_again, (_P.WAITING, _P.CLOSING)),
        events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
        events.LegDialed: Move(offer_moves.dialed, (_P.WAITING,)),
        events.DialEnded: Move(offer_moves.dial_let_go, (_P.WAITING,)),
        events.LeashLost: Move(_leash_lost, (_P.WAITING,)),
        events.CallerHungUp: Move(callback_moves.left, (_P.ENDED, _P.CALLBACK)),
        events.DigitPressed: Move(ways.key_pressed, (_P.WAITING, _P.CLOSING, _P.RECORDING)),
        **_late(
            _P.WAITING,
            events.PromptsPlayed,
            events.LegRang,
            events.LegHungUp,
        ),
    },
    _P.OFFERED: _with_paperwork(
        _P.OFFERED,
        {
            events.LegDialed: Move(offer_moves.dialed, (_P.OFFERED,)),
            events.LegRang: Move(offer_moves.rang, (_P.OFFERED,)),
            events.LegAnswered: Move(offer_moves.answered, (_P.TALKING,)),
            events.DialEnded: Move(offer_moves.dial_failed, (_P.WAITING, _P.CLOSING, _P.REJOINING)),
            events.OfferRejected: Move(offer_moves.rejected, (_P.OFFERED,)),
            events.TimerFired: Move(offer_moves.lease_over, (_P.OFFERED,)),
            events.CallReturned: Move(offer_moves.offer_lost, (_P.WAITING, _P.CLOSING)),
            events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
            events.LeashLost: Move(_leash_lost, (_P.OFFERED,)),
            events.CallerHungUp: Move(callback_moves.left, (_P.ENDED, _P.CALLBACK)),
            **_late(_P.OFFERED, events.PromptsPlayed, events.DigitPressed, events.LegHungUp),
        },
    ),
    _P.TALKING: _with_paperwork(
        _P.TALKING,
        {
            events.HoldStarted: Move(talk_moves.held, (_P.TALKING,)),
            events.HoldEnded: Move(talk_moves.resumed, (_P.TALKING,)),
            events.EndAsked: Move(talk_moves.end_asked, (_P.TALKING,)),
            events.PassedOn: Move(pass_moves.passed_on, (_P.TALKING,)),
            events.AudioLost: Move(rejoin_moves.audio_lost, (_P.TALKING, _P.REJOINING)),
            events.DialEnded: Move(
                talk_moves.talk_returned, (_P.CLOSING, _P.REJOINING, _P.WAITING)
            ),
            events.CallReturned: Move(talk_moves.talk_done, (_P.CLOSING, _P.WAITING, _P.REJOINING)),
            events.LeashLost: Move(_leash_lost, (_P.TALKING,)),
            events.CallerHungUp: Move(talk_moves.talk_left, (_P.ENDED,)),
            **_late(
                _P.TALKING,
                events.LegDialed,
                events.LegRang,
                events.LegAnswered,
                events.LegHungUp,
                events.DigitPressed,
                events.PromptsPlayed,
            ),
        },
    ),
    _P.REJOINING: _with_paperwork(
        _P.REJOINING,
        {
            events.CallReturned: Move(rejoin_moves.rejoin_returned, (_P.REJOINING,)),
            events.LegDialed: Move(offer_moves.dialed, (_P.REJOINING,)),
            events.LegRang: Move(offer_moves.rang, (_P.REJOINING,)),
            events.LegAnswered: Move(offer_moves.answered, (_P.TALKING,)),
            events.DialEnded: Move(rejoin_moves.rejoin_failed, (_P.REJOINING,)),
            events.TimerFired: Move(rejoin_moves.requeue, (_P.WAITING,)),
            events.LeashLost: Move(_leash_lost, (_P.REJOINING,)),
            events.CallerHungUp: Move(talk_moves.talk_left, (_P.ENDED,)),
            events.AudioLost: Move(rejoin_moves.rejoin_asked, (_P.REJOINING,)),
            **_late(_P.REJOINING, events.LegHungUp, events.DigitPressed),
        },
    ),
    _P.RECORDING: {
        events.MessageRecorded: Move(_goodbye, (_P.CLOSING,)),
        events.CallReturned: Move(_hang_up, (_P.CLOSING,)),
        events.LeashLost: Move(_leash_lost, (_P.RECORDING,)),
        events.CallerHungUp: Move(_closed, (_P.ENDED,)),
        **_late(_P.RECORDING, events.PromptsPlayed, events.DigitPressed),
    },
    _P.TRANSFERRED: {
        events.DialEnded: Move(_goodbye, (_P.CLOSING,)),
        events.CallReturned: Move(_hang_up, (_P.CLOSING,)),
        events.LeashLost: Move(_leash_lost, (_P.TRANSFERRED,)),
        events.CallerHungUp: Move(_closed, (_P.ENDED,)),
        **_late(_P.TRANSFERRED, events.PromptsPlayed, events.DigitPressed),
    },
    _P.CLOSING: _with_paperwork(
        _P.CLOSING,
        {
            events.CallReturned: Move(_hang_up, (_P.CLOSING,)),
            events.CallerHungUp: Move(_closed, (_P.ENDED,)),
            events.LeashLost: Move(_leash_lost, (_P.CLOSING,)),
            **_late(
                _P.CLOSING,
                events.LegDialed,
                events.LegRang,
                events.LegAnswered,
                events.LegHungUp,
                events.HoldEnded,
                events.DigitPressed,
                events.AudioLost,
                events.PromptsPlayed,
                events.DialEnded,
                events.EndAsked,
            ),
        },
    ),
    _P.CALLBACK: {
        events.CallReturned: Move(callback_moves.answered_late, (_P.WAITING, _P.CLOSING)),
        **_late(_P.CALLBACK, *_AFTER_DIAL),
    },
    _P.PREVIEWED: _with_paperwork(
        _P.PREVIEWED,
        {
            events.RingBackChosen: Move(callback_moves.ring_back, (_P.CALLING, _P.CALLBACK)),
            events.OfferRejected: Move(callback_moves.preview_rejected, (_P.CALLBACK,)),
            events.TimerFired: Move(callback_moves.preview_over, (_P.CALLBACK,)),
            events.CallReturned: Move(callback_moves.citizen_answered, (_P.OFFERED, _P.CLOSING)),
            **_late(_P.PREVIEWED, *_AFTER_DIAL),
        },
    ),
    _P.CALLING: _with_paperwork(
        _P.CALLING,
        {
            events.CallReturned: Move(callback_moves.citizen_answered, (_P.OFFERED, _P.CLOSING)),
            events.DialBackEnded: Move(callback_moves.dial_ended, (_P.CALLBACK, _P.ENDED)),
            events.CallerHungUp: Move(callback_moves.dial_gone, (_P.CALLBACK, _P.ENDED)),
            events.TimerFired: Move(callback_moves.dial_unheard, (_P.CALLBACK, _P.ENDED)),
            events.OfferRejected: Move(callback_moves.dial_stopped, (_P.CALLBACK, _P.ENDED)),
            events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
            **_late(_P.CALLING, events.LeashLost, events.DigitPressed),
        },
    ),
    _P.ENDED: _with_paperwork(
        _P.ENDED,
        _late(
            _P.ENDED,
            events.CallerHungUp,
            events.DialBackEnded,
            events.LeashLost,
            events.LegHungUp,
            events.LegDialed,
            events.LegRang,
            events.LegAnswered,
            events.DialEnded,
            events.PromptsPlayed,
            events.EndAsked,
            events.HoldEnded,
            events.DigitPressed,
            events.AudioLost,
        ),
    ),
}


def arrive(event: events.CallArrived, network: Network) -> Moved:
    """A new call, into its menu."""
    call = Call(
        call_id=event.call_id,
        channel=event.channel,
        channel_id=event.channel_id,
        caller=event.caller,
        dialled=event.dialled,
        arrived_at=event.at,
        phase=Phase.MENU,
        since=event.at,
        language=network.languages[0],
    )
    return menu_moves.begin(call, event.at, network)


def adopt(event: events.CallReturned, network: Network) -> Moved:
    """A call that the journal does not know, with the place that its channel remembers."""
    call = Call(
        call_id=event.call_id,
        channel=event.channel,
        channel_id=event.channel_id,
        caller=event.caller,
        dialled=event.dialled,
        arrived_at=event.arrived_at or event.at,
        phase=Phase.MENU,
        since=event.at,
        language=event.language or network.languages[0],
    )
    if event.queued_at is None:
        return menu_moves.begin(call, event.at, network)
    queue = network.queue(event.queue)
    call = replace(
        into(enter(call, Phase.WAITING, event.at), queue, network),
        matter=queue.queue_id,
        skills=queue.skills,
        first_queue=queue.queue_id,
        first_skills=queue.skills,
        municipality=event.municipality,
        services=queue.services,
        queued_at=event.queued_at,
        place_at=event.queued_at,
        entered_at=event.queued_at,
    )
    return offer_moves.waiting_again(call, event, network)


def step(call: Call, event: events.Event, network: Network) -> Moved:
    """The call after the event. Raises `Illegal` where the table has no such move."""
    move = TABLE[call.phase].get(type(event))
    if move is None:
        raise Illegal
    moved: Moved = move.do(call, event, network)
    return moved
