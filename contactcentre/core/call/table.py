"""Every transition of a call, in one table. What is not in it is illegal and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from contactcentre.core import acts, commands, events
from contactcentre.core.call import (
    act_moves,
    arrival_moves,
    beside_moves,
    callback_moves,
    consult_moves,
    contact_moves,
    end_moves,
    erasure,
    fallback_moves,
    hold_moves,
    listen_moves,
    menu_moves,
    message_moves,
    offer_moves,
    outbound_moves,
    overflow,
    pass_moves,
    promise_moves,
    queue_transfer,
    record_moves,
    recording_moves,
    rejoin_moves,
    signals,
    survey_moves,
    talk_moves,
    voice_moves,
)
from contactcentre.core.call.leg import Purpose
from contactcentre.core.call.move import Move, Moved, Step, keep
from contactcentre.core.call.state import TALKS, Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal, Undeclared

_RECORD: Mapping[type[events.Event], Step] = {
    commands.NoteWritten: record_moves.note,
    commands.RecordSaved: record_moves.record,
}


def _with_record(
    phase: Phase, moves: dict[type[events.Event], Move]
) -> dict[type[events.Event], Move]:
    return {**moves, **{kind: Move(do, (phase,)) for kind, do in _RECORD.items()}}


def _late(phase: Phase, *kinds: type[events.Event]) -> dict[type[events.Event], Move]:
    """Facts that may come late here and say nothing new of the call."""
    return {kind: Move(_LATE.get(kind, keep), (phase,)) for kind in kinds}


def _apart(phase: Phase, moves: dict[type[events.Event], Move]) -> dict[type[events.Event], Move]:
    """Of a phase in which the agent's leg has a leash of its own: what is alike in all of them."""
    alike = {
        **_ENDS,
        commands.CallerIdentified: Move(record_moves.identified, (phase,)),
        commands.CallbackPromised: Move(promise_moves.promised, (phase,)),
        events.LegDialed: Move(consult_moves.dialed, (phase,)),
        events.HoldStarted: Move(hold_moves.phone_key, (phase,)),
        events.HoldEnded: Move(hold_moves.phone_key, (phase,)),
        events.LeashLost: Move(end_moves.leash_lost, (phase,)),
        signals.RejoinOver: Move(hold_moves.agent_elsewhere, (_P.WAITING,)),
        signals.TakenFromDesk: Move(hold_moves.agent_elsewhere, (_P.WAITING,)),
        events.CallerHungUp: Move(hold_moves.left, (_P.ENDED,)),
        **_late(
            phase,
            events.DigitPressed,
            events.PromptsPlayed,
        ),
    }
    return _with_record(phase, alike | moves)


_LATE: Mapping[type[events.Event], Step] = {events.LegRang: offer_moves.rang_late}
"""What they say of somebody else."""


_P = Phase
_AFTER_DIAL = (
    events.CitizenDialed,
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

_AFTER_TALK = (
    events.LegLeashed,
    events.LegDialEnded,
    events.LegDialed,
    events.LegRang,
    events.LegAnswered,
    events.LegHungUp,
    events.HoldEnded,
    commands.AudioLost,
    events.DialEnded,
    commands.EndAsked,
)
"""What may still be told of a talk that is over."""

_LOST = Move(end_moves.lost, (_P.ENDED,))

_ENDS: dict[type[events.Event], Move] = {
    acts.CallEndForced: Move(act_moves.ended, (_P.CLOSING,)),
}


def _led(phase: Phase) -> dict[type[events.Event], Move]:
    """What those who lead agents do with whoever waits in that phase."""
    return {
        acts.CallMoved: Move(act_moves.moved, (phase,)),
        acts.CallPutFirst: Move(act_moves.put_first, (phase,)),
        acts.CallPutBack: Move(act_moves.put_back, (phase,)),
        acts.CallEarmarked: Move(act_moves.earmarked, (phase,)),
        acts.EarmarkLifted: Move(act_moves.lifted, (phase,)),
        signals.EarmarkOver: Move(act_moves.lifted, (phase,)),
    }


_AGAIN = (_P.HELD, _P.TALKING, _P.REJOINING)
"""Where the caller is when nobody else is in the call any more."""


def _party_chosen(call: Call, event: signals.PartyChosen, network: Network) -> Moved:
    asks = event.purpose is Purpose.CONSULT
    return (consult_moves.asked if asks else pass_moves.chosen)(call, event, network)


_MENU_ENDS = (_P.MENU, _P.WAITING, _P.RECORDING, _P.TRANSFERRED, _P.CLOSING)

_BY_PHASE: Mapping[Phase, Mapping[type[events.Event], Move]] = {
    _P.MENU: {
        **_ENDS,
        events.PromptsPlayed: Move(menu_moves.answer, _MENU_ENDS),
        events.DigitsEntered: Move(menu_moves.answer, _MENU_ENDS),
        events.CallReturned: Move(menu_moves.returned, _MENU_ENDS),
        events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
        events.FallbackEnded: Move(fallback_moves.served, (_P.ENDED,)),
        events.LeashLost: Move(end_moves.leash_lost, (_P.MENU,)),
        events.CallerHungUp: Move(end_moves.left_menu, (_P.ENDED,)),
        signals.CallLost: _LOST,
        **_late(_P.MENU, events.DigitPressed),
    },
    _P.WAITING: {
        **_ENDS,
        **_led(_P.WAITING),
        acts.CallWithdrawn: Move(act_moves.withdrawn, (_P.CLOSING,)),
        events.CallReturned: Move(offer_moves.waiting_again, (_P.WAITING, _P.CLOSING)),
        events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
        events.FallbackEnded: Move(fallback_moves.served, (_P.ENDED, _P.CALLBACK)),
        events.LegDialed: Move(offer_moves.dialed, (_P.WAITING,)),
        events.DialEnded: Move(offer_moves.dial_let_go, (_P.WAITING,)),
        events.LeashLost: Move(end_moves.leash_lost, (_P.WAITING,)),
        events.CallerHungUp: Move(callback_moves.left, (_P.ENDED, _P.CALLBACK)),
        events.DigitPressed: Move(overflow.key_pressed, (_P.WAITING, _P.CLOSING, _P.RECORDING)),
        signals.AgentChosen: Move(offer_moves.offered, (_P.OFFERED,)),
        signals.CircleOpened: Move(keep, (_P.WAITING,)),
        signals.PlaceKept: Move(offer_moves.in_old_place, (_P.WAITING,)),
        signals.RefusalsForgiven: Move(offer_moves.forgive, (_P.WAITING,)),
        signals.OverflowDue: Move(overflow.overflowed, (_P.WAITING, _P.CLOSING, _P.RECORDING)),
        signals.AskedAgain: Move(callback_moves.asked_again, (_P.WAITING,)),
        signals.QuestionLeft: Move(message_moves.question_told, (_P.WAITING,)),
        signals.CallLost: _LOST,
        **_late(
            _P.WAITING,
            events.PromptsPlayed,
            events.LegRang,
            events.LegHungUp,
        ),
    },
    _P.OFFERED: _with_record(
        _P.OFFERED,
        {
            **_ENDS,
            events.LegDialed: Move(offer_moves.dialed, (_P.OFFERED,)),
            events.LegRang: Move(offer_moves.rang, (_P.OFFERED,)),
            events.LegAnswered: Move(offer_moves.answered, (_P.TALKING,)),
            events.DialEnded: Move(
                offer_moves.dial_failed, (_P.WAITING, _P.CLOSING, _P.REJOINING, _P.SURVEY)
            ),
            commands.AnswerChosen: Move(voice_moves.answer_chosen, (_P.OFFERED,)),
            commands.OfferRejected: Move(offer_moves.rejected, (_P.OFFERED,)),
            signals.LeaseOver: Move(offer_moves.lease_over, (_P.OFFERED,)),
            signals.RingOverdue: Move(offer_moves.did_not_ring, (_P.OFFERED,)),
            events.CallReturned: Move(offer_moves.offer_lost, (_P.WAITING, _P.CLOSING)),
            events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
            events.FallbackEnded: Move(fallback_moves.served, (_P.ENDED, _P.CALLBACK)),
            events.LeashLost: Move(end_moves.leash_lost, (_P.OFFERED,)),
            events.CallerHungUp: Move(callback_moves.left, (_P.ENDED, _P.CALLBACK)),
            signals.OfferWithdrawn: Move(offer_moves.withdrawn, (_P.OFFERED,)),
            signals.CitizenLifted: Move(callback_moves.ring_agent, (_P.OFFERED,)),
            signals.TurnedTo: Move(beside_moves.lent, (_P.HELD, _P.TALKING)),
            signals.AskedAgain: Move(callback_moves.asked_again, (_P.OFFERED,)),
            signals.QuestionLeft: Move(message_moves.question_told, (_P.OFFERED,)),
            signals.CallLost: _LOST,
            events.DigitPressed: Move(recording_moves.key_pressed, (_P.OFFERED,)),
            **_late(_P.OFFERED, events.PromptsPlayed, events.LegHungUp),
        },
    ),
    _P.TALKING: _with_record(
        _P.TALKING,
        {
            **_ENDS,
            events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
            events.HoldStarted: Move(talk_moves.held, (_P.TALKING,)),
            events.HoldEnded: Move(talk_moves.resumed, (_P.TALKING,)),
            commands.ResumeChosen: Move(talk_moves.resume_asked, (_P.TALKING,)),
            commands.CallerIdentified: Move(record_moves.identified, (_P.TALKING,)),
            commands.EndAsked: Move(talk_moves.end_asked, (_P.TALKING,)),
            commands.QueueTransferChosen: Move(queue_transfer.chosen, (_P.TALKING,)),
            commands.HoldChosen: Move(hold_moves.chosen, (_P.HELD,)),
            signals.HoldLasts: Move(hold_moves.lasts, (_P.HELD,)),
            commands.TakeOverOffered: Move(hold_moves.taker_offered, (_P.TALKING,)),
            commands.TakeOverDeclined: Move(hold_moves.taker_declined, (_P.TALKING,)),
            signals.TakenFromDesk: Move(hold_moves.agent_elsewhere, (_P.WAITING,)),
            signals.PartyChosen: Move(_party_chosen, (_P.CONSULTING, _P.PASSING)),
            signals.TurnedAway: Move(beside_moves.turned_away, (_P.HELD,)),
            events.LegLeashed: Move(beside_moves.leg_back, (_P.TALKING,)),
            events.LegDialed: Move(consult_moves.dialed, (_P.TALKING,)),
            commands.AudioLost: Move(rejoin_moves.audio_lost, (_P.TALKING, _P.REJOINING)),
            signals.SoundMoved: Move(rejoin_moves.moved, (_P.TALKING, _P.REJOINING)),
            commands.CallbackPromised: Move(promise_moves.promised, (_P.TALKING,)),
            events.DialEnded: Move(
                talk_moves.talk_returned, (_P.CLOSING, _P.REJOINING, _P.WAITING, _P.SURVEY)
            ),
            events.CallReturned: Move(talk_moves.talk_done, (_P.CLOSING, _P.WAITING, _P.REJOINING)),
            events.LeashLost: Move(end_moves.leash_lost, (_P.TALKING,)),
            events.CallerHungUp: Move(talk_moves.talk_left, (_P.ENDED,)),
            signals.CallLost: _LOST,
            **_late(
                _P.TALKING,
                events.LegDialEnded,
                events.LegRang,
                events.LegAnswered,
                events.LegHungUp,
                events.DigitPressed,
                events.PromptsPlayed,
            ),
        },
    ),
    _P.HELD: _apart(
        _P.HELD,
        {
            commands.HoldChosen: Move(hold_moves.taken, (_P.HELD,)),
            commands.ResumeChosen: Move(hold_moves.resumed, (_P.HELD, _P.TALKING)),
            events.HoldEnded: Move(hold_moves.phone_back, (_P.HELD, _P.TALKING, _P.REJOINING)),
            commands.TakeOverOffered: Move(hold_moves.taker_offered, (_P.HELD,)),
            commands.TakeOverDeclined: Move(hold_moves.taker_declined, (_P.HELD,)),
            commands.EndAsked: Move(hold_moves.end_asked, (_P.CLOSING,)),
            commands.QueueTransferChosen: Move(hold_moves.passed_on, (_P.WAITING,)),
            commands.AudioLost: Move(hold_moves.audio_lost, (_P.REJOINING,)),
            signals.SoundMoved: Move(rejoin_moves.moved, (_P.HELD, _P.REJOINING)),
            signals.PartyChosen: Move(_party_chosen, (_P.CONSULTING, _P.PASSING)),
            signals.TurnedAway: Move(beside_moves.turned_away, (_P.HELD,)),
            signals.TurnedTo: Move(beside_moves.turned_to, (_P.HELD, _P.TALKING)),
            signals.HeardAgain: Move(beside_moves.heard_again, (_P.HELD,)),
            signals.TalkFound: Move(consult_moves.talk_found, (_P.TALKING,)),
            events.DialEnded: Move(hold_moves.parted, (_P.HELD, _P.TALKING)),
            events.CallReturned: Move(hold_moves.returned, (_P.HELD, _P.TALKING)),
            events.LegLeashed: Move(hold_moves.leg_alone, (_P.HELD, _P.TALKING)),
            events.LegHungUp: Move(hold_moves.leg_gone, (_P.HELD, _P.REJOINING)),
            signals.CallLost: _LOST,
            **_late(
                _P.HELD,
                events.LegRang,
                events.LegAnswered,
                events.LegDialEnded,
            ),
        },
    ),
    _P.CONSULTING: _apart(
        _P.CONSULTING,
        {
            commands.ReachDropped: Move(consult_moves.dropped, _AGAIN),
            commands.ConsultCompleted: Move(
                consult_moves.completed, (_P.HELD, _P.TALKING, _P.TRANSFERRED)
            ),
            commands.SidesSwapped: Move(consult_moves.swapped, (_P.CONSULTING,)),
            commands.AllJoined: Move(consult_moves.joined_all, (_P.CONSULTING,)),
            commands.EndAsked: Move(consult_moves.end_asked, (_P.HELD, _P.TALKING)),
            commands.AudioLost: Move(consult_moves.audio_lost, (*_AGAIN, _P.TRANSFERRED)),
            commands.AnswerChosen: Move(voice_moves.answer_chosen, (_P.CONSULTING,)),
            commands.OfferRejected: Move(consult_moves.rejected, (_P.HELD, _P.TALKING)),
            signals.LeaseOver: Move(consult_moves.ring_over, (_P.HELD, _P.TALKING)),
            signals.OfferWithdrawn: Move(consult_moves.ring_over, (_P.HELD, _P.TALKING)),
            signals.TalkFound: Move(consult_moves.talk_found, (_P.CONSULTING, _P.TALKING)),
            events.DialEnded: Move(consult_moves.parted, (_P.CONSULTING, _P.HELD)),
            events.CallReturned: Move(consult_moves.returned, (_P.CONSULTING, _P.HELD)),
            events.LegLeashed: Move(consult_moves.leg_alone, (_P.CONSULTING, _P.HELD)),
            events.LegRang: Move(consult_moves.rang, (_P.CONSULTING,)),
            events.LegAnswered: Move(consult_moves.answered, (_P.CONSULTING,)),
            events.LegDialEnded: Move(consult_moves.ring_ended, (_P.CONSULTING, *_AGAIN)),
            events.LegHungUp: Move(
                consult_moves.leg_gone, (_P.CONSULTING, *_AGAIN, _P.TRANSFERRED)
            ),
            signals.CallLost: Move(hold_moves.lost, (_P.ENDED,)),
        },
    ),
    _P.PASSING: _apart(
        _P.PASSING,
        {
            commands.ReachDropped: Move(pass_moves.stopped, (_P.PASSING,)),
            commands.AnswerChosen: Move(voice_moves.answer_chosen, (_P.PASSING,)),
            commands.OfferRejected: Move(pass_moves.stopped, (_P.PASSING,)),
            commands.AudioLost: Move(pass_moves.audio_lost, (_P.PASSING,)),
            signals.LeaseOver: Move(pass_moves.ring_over, (_P.PASSING,)),
            signals.OfferWithdrawn: Move(pass_moves.ring_over, (_P.PASSING,)),
            signals.TalkFound: Move(pass_moves.talk_found, (_P.TALKING,)),
            events.DialEnded: Move(
                pass_moves.parted, (_P.PASSING, *_AGAIN, _P.CLOSING, _P.WAITING)
            ),
            events.CallReturned: Move(
                pass_moves.returned, (_P.PASSING, *_AGAIN, _P.CLOSING, _P.WAITING)
            ),
            events.LegLeashed: Move(hold_moves.leg_alone, (_P.PASSING,)),
            events.LegRang: Move(consult_moves.rang, (_P.PASSING,)),
            events.LegAnswered: Move(pass_moves.answered, (_P.PASSING, _P.TALKING, _P.TRANSFERRED)),
            events.LegHungUp: Move(pass_moves.leg_gone, (_P.PASSING,)),
            signals.CallLost: Move(hold_moves.lost, (_P.ENDED,)),
            **_late(
                _P.PASSING,
                events.LegDialEnded,
            ),
        },
    ),
    _P.REJOINING: _with_record(
        _P.REJOINING,
        {
            **_ENDS,
            events.CallReturned: Move(rejoin_moves.rejoin_returned, (_P.REJOINING,)),
            events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
            events.LegDialed: Move(offer_moves.dialed, (_P.REJOINING,)),
            events.LegRang: Move(offer_moves.rang, (_P.REJOINING,)),
            events.LegAnswered: Move(offer_moves.answered, (_P.TALKING,)),
            events.DialEnded: Move(rejoin_moves.rejoin_failed, (_P.REJOINING,)),
            signals.RejoinOver: Move(rejoin_moves.requeue, (_P.WAITING,)),
            signals.TakenFromDesk: Move(rejoin_moves.requeue, (_P.WAITING,)),
            events.LeashLost: Move(end_moves.leash_lost, (_P.REJOINING,)),
            events.CallerHungUp: Move(talk_moves.talk_left, (_P.ENDED,)),
            commands.AudioLost: Move(rejoin_moves.rejoin_asked, (_P.REJOINING,)),
            signals.SoundMoved: Move(rejoin_moves.moved_again, (_P.REJOINING,)),
            commands.CallbackPromised: Move(promise_moves.promised, (_P.REJOINING,)),
            signals.RejoinPossible: Move(rejoin_moves.rejoin_ring, (_P.REJOINING,)),
            signals.HeardAgain: Move(beside_moves.heard_again, (_P.HELD,)),
            signals.CallLost: _LOST,
            **_late(
                _P.REJOINING,
                events.LegHungUp,
                events.LegDialEnded,
                events.HoldEnded,
                events.DigitPressed,
            ),
        },
    ),
    _P.RECORDING: {
        **_ENDS,
        events.MessageRecorded: Move(message_moves.recorded, (_P.CLOSING,)),
        events.CallReturned: Move(end_moves.hang_up, (_P.CLOSING,)),
        events.LeashLost: Move(end_moves.leash_lost, (_P.RECORDING,)),
        events.CallerHungUp: Move(end_moves.closed, (_P.ENDED,)),
        signals.CallLost: _LOST,
        **_late(_P.RECORDING, events.PromptsPlayed, events.DigitPressed),
    },
    _P.TRANSFERRED: _with_record(
        _P.TRANSFERRED,
        {
            **_ENDS,
            events.DialEnded: Move(end_moves.transfer_over, (_P.CLOSING,)),
            events.CallReturned: Move(end_moves.hang_up, (_P.CLOSING,)),
            events.LegLeashed: Move(consult_moves.leg_alone_outside, (_P.TRANSFERRED,)),
            events.LegHungUp: Move(end_moves.outside_gone, (_P.TRANSFERRED, _P.CLOSING)),
            events.LeashLost: Move(end_moves.leash_lost, (_P.TRANSFERRED,)),
            events.CallerHungUp: Move(end_moves.closed, (_P.ENDED,)),
            signals.CallLost: _LOST,
            **_late(
                _P.TRANSFERRED,
                events.LegDialed,
                events.LegRang,
                events.LegAnswered,
                events.LegDialEnded,
                events.HoldEnded,
                events.PromptsPlayed,
                events.DigitPressed,
                commands.AudioLost,
            ),
        },
    ),
    _P.SURVEY: _with_record(
        _P.SURVEY,
        {
            **_ENDS,
            events.PromptsPlayed: Move(survey_moves.over, (_P.CLOSING,)),
            events.CallReturned: Move(end_moves.hang_up, (_P.CLOSING,)),
            events.CallerHungUp: Move(end_moves.closed, (_P.ENDED,)),
            events.LeashLost: Move(end_moves.leash_lost, (_P.SURVEY,)),
            commands.CallbackPromised: Move(promise_moves.promised, (_P.SURVEY,)),
            signals.CallLost: _LOST,
            **_late(_P.SURVEY, *_AFTER_TALK),
        },
    ),
    _P.CLOSING: _with_record(
        _P.CLOSING,
        {
            **_ENDS,
            events.CallReturned: Move(end_moves.hang_up, (_P.CLOSING,)),
            events.CallerHungUp: Move(end_moves.closed, (_P.ENDED,)),
            events.LeashLost: Move(end_moves.leash_lost, (_P.CLOSING,)),
            events.MessageRecorded: Move(message_moves.recorded_late, (_P.CLOSING,)),
            commands.CallbackPromised: Move(promise_moves.promised, (_P.CLOSING,)),
            signals.CallLost: _LOST,
            **_late(_P.CLOSING, *_AFTER_TALK, events.PromptsPlayed),
        },
    ),
    _P.CALLBACK: {
        **_led(_P.CALLBACK),
        events.CallReturned: Move(callback_moves.answered_late, (_P.WAITING, _P.CLOSING)),
        signals.AgentChosen: Move(callback_moves.previewed, (_P.PREVIEWED,)),
        commands.PromiseKept: Move(promise_moves.kept, (_P.ENDED,)),
        signals.CircleOpened: Move(keep, (_P.CALLBACK,)),
        signals.RefusalsForgiven: Move(offer_moves.forgive, (_P.CALLBACK,)),
        signals.AskedAgain: Move(callback_moves.asked_again, (_P.CALLBACK,)),
        signals.QuestionLeft: Move(message_moves.question_told, (_P.CALLBACK,)),
        signals.CitizenRangIn: Move(callback_moves.rang_in, (_P.CALLBACK,)),
        signals.CitizenServed: Move(callback_moves.served, (_P.ENDED,)),
        signals.CitizenGaveUp: Move(callback_moves.owed_again, (_P.CALLBACK,)),
        **_late(_P.CALLBACK, *_AFTER_DIAL),
    },
    _P.PREVIEWED: _with_record(
        _P.PREVIEWED,
        {
            commands.MessageOpened: Move(message_moves.opened, (_P.LISTENING,)),
            commands.RingBackChosen: Move(callback_moves.ring_back, (_P.CALLING, _P.CALLBACK)),
            commands.OfferRejected: Move(callback_moves.preview_rejected, (_P.CALLBACK,)),
            signals.LeaseOver: Move(callback_moves.preview_over, (_P.CALLBACK,)),
            commands.PromiseKept: Move(promise_moves.kept, (_P.ENDED,)),
            events.CallReturned: Move(callback_moves.citizen_answered, (_P.OFFERED, _P.CLOSING)),
            signals.OfferWithdrawn: Move(callback_moves.preview_withdrawn, (_P.CALLBACK,)),
            signals.AskedAgain: Move(callback_moves.asked_again, (_P.PREVIEWED,)),
            signals.QuestionLeft: Move(message_moves.question_told, (_P.PREVIEWED,)),
            signals.CitizenRangIn: Move(callback_moves.rang_in, (_P.CALLBACK,)),
            **_late(_P.PREVIEWED, *_AFTER_DIAL),
        },
    ),
    _P.LISTENING: {
        commands.NoteWritten: Move(record_moves.note, (_P.LISTENING,)),
        commands.RecordSaved: Move(message_moves.saved, (_P.LISTENING, _P.ENDED)),
        commands.RingBackChosen: Move(message_moves.ring_back, (_P.CALLING,)),
        commands.OfferRejected: Move(message_moves.returned, (_P.CALLBACK,)),
        events.CallReturned: Move(callback_moves.citizen_answered, (_P.OFFERED, _P.CLOSING)),
        signals.LeaseOver: Move(callback_moves.preview_over, (_P.CALLBACK,)),
        signals.OfferWithdrawn: Move(callback_moves.preview_withdrawn, (_P.CALLBACK,)),
        **_late(_P.LISTENING, *_AFTER_DIAL),
    },
    _P.CALLING: _with_record(
        _P.CALLING,
        {
            events.CallReturned: Move(callback_moves.citizen_answered, (_P.OFFERED, _P.CLOSING)),
            events.CitizenDialed: Move(callback_moves.dialed, (_P.CALLING,)),
            events.DialBackEnded: Move(callback_moves.dial_ended, (_P.CALLBACK, _P.ENDED)),
            events.CallerHungUp: Move(callback_moves.dial_gone, (_P.CALLBACK, _P.ENDED)),
            signals.LeaseOver: Move(callback_moves.dial_unheard, (_P.CALLBACK, _P.ENDED)),
            commands.OfferRejected: Move(callback_moves.dial_stopped, (_P.CALLBACK, _P.ENDED)),
            events.FoundTalking: Move(offer_moves.found_talking, (_P.TALKING,)),
            signals.TurnedTo: Move(beside_moves.lent, (_P.HELD, _P.TALKING)),
            events.FallbackEnded: Move(fallback_moves.served, (_P.ENDED, _P.CALLBACK)),
            signals.OfferWithdrawn: Move(callback_moves.dial_withdrawn, (_P.CALLBACK, _P.ENDED)),
            signals.AskedAgain: Move(callback_moves.asked_again, (_P.CALLING,)),
            signals.QuestionLeft: Move(message_moves.question_told, (_P.CALLING,)),
            signals.CitizenRangIn: Move(callback_moves.rang_in, (_P.CALLBACK,)),
            **_late(_P.CALLING, events.LeashLost, events.DigitPressed),
        },
    ),
    _P.ENDED: _with_record(
        _P.ENDED,
        {
            signals.RecordGivenUp: Move(record_moves.given_up, (_P.ENDED,)),
            commands.CallbackPromised: Move(promise_moves.promised, (_P.ENDED,)),
            signals.CallerErased: Move(erasure.erased, (_P.ENDED,)),
        }
        | _late(
            _P.ENDED,
            events.LegDialEnded,
            events.CallerHungUp,
            events.CitizenDialed,
            events.DialBackEnded,
            events.LeashLost,
            events.LegHungUp,
            events.LegDialed,
            events.LegRang,
            events.LegAnswered,
            events.DialEnded,
            events.PromptsPlayed,
            commands.EndAsked,
            events.HoldEnded,
            events.DigitPressed,
            commands.AudioLost,
        ),
    ),
}


def _listened(phase: Phase) -> dict[type[events.Event], Move]:
    """A supervisor who listens is beside whatever the call does."""
    late = {
        signals.ListenerTold: Move(listen_moves.told, (phase,)),
        signals.ListenOver: Move(listen_moves.over, (phase,)),
    }
    acted = {
        acts.ListenTurned: Move(listen_moves.turned, (phase,)),
        acts.ListenEnded: Move(listen_moves.ended, (phase,)),
    }
    began = {signals.ListenerChosen: Move(listen_moves.chosen, (phase,))}
    return late | (acted if phase in TALKS else {}) | (began if phase in _HEARD else {})


def _spoken(phase: Phase) -> dict[type[events.Event], Move]:
    """Wherever there is a talk the agent may be muted, press keys and pause the recording."""
    if phase not in _HEARD:
        return {}
    return {
        commands.MuteChosen: Move(voice_moves.chosen, (phase,)),
        commands.KeyPressed: Move(voice_moves.key_pressed, (phase,)),
        commands.RecordingPaused: Move(recording_moves.paused, (phase,)),
        commands.RecordingResumed: Move(recording_moves.resumed, (phase,)),
    }


_HEARD = (_P.TALKING, _P.HELD, _P.CONSULTING, _P.PASSING)
"""Where there is a talk to be listened to."""


def _left(phase: Phase) -> dict[type[events.Event], Move]:
    """The other of the agent's two calls may end at any time."""
    return {signals.LeftAlone: Move(beside_moves.left_alone, (phase,))} if phase in TALKS else {}


TABLE: Mapping[Phase, Mapping[type[events.Event], Move]] = {
    phase: {**moves, **_listened(phase), **_spoken(phase), **_left(phase)}
    for phase, moves in _BY_PHASE.items()
}

BEGINNINGS: Mapping[type[events.Event], Move] = {
    events.CallArrived: Move(arrival_moves.arrived, _MENU_ENDS),
    events.CallReturned: Move(arrival_moves.adopted, _MENU_ENDS),
    signals.CallerRefused: Move(arrival_moves.refused, (_P.CLOSING,)),
    signals.CallbackAsked: Move(callback_moves.promised, (_P.CALLBACK,)),
    signals.MessageLeft: Move(message_moves.made, (_P.CALLBACK,)),
    signals.PromiseGiven: Move(promise_moves.given, (_P.CALLBACK,)),
    signals.NumberDialled: Move(outbound_moves.dialled, (_P.CALLING,)),
    events.FallbackEnded: Move(fallback_moves.adopted, (_P.ENDED,)),
    signals.ContactBegun: Move(contact_moves.begun, (_P.ENDED,)),
}
"""How a call comes to be."""


def moves_of(call: Call | None) -> Mapping[type[events.Event], Move]:
    """What may become of the call now; None is one that is not there yet."""
    return BEGINNINGS if call is None else TABLE[call.phase]


def step(call: Call | None, event: events.Event, network: Network) -> Moved:
    """The call after the event. Raises `Illegal` where the table has no such move."""
    move = moves_of(call).get(type(event))
    if move is None:
        raise Illegal
    moved: Moved = move.do(call, event, network)
    if moved.call.phase not in move.to:
        raise Undeclared(f"undeclared: to {moved.call.phase}")
    return moved
