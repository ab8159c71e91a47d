"""What an agent may ask of the desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GoReady:
    """The agent wants calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoNotReady:
    """No calls now (or after this one): counter, break, lunch, training, other."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMicrophone:
    """The browser's word on its microphone."""

    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBack:
    """The agent has read the card of a callback: ring the citizen now."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """The agent can't take this offer."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCall:
    """Hang up for the agent (the browser phone hangs up by itself; this is the sure way)."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAgain:
    """The page came back in mid-call without its audio: ring this browser into the talk again."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePage:
    """The page is closing or reloading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteNote:
    """The note as it stands; `version` grows with each writing, the highest wins."""

    call_id: str
    text: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """The agent confirms who the caller is, at a level, by a method (never the answers)."""

    call_id: str
    level: int
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRecord:
    """What was done. `finish` ends the wrap-up too."""

    call_id: str
    kind: str
    services: tuple[str, ...]
    outcome: str
    finish: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendWrapUp:
    """Half a minute more."""

    call_id: str


Command = (
    GoReady
    | GoNotReady
    | ReportMicrophone
    | RingBack
    | Reject
    | EndCall
    | TakeAgain
    | LeavePage
    | WriteNote
    | Identify
    | SaveRecord
    | ExtendWrapUp
)
