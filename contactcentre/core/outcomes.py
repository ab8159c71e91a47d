"""How calls and offers end: the words that every part counts by."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How the call is counted, once it has ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"  # hung up while waiting, short ones too; reports tell them apart
    GAVE_UP = (
        "gave_up"  # answered, then in line anew (transferred, or the agent lost): hung up there
    )
    LEFT_MENU = "left_menu"  # hung up before any queue
    SERVED_BY_MENU = "served_by_menu"  # the menu came to its end: closed, information, ...
    INFORMED = "informed"  # hung up soon after a notice of a known event: that was the answer
    TURNED_AWAY = "turned_away"  # by the queue's overflow: told why, and that we end the call
    REFUSED = "refused"  # at the door: too many calls of one number, or on the abuse list
    CALLBACK = "callback"  # asked to be rung back, which is a call of its own
    NOT_REACHED = "not_reached"  # a callback: rung as often as the rules say
    RANG_IN = "rang_in"  # a callback: the citizen was faster, and took over its place
    VOICEMAIL = "voicemail"  # a message was left, which is a call of its own
    HANDLED = "handled"  # a message: heard, and no call was needed; a promise: kept without one
    CALLED_OUT = "called_out"  # in figures alone: somebody whom we rang was talked to
    WRITTEN_DOWN = "written_down"  # no call: a visit, a letter, ... of which an agent tells
    TRANSFERRED = "transferred"
    PBX_LOST = "pbx_lost"  # the exchange went down under it
    UNKNOWN = "unknown"  # nobody can know; never counted as abandoned


class DialResult(StrEnum):
    """What the exchange says of a telephone that it was to ring, once that is over."""

    ANSWERED = "answered"  # and the talk is over
    AUDIO_LOST = "audio_lost"  # answered; the exchange ended that leg as its audio had stopped
    NO_ANSWER = "no_answer"  # a mobile's voicemail, which accepts nothing, too
    DECLINED = "declined"
    BUSY = "busy"  # in a call of its own
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"  # the caller left, or we stopped it

    @property
    def answered(self) -> bool:
        """Whether there was a talk."""
        return self in (DialResult.ANSWERED, DialResult.AUDIO_LOST)


class Result(StrEnum):
    """Why a leg ended."""

    MISSED = "missed"  # RONA
    REJECTED = "rejected"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    CALLER_LEFT = "caller_left"  # never counts against the agent
    WITHDRAWN = "withdrawn"  # by us: restart, log-out, lost link
    UNREACHED = "unreached"  # the citizen to ring back; never counts against the agent
    # A message was heard, and:
    HANDLED = "handled"  # no call was needed
    RETURNED = "returned"  # by its agent, for later or for others
    # After a talk:
    HUNG_UP = "hung_up"  # by the one who was rung
    TRANSFERRED = "transferred"  # the call, by its agent to others
    AUDIO_LOST = "audio_lost"
    MOVED = "moved"  # its agent goes on by another device
    LOST = "lost"  # nobody knows how
