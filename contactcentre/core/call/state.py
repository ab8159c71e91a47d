"""The life of a call: what is known of it. The transitions stand in `call_table`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contactcentre.core.call.callback import Callback
from contactcentre.core.outcomes import Outcome, Result
from ivr.interpreter import Cursor
from routing.model import Device, Levels


class Phase(StrEnum):
    """Where the caller is."""

    MENU = "menu"
    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    REJOINING = "rejoining"  # the agent's audio was lost; music until it is back
    RECORDING = "recording"  # leaving a voice message
    TRANSFERRED = "transferred"  # talking to somebody outside the hotline
    CLOSING = "closing"  # we have asked for the hang-up
    CALLBACK = "callback"  # a promise to ring back stands in line; nobody is on the telephone
    PREVIEWED = "previewed"  # an agent reads whom to ring back
    CALLING = "calling"  # the citizen is being rung; the agent waits
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One call rung at one agent, who is reserved meanwhile."""

    offer_id: str
    agent_id: str
    at: float
    ring_until: float
    leg: str = ""
    dialed_at: float | None = None
    rang_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    result: Result | None = None
    ring: int = 0  # the number of the queue's ring that had opened
    rejoin: bool = False
    device: Device = "browser"  # what rang


NOT_RECORDED = "not_recorded"
"""The kind of a call of which nobody has said what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What was done, for the law's statistics."""

    kind: str = "consultation"
    services: tuple[str, ...] = ()
    outcome: str = "answered"
    saved_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Where an agent passes the call on to, until the talk has come to its end."""

    queue: str
    service: str = ""  # its code, if that was what the agent chose


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The caller's whole journey. Every time in reports is one of these fields."""

    call_id: str
    channel: str
    channel_id: str
    caller: str | None
    dialled: str
    arrived_at: float
    phase: Phase
    since: float
    leashed: bool = True
    step: int = 0
    language: str = "lv"
    cursor: Cursor | None = None
    queue: str = ""
    matter: str = ""
    services: tuple[str, ...] = ()  # suggested by the menu path
    skills: Levels = ()
    first_queue: str = ""  # that the menu led to, and the skills that were asked for there
    first_skills: Levels = ()
    municipality: str = ""  # chosen in the menu; whose services are asked about
    queued_at: float | None = None  # waits are counted from here
    place_at: float | None = (
        None  # the order of the line goes by this: earlier after a dropped line
    )
    entered_at: float | None = None  # the present queue
    been_in: tuple[str, ...] = ()  # queues that the caller was taken out of
    notices: tuple[str, ...] = ()  # known events that the caller was told of
    noticed_at: float | None = None  # when the last of them began to be told
    offers: tuple[Offer, ...] = ()
    forgiven: int = 0  # of the offers, from the first: what they refused counts no more
    agent_id: str | None = None  # who answered
    answered_at: float | None = None
    talk_ended_at: float | None = None
    passing: Passing | None = None
    held_since: float | None = None
    hold_s: float = 0.0
    ended_at: float | None = None
    ended_by: str | None = None  # caller, agent, lost
    outcome: Outcome | None = None
    callback_to: str | None = None  # the number that a callback was asked for
    callback: Callback | None = None  # this call is such a callback; `caller` is the number
    note: str = ""
    note_version: int = 0
    identified_level: int = 0
    identified_by: str = ""
    disposition: Disposition = Disposition()

    @property
    def offer(self) -> Offer | None:
        """The latest offer, whether it is over or not."""
        return self.offers[-1] if self.offers else None

    @property
    def open_offer(self) -> Offer | None:
        """The offer under way."""
        last = self.offer
        return last if last is not None and last.result is None else None

    @property
    def wait_s(self) -> float | None:
        """From queue entry to answer or end; None where the call never queued or still waits."""
        if self.queued_at is None:
            return None
        until = self.answered_at if self.answered_at is not None else self.ended_at
        return None if until is None else until - self.queued_at
