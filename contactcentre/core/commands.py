"""What people ask for on the desk's page: what it may say, and how much of it.

Each is an event like all others. The page's words are decoded straight into it (`COMMANDS`), so a
new command is declared here, has its rows in the tables, and is known to the page by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta

from contactcentre.core.events import AgentEvent, CallEvent, LegEvent
from contactcentre.core.work import ByHand, ServiceDone, WorkKind, WorkOutcome
from routing.model import Device

Code = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
"""An id, or a word of ours."""

Number = Annotated[str, Meta(max_length=16, pattern=r"^(\+?[0-9]{3,15})?\Z")]
"""Of a telephone outside, as it is typed; "" where there is none."""

NoteText = Annotated[str, Meta(max_length=10_000, pattern=r"^[^\x00]*\Z")]

ABOUT_LENGTH = 300
"""Letters that say what a promise is for."""

Keeper = Literal["agent", "centre", "anyone"]
"""Who is to keep an agent's promise, until it is late: whoever gave it, the centre, all who can."""

About = Annotated[str, Meta(max_length=ABOUT_LENGTH, pattern=r"^[^\x00]*\Z")]

DialledNumber = Annotated[str, Meta(max_length=30, pattern=r"^[0-9+ ()./-]*\Z")]
"""A telephone number as people write it."""

LocalTime = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)?\Z")]

ChosenReason = Literal["counter", "break", "lunch", "training", "other", "microphone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoggedIn(AgentEvent):
    """The agent opened the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoggedOut(AgentEvent):
    """The agent closed the desk for the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyChosen(AgentEvent):
    """The agent wants calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReadyChosen(AgentEvent):
    """The agent wants no calls, now or after this one."""

    reason: ChosenReason


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneReported(AgentEvent):
    """The browser's microphone is granted, or is not."""

    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChosen(AgentEvent):
    """The agent answers on this from now on, until the log-out."""

    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneTried(AgentEvent):
    """The agent, who is not ready, wants to hear whether the telephone is heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChosen(LegEvent, AgentEvent):
    """The agent answers the telephone on the table by the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRejected(LegEvent, AgentEvent):
    """The agent can't take this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOpened(LegEvent, AgentEvent):
    """The agent hears the voice message that is offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBackChosen(LegEvent, AgentEvent):
    """The agent has read the card of a callback: ring the citizen now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAsked(CallEvent, AgentEvent):
    """The agent asks us to end the talk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTransferChosen(CallEvent, AgentEvent):
    """The agent passes the caller on to a queue, chosen by a service ("" if by itself)."""

    queue: Annotated[Code, Meta(min_length=1)]
    service: Code = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldChosen(CallEvent, AgentEvent):
    """The agent lets the caller hear music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeChosen(CallEvent, AgentEvent):
    """The agent goes on with the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteChosen(CallEvent, AgentEvent):
    """Nobody is to hear the agent, or all are again; of a telephone that is no browser's."""

    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(CallEvent, AgentEvent):
    """The agent presses a key for whoever is heard; of a telephone that is no browser's."""

    digit: Annotated[str, Meta(pattern=r"^[0-9*#]\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPaused(CallEvent, AgentEvent):
    """What is said now is for nobody else: silence in the recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed(CallEvent, AgentEvent):
    """The recording goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach(CallEvent, AgentEvent):
    """Somebody is chosen: a colleague, or the number of somebody outside."""

    colleague: Code = ""
    number: Number = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultChosen(_Reach):
    """The agent asks somebody, while the caller hears music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassChosen(_Reach):
    """The agent passes the caller on to somebody, unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachDropped(CallEvent, AgentEvent):
    """The agent wants nobody else in the call any more: back to the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultCompleted(CallEvent, AgentEvent):
    """The agent leaves the caller to whom was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesSwapped(CallEvent, AgentEvent):
    """The agent turns from the one to the other: the caller, and whoever was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllJoined(CallEvent, AgentEvent):
    """The agent lets all three hear each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverOffered(CallEvent, AgentEvent):
    """A free colleague of the same centre would take the caller over, if its agent agrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverDeclined(CallEvent, AgentEvent):
    """The call's agent keeps the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLost(CallEvent, AgentEvent):
    """The agent's page left in mid-call, or came back without its audio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(CallEvent, AgentEvent):
    """The note as it stands; `base` is the version that it was written on, 0 for the first."""

    text: NoteText
    base: Annotated[int, Meta(ge=0, le=2**31)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentified(CallEvent, AgentEvent):
    """The agent confirmed who it is: the level and the method, never the answers."""

    level: Annotated[int, Meta(ge=0, le=3)]
    method: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSaved(CallEvent, AgentEvent):
    """What was done on the call: a draft as it is chosen, until `finish` closes the record.

    Kind and outcome are those of every service that is not told `apart`. `base` is the version that
    this was chosen on, None for whoever knows of none. Municipality and language are those of the
    matter and of the talk; "" is what the call tells of them.
    """

    kind: WorkKind
    services: Annotated[tuple[Code, ...], Meta(max_length=20)]
    outcome: WorkOutcome
    finish: bool
    apart: Annotated[tuple[ServiceDone, ...], Meta(max_length=20)] = ()
    municipality: Code = ""
    language: Code = ""
    follow_up_on: date | None = None
    base: Annotated[int, Meta(ge=0, le=2**31)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChosen(AgentEvent):
    """The agent writes down what came without a call; the desk gives it its name."""

    channel: ByHand


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPromised(CallEvent, AgentEvent):
    """The agent has promised the citizen of this call to be rung: at the caller's number ("") or
    another, by when, and by whom. `base` is how many were promised before: none is given twice."""

    number: DialledNumber = field(default="", repr=False)
    when: Literal["usual", "today", "tomorrow", "time"] = "usual"
    local: LocalTime = ""  # of `time`, as the clock on the wall says
    keeper: Keeper = "agent"
    about: About = field(default="", repr=False)
    base: Annotated[int, Meta(ge=0, le=100)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseTaken(CallEvent, AgentEvent):
    """The agent wants the card of this promise now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseKept(CallEvent, AgentEvent):
    """What was promised is done, or not wanted any more: nobody need be rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialChosen(AgentEvent):
    """The agent rings a number; `contact` is the one at hand that led to it ("" none)."""

    number: DialledNumber = field(repr=False)
    contact: Code = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpExtended(CallEvent, AgentEvent):
    """Half a minute more."""

    seconds: Annotated[float, Meta(gt=0, le=300)] = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked(AgentEvent):
    """The agent asks a supervisor for help, whatever else goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpWithdrawn(AgentEvent):
    """The agent needs none any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoSeen(AgentEvent):
    """The agent has read what a supervisor wrote, or did."""

    memo_id: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTurnedTo(AgentEvent):
    """The agent turns to the record of an earlier call; the desk fetches it where it was laid."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPostponed(AgentEvent):
    """The agent ends the wrap-up: the next citizen first, the record of this call later."""

    call_id: Code


COMMANDS: Final[Mapping[str, type[AgentEvent]]] = {
    "ready": ReadyChosen,
    "not_ready": NotReadyChosen,
    "microphone": MicrophoneReported,
    "device": DeviceChosen,
    "try_phone": PhoneTried,
    "listen": MessageOpened,
    "ring_back": RingBackChosen,
    "answer": AnswerChosen,
    "reject": OfferRejected,
    "end": EndAsked,
    "queue_transfer": QueueTransferChosen,
    "hold": HoldChosen,
    "resume": ResumeChosen,
    "mute": MuteChosen,
    "key": KeyPressed,
    "pause_recording": RecordingPaused,
    "resume_recording": RecordingResumed,
    "consult": ConsultChosen,
    "pass": PassChosen,
    "drop": ReachDropped,
    "complete": ConsultCompleted,
    "swap": SidesSwapped,
    "join_all": AllJoined,
    "take_again": AudioLost,
    "offer_to_take": TakeOverOffered,
    "keep": TakeOverDeclined,
    "note": NoteWritten,
    "identify": CallerIdentified,
    "save": RecordSaved,
    "contact": ContactChosen,
    "help": HelpAsked,
    "no_help": HelpWithdrawn,
    "memo_seen": MemoSeen,
    "promise": CallbackPromised,
    "take_promise": PromiseTaken,
    "promise_kept": PromiseKept,
    "dial": DialChosen,
    "extend": WrapUpExtended,
    "open_record": RecordTurnedTo,
    "postpone": RecordPostponed,
}
"""What the desk's page may ask for, by the names that its scripts use. It gives the event's fields,
but `at` and `agent_id`.
"""
