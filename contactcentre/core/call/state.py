"""A call: the caller's whole journey, as a few values that change each for itself.

The transitions stand in `table`. Every time in reports is a field of one of these values or of one
of the legs beneath them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from contactcentre.core.call.callback import Callback
from contactcentre.core.call.leg import ASIDE, OFFERS, Leg, Purpose
from contactcentre.core.call.queueing import NOT_QUEUED, Queueing
from contactcentre.core.call.voice_message import VoiceMessage
from contactcentre.core.outcomes import Outcome
from contactcentre.core.values import replace
from contactcentre.core.work import ByHand, CameBy, ServiceDone
from ivr.interpreter import Cursor
from routing.model import Device, Levels


class Phase(StrEnum):
    """Where the caller is."""

    MENU = "menu"
    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    HELD = "held"  # hears music; the agent's leg waits on a leash of its own
    CONSULTING = "consulting"  # the agent has somebody else in the call as well
    PASSING = "passing"  # somebody is rung for the caller; the agent waits for what comes of it
    REJOINING = "rejoining"  # the agent's audio was lost; music until it is back
    RECORDING = "recording"  # leaving a voice message
    TRANSFERRED = "transferred"  # talking to somebody outside the hotline
    SURVEY = "survey"  # the agent is gone, and the caller is asked how it was
    CLOSING = "closing"  # we have asked for the hang-up
    CALLBACK = "callback"  # a promise to ring back stands in line; nobody is on the telephone
    PREVIEWED = "previewed"  # an agent reads whom to ring back
    LISTENING = "listening"  # an agent hears the message that was left
    CALLING = "calling"  # the citizen is being rung; the agent waits
    ENDED = "ended"


TALKS = (Phase.TALKING, Phase.HELD, Phase.CONSULTING, Phase.PASSING, Phase.REJOINING)
"""The caller has an agent."""


class CallerChannel(Struct, frozen=True, kw_only=True):
    """The caller's telephone, as Asterisk knows it."""

    name: str = ""
    unique_id: str = ""
    leashed: bool = True  # its socket is ours
    step: int = 0  # of our orders; answers to earlier ones are old

    def stepped(self) -> CallerChannel:
        """Whatever was asked before needs no answer any more."""
        return replace(self, step=self.step + 1)


NOT_RECORDED = "not_recorded"
"""The kind of a call of which nobody has said what was done."""


class MenuChoice(Struct, frozen=True, kw_only=True):
    """What the caller has chosen in the menu."""

    cursor: Cursor | None = None
    matter: str = ""
    queue: str = ""  # that the menu led to, and the skills that were asked for there
    skills: Levels = ()
    municipality: str = ""  # whose services are asked about


class Heard(Struct, frozen=True, kw_only=True):
    """Known events that the caller was told of."""

    notices: tuple[str, ...] = ()
    at: float | None = None  # when the last of them began to be told
    listening: bool = False  # that somebody may listen
    recording_at: float | None = None  # since when, that the talk is recorded
    unrecorded: bool = False  # and said no


class QueueTransfer(Struct, frozen=True, kw_only=True):
    """Where an agent passes the call on to, until the talk has come to its end."""

    queue: str
    service: str = ""  # its code, if that was what the agent chose


class Hears(StrEnum):
    """Whom the agent talks to, while somebody else is in the call as well; the rest hears music."""

    CALLER = "caller"
    COLLEAGUE = "colleague"  # or whoever else was asked
    ALL = "all"


class Talk(Struct, frozen=True, kw_only=True):
    """With agents, as the contact counts it; who talked when stands in the legs."""

    agent_id: str | None = None  # whose call it is
    answered_at: float | None = None  # by the first of them
    ended_at: float | None = None  # with the last of them
    transfer: QueueTransfer | None = None
    hears: Hears = Hears.CALLER
    parted: bool = False  # the caller is alone on the leash
    joins: bool = False  # the agent is to be joined with whom `hears` names, once both are alone
    taker: str = ""  # a colleague who would take the caller over
    adds: bool = False  # and the third with them, as soon as these two are
    beside: str = ""  # the other call of its agent, who talks in one of the two
    moved_from: Device | None = None  # the agent's former device: the other one is rung just now
    phones_own: bool = False  # the agent's telephone holds by itself: its word ends the hold


class CallEnd(Struct, frozen=True, kw_only=True):
    """How the call ends; outcome and `by` may be settled before it is over."""

    at: float | None = None
    by: str | None = None  # caller, agent, service, lost
    outcome: Outcome | None = None
    why: str = ""  # turned away: full, nobody, closed, waited; the menu's end: closed
    callback_to: str | None = None  # the number that a callback was asked for
    question: VoiceMessage | None = None  # what that is about, as the caller has said it


class CallRecord(Struct, frozen=True, kw_only=True):
    """What the agent writes down of it: the note, and what was done, for the law's statistics.

    Kind and outcome are those of every service that is not told `apart`.
    """

    note: str = ""
    note_version: int = 0
    kind: str = "consultation"
    services: tuple[str, ...] = ()
    outcome: str = "answered"
    apart: tuple[ServiceDone, ...] = ()
    municipality: str = ""  # of the matter
    language: str = ""  # of the talk, where the agent has said
    follow_up_on: date | None = None
    version: int = 0  # of all this but the note
    saved_at: float | None = None


class Identity(Struct, frozen=True, kw_only=True):
    """How far the caller has shown who it is."""

    level: int = 0
    method: str = ""
    at: float = 0.0  # it was confirmed


class Call(Struct, frozen=True, kw_only=True):
    """One contact: one row of the database, its legs beneath it."""

    call_id: str
    caller: str | None
    dialled: str
    arrived_at: float
    phase: Phase
    since: float
    queue: str = ""
    language: str = "lv"
    channel: CallerChannel
    choice: MenuChoice = MenuChoice()
    heard: Heard = Heard()
    queueing: Queueing = NOT_QUEUED
    legs: tuple[Leg, ...] = ()
    talk: Talk = Talk()
    end: CallEnd = CallEnd()
    record: CallRecord = CallRecord()
    identity: Identity = Identity()
    callback: Callback | None = None  # this call is such a callback; `caller` is the number
    written: ByHand | None = None  # no call at all: an agent has written it down
    promises: int = 0  # that agents have given in it

    def leashed(self) -> Call:
        """The call, its caller's socket ours, as an answer on it says."""
        return replace(self, channel=replace(self.channel, leashed=True))

    def unleashed(self) -> Call:
        """The call, its caller's socket not ours."""
        return replace(self, channel=replace(self.channel, leashed=False))

    def off_leashes(self) -> Call:
        """The call as a new process finds it: no socket is ours."""
        legs = tuple(replace(leg, alone=False) if leg.alone else leg for leg in self.legs)
        return replace(self, legs=legs, talk=replace(self.talk, parted=False))

    def settled(self, outcome: Outcome, why: str = "") -> Call:
        """The call, its outcome known before its end."""
        return replace(self, end=replace(self.end, outcome=outcome, why=why))

    def without_agent(self, at: float) -> Call:
        """The call, nobody's: the record goes along, to whoever answers next."""
        return replace(
            self,
            talk=Talk(answered_at=self.talk.answered_at, ended_at=at),
            record=replace(self.record, saved_at=None),
        )

    @property
    def came_by(self) -> CameBy:
        """How the citizen came to us."""
        if self.written is not None:
            return self.written
        if self.callback is None or self.callback.dialled:
            return "phone"
        return "callback" if self.callback.message is None else "voice_message"

    @property
    def message(self) -> VoiceMessage | None:
        """What was left to be heard, if this call is such a message."""
        return self.callback.message if self.callback is not None else None

    @property
    def recording(self) -> VoiceMessage | None:
        """What can be heard of it: a message, or the question of a callback that was asked for."""
        question = self.callback.question if self.callback is not None else self.end.question
        return self.message or question

    @property
    def agents(self) -> frozenset[str]:
        """Whose business it is: who has the call, and who was rung for it last."""
        legs = (self.offer, self.aside)
        known = (self.talk.agent_id, *(leg.agent_id for leg in legs if leg is not None))
        return frozenset(each for each in known if each)

    @property
    def concerns(self) -> frozenset[str]:
        """Who is to see what becomes of it: those, and who has promised it."""
        given = self.callback.given if self.callback is not None else None
        return self.agents | {given.agent_id} if given is not None else self.agents

    @property
    def offers(self) -> tuple[Leg, ...]:
        """The legs of agents who were rung for the caller."""
        return tuple(leg for leg in self.legs if leg.purpose in OFFERS)

    @property
    def offer(self) -> Leg | None:
        """The latest of them, whether it is over or not."""
        return self._latest(OFFERS)

    @property
    def open_offer(self) -> Leg | None:
        """The same, while it rings."""
        last = self.offer
        return last if last is not None and last.rings else None

    @property
    def aside(self) -> Leg | None:
        """Whoever is asked, or rung for the caller, by its agent, until that is over."""
        last = self._latest(ASIDE)
        return last if last is not None and last.ended_at is None else None

    def leg(self, leg_id: str) -> Leg | None:
        """The leg of that id, whether it is over or not."""
        return next((leg for leg in self.legs if leg.leg_id == leg_id), None)

    @property
    def dial(self) -> Leg | None:
        """The latest leg of the citizen who is rung back, whether it is over or not."""
        return self._latest((Purpose.CALLBACK,))

    def _latest(self, purposes: tuple[Purpose, ...]) -> Leg | None:
        for leg in reversed(self.legs):
            if leg.purpose in purposes:
                return leg
        return None

    @property
    def held_since(self) -> float | None:
        """Since when the caller is on hold."""
        return self.offer.held_since if self.offer is not None else None

    @property
    def hold_s(self) -> float:
        """Seconds on hold, of all the talks; the hold that goes on is not in it."""
        return sum(leg.hold_s for leg in self.legs)

    @property
    def wait_s(self) -> float | None:
        """From queue entry to answer or end; None where the call never queued or still waits."""
        queued_at = self.queueing.queued_at
        if queued_at is None:
            return None
        until = self.talk.answered_at if self.talk.answered_at is not None else self.end.at
        return None if until is None else until - queued_at
