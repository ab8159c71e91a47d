"""What the desk needs from the service: an agent's view and commands, callers' earlier contacts,
service cards.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from agents_ui.shell.port import (
    AgentState,
    CrisisNotice,
    Person,
    PhoneLogin,
    ServiceCard,
    Texts,
)

Device = Literal["browser", "desk", "mobile"]
WorkKind = Literal["consultation", "application", "e_service", "referral", "complaint", "other"]
WorkOutcome = Literal["answered", "handed_on", "callback", "not_ours"]
CameBy = Literal["phone", "callback", "voice_message", "visit", "email", "letter", "e_address"]
CallPhase = Literal["ringing", "listening", "talking", "rejoining", "wrap_up"]

# --- what the page shows -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackView:
    """The promise to ring a citizen back, while that is what the agent's call is."""

    asked_at: float
    due_at: float  # promised by then
    attempt: int  # the number of the next attempt, or of this one
    attempts: int  # at most
    calling: bool  # the citizen is being rung just now
    dialled: bool = False  # by this agent; nothing was promised
    given_by: str = ""  # the name of the agent who has promised it
    about: str = ""  # what for
    question_s: float | None = None  # as the citizen has said it: how long


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseView:
    """What this agent has promised a citizen, and is still to be kept."""

    call_id: str
    asked_in: str  # the call in which it was promised
    number: str  # E.164
    about: str
    due_at: float
    keeper: Literal["agent", "centre", "anyone"]
    attempts: int  # so often the citizen was rung


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """The voice message, while that is what the agent's call is and nobody is being rung."""

    left_at: float
    due_at: float  # to be handled by then
    seconds: float  # its length
    attempt: int  # the number of the next attempt to ring the citizen
    attempts: int  # at most
    ring: bool  # whether who left it may be rung at all


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartView:
    """A service of the record whose kind or outcome is another than that of the whole."""

    service: str
    kind: WorkKind
    outcome: WorkOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideView:
    """Whoever the agent has chosen to be asked, or to have the caller."""

    name: str  # of a colleague, or the number of somebody outside
    centre: str  # of a colleague; "" outside
    outside: bool
    passes: bool  # rung for the caller; else asked by the agent
    since: float  # rung, or answered
    talks: bool  # has answered
    hears: Literal["caller", "colleague", "all"]  # whom the agent talks to


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """The agent is asked about a colleague's call, or has it passed on by name."""

    name: str  # the colleague's
    centre: str
    passes: bool  # the caller comes at once; else the colleague asks
    hears: Literal["caller", "colleague", "all"]  # whom the colleague talks to


@dataclass(frozen=True, slots=True, kw_only=True)
class TakerView:
    """A colleague of the same centre who would take the caller over."""

    agent_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedView:
    """Somebody was chosen and not reached; told until something else happens."""

    name: str
    result: Literal["missed", "rejected", "busy", "unreachable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenedView:
    """A supervisor who listens to the talk."""

    by: str  # a name
    mode: Literal["listen", "whisper", "barge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """The one call that an agent is concerned with."""

    call_id: str
    offer_id: str
    phase: CallPhase
    queue: str
    queue_label: Texts
    path: tuple[Texts, ...]  # the menu path, from the first choice to the last
    language: str
    caller: str | None  # E.164, None when withheld
    dialled: str
    dialled_label: Texts
    arrived_at: float
    queued_at: float
    offered_at: float
    ring_until: float | None
    answered_at: float | None
    held_since: float | None
    hold_remind_s: float  # the agent is reminded of a hold after so long; 0 is never
    ended_at: float | None
    wrap_up_until: float | None
    note: str
    note_version: int
    identified_level: int  # 0..3; history opens at 1
    identified_at: float  # 0 before anything was confirmed
    suggested: tuple[str, ...]  # service codes, most likely first
    kind: str  # default or chosen disposition: consultation, application, ...
    services: tuple[str, ...]
    outcome: str
    saved: bool
    end: str | None = None  # who ended it: caller, agent, lost
    passed_by: str = ""  # the name of the agent who passed it on to here
    came_by: CameBy = "phone"
    written: bool = False  # no call at all: this agent writes it down
    # What the record says more; kind and outcome are those of every service that is not apart.
    apart: tuple[ApartView, ...] = ()
    municipality: str = ""  # of the matter
    spoken: str = ""  # the language of the talk
    follow_up_on: str | None = None  # ISO date
    record_version: int = 0
    # Of a promise or a message: by which limit its citizen may not be rung now.
    barred: Literal["", "prefix", "number", "agent"] = ""
    callback: CallbackView | None = None  # rings when the agent says so
    rung: bool = False  # we rang the citizen, not they us
    promises: int = 0  # that were given in it
    message: MessageView | None = None
    parked: bool = False  # on hold by us, whatever the phone does
    muted: bool = False  # by us; a browser's phone knows by itself
    phone_holds: bool = False  # no browser's, by a key of its own, which alone ends that
    own: bool = True  # this agent's; else a colleague's, about which this agent is asked
    aside: AsideView | None = None
    asked: AskedView | None = None
    listened: ListenedView | None = None
    recording: Literal["", "on", "paused", "aside"] = ""  # of this agent's talk; aside: a consult
    tried: TriedView | None = None
    taker: TakerView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """The hotline at a glance, for the desk's top bar."""

    waiting: int
    longest_since: float | None
    service_level: float | None  # 0..1 over the last 30 minutes, None without calls


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlineView:
    """What every desk shows alike; replaces the fields of that name in `DeskView`."""

    telephony: bool
    line: LineView
    crisis: CrisisNotice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoView:
    """What a supervisor has told the agent, or did to the agent: shown until it is seen."""

    memo_id: str
    at: float
    kind: Literal[
        "message",
        "ready",
        "not_ready",
        "logged_out",
        "released",
        "caller_given",
        "queues",
        "skills",
        "help",
        "answered",  # or closed: a question to the owner of a card; the text is the card's name
        "settled",  # an error in a card that the agent has reported; the same
    ]
    by: str  # a name
    text: str  # the message, or the reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """All that one agent's page shows; replaces the former view whole."""

    seq: int
    at: float
    state: AgentState
    reason: str | None  # of NOT_READY: counter, break, lunch, missed, phone, silent, ...
    since: float
    wanted: Literal["READY", "NOT_READY"]
    wanted_reason: str | None
    phone: bool
    microphone: bool
    telephony: bool  # the link to Asterisk
    call: CallView | None
    unsaved: tuple[CallView, ...]  # an earlier call whose record is in hand and not saved yet
    line: LineView
    beside: CallView | None = None  # of an agent with two calls: on hold, or yet to be reached
    crisis: CrisisNotice | None = None
    device: Device = "browser"  # what the agent answers on
    devices: tuple[Device, ...] = ("browser",)  # what there is to choose among
    resting_until: float | None = None  # NOT_READY that ends by itself
    laid_aside: int = 0  # open records that are not in hand
    gone_at: float | None = None  # logged out as no phone could be rung; until the next choice
    help_since: float | None = None  # the agent asks a supervisor for help
    promises: tuple[PromiseView, ...] = ()  # the next due first, 20 at most
    promised: int = 0  # how many there are
    memos: tuple[MemoView, ...] = ()  # not seen yet, oldest first, 20 at most
    last_dial: str | None = None  # why nobody was reached just now: busy, unreached, unreachable


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidAside:
    """An earlier call whose record is open still, and not in hand."""

    call_id: str
    arrived_at: float
    queue_label: Texts
    came_by: CameBy = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A queue to which the caller can be transferred, and how many others could take the call."""

    queue: str
    label: Texts
    suggested: bool  # the queue of the service that was asked for
    ready: int  # free at this instant
    at_work: int
    waiting: int  # callers in that queue now


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLeg:
    """Somebody who was on the line in an earlier contact, or was rung for it."""

    at: float
    who: Literal["citizen", "agent", "outside"]
    centre: str  # of an agent
    talked_s: float | None  # None where nobody answered, or it is not known
    why: str  # it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """An agent at work who could be asked about a call, or take it."""

    agent_id: str
    name: str
    centre: str
    near: Literal["centre", "municipality", "region", "network"]  # to who asks
    languages: tuple[str, ...]
    ready: bool  # else in a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleagues:
    """The first of them, and how many there are."""

    first: tuple[Colleague, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContact:
    """One earlier contact of a number, or a call that is promised to it. Services, note and legs
    stay empty until the agent has identified."""

    at: float
    kind: str
    services: tuple[str, ...]
    topic: Texts
    centre: str
    outcome: str  # "" of what is still promised
    way: Literal["in", "out", "message"] = "in"  # who rang whom
    due_at: float | None = None  # of what is still promised
    talked_s: float | None = None
    times: int = 1  # so many calls, one after another, that were hung up in the menu
    from_at: float = 0.0  # the first of them; earlier ones are asked for by it
    note: str = ""
    legs: tuple[PastLeg, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybeCaller:
    """Somebody who has the number that rings, told apart from others by no more than that."""

    person_id: str
    name: str  # the first name and an initial
    municipality: str  # an id, "" where none was told


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCaller:
    """Whom the agent has chosen for a contact. The whole name and the codes come only once this
    very person was identified in this talk."""

    person_id: str
    name: str
    municipality: str
    proved: bool  # what was confirmed is this person's, not another's who was chosen before
    codes: tuple[str, ...] = ()  # masked; former ones after the present one


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerView:
    """Who may be calling."""

    chosen: ChosenCaller | None
    candidates: tuple[MaybeCaller, ...]  # without who is chosen
    choosing: bool  # this agent may choose now
    code: bool  # a service of the record needs the personal code


@dataclass(frozen=True, slots=True, kw_only=True)
class CallersCase:
    """A case of whoever calls. Number and subject stay empty until the agent has identified the
    caller."""

    opened_at: float
    kind: Literal["question", "fault", "submission", "complaint", "decision"]
    state: Literal["open", "waiting", "handed_on", "done", "closed"]
    due_on: str  # ISO date
    owed_at: float | None  # the next promise
    over_at: float | None  # done or closed
    number: str = ""
    spoken: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPromise:
    """What this agent has promised, and has not kept yet."""

    due_at: float
    number: str  # of the case
    spoken: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePromises:
    """Callbacks and messages that wait in a queue for agents such as this one."""

    label: Texts
    callbacks: int
    messages: int
    due_at: float  # of the first of them


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardNow:
    """What callers are told before the menu, or in it."""

    texts: Texts
    until: float | None
    crisis: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Somebody of the same centre who is at work."""

    name: str
    state: AgentState
    reason: str | None
    since: float
    call_id: str = ""  # of the talk that could be taken over


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSkill:
    """What an agent can do today, and how well, from 1 to 5."""

    name: str
    label: Texts  # {} of a language, which its code says, and of what no queue is called
    level: int
    language: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """What an agent looks at between calls, as it was when it was asked for."""

    answered: int  # today, by this agent
    handling_s: float | None  # of one, on the average: talk, hold and wrap-up
    queues: tuple[Texts, ...]  # that this agent takes today
    assigned: bool  # by a supervisor, for today only
    skills: tuple[OwnSkill, ...]  # where that is so, and languages
    promises: tuple[OwnPromise, ...]
    waiting: tuple[QueuePromises, ...]
    heard: tuple[HeardNow, ...]
    colleagues: tuple[Neighbour, ...]


# --- who gives and does it ----------------------------------------------------------------------


class BadCommand(Exception):
    """What a page asks for makes no sense; `error` is what it is told."""

    def __init__(self, error: Literal["unknown-command", "bad-arguments"]) -> None:
        super().__init__(error)
        self.error = error


class NotYetOnDisk(Exception):
    """It was done and counts, but the disk has not taken it yet: a crash just now would lose it."""


class Desks(Protocol):
    """The live desk of every agent."""

    def on_duty(self, agent_id: str) -> bool:
        """Whether the agent may work now; whoever is kept in reserve may in a crisis only."""

    async def open(self, person: Person, *, again: bool = False) -> PhoneLogin | None:
        """Log the agent in to the hotline and hand out the phone's secret; a mobile has none.

        Whoever was logged out for want of a phone is so until somebody asks for the page: one that
        comes back by itself (`again`) logs nobody in.
        Called whenever a page's live link opens, so also after a reload or a broken link: while
        the log-in lasts it answers the same secret and changes nothing. Raises `Unavailable`.
        """

    async def phone(self, agent_id: str) -> PhoneLogin | None:
        """The phone's secret as it is now; None where there is none, or no log-in."""

    def is_phone(self, agent_id: str) -> bool:
        """Whether the agent's page is the telephone, and is given its secret."""

    def phone_changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields when the phone's secret has become another one: another log-in of the same user
        has ended, and knew it."""

    async def close(self, agent_id: str) -> None:
        """Log the agent out of the hotline; the phone's secret becomes worthless."""

    def view(self, agent_id: str) -> DeskView:
        """The desk as it stands."""

    def state(self, agent_id: str) -> AgentState:
        """What `view` says of the agent's state."""

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields whenever `view` may have changed; several changes may fall into one.

        Not for what every desk shows alike.
        """

    def municipality(self, agent_id: str) -> str:
        """Whose cards are meant where several municipalities have one: the caller's (an id), ""
        where nobody knows; without a call the agent's own, for whoever stands at the counter."""

    def hotline(self) -> HotlineView:
        """What every desk shows alike: the same object until something of it is made anew."""

    def hotline_changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields whenever `hotline` may have changed."""

    def note(self, agent_id: str, call_id: str) -> str:
        """The note as it is saved, of a call that is this agent's. Raises `LookupError`."""

    def municipalities(self) -> Sequence[tuple[str, str]]:
        """Of the network, each with its name."""

    def onward(self, agent_id: str, call_id: str, *, service: str) -> Sequence[Onward]:
        """Where the call could go from here; at most one queue is suggested for the service.

        Raises `LookupError` when the agent does not talk with that caller.
        """

    def colleagues(self, agent_id: str, call_id: str, *, service: str, text: str) -> Colleagues:
        """Who is on duty for this topic (the service's, or the call's), anywhere: free ones first,
        then the nearest. With a text all at work whose name or centre has its words, whatever
        they know.

        Raises `LookupError` when the agent does not talk with that caller.
        """

    async def laid_aside(self, agent_id: str) -> Sequence[LaidAside]:
        """The agent's open records that are not in hand, the oldest first. Raises `Unavailable`."""

    async def command(self, agent_id: str, name: str, args: Mapping[str, Any]) -> bool:
        """Carry out; True once it is journaled, False where it does not fit the present state.

        It counts at once, in the order of the calls. Raises `BadCommand` and `Unavailable`, where
        nothing was done, and `NotYetOnDisk`.
        """

    async def leave(self, agent_id: str) -> None:
        """The agent's page is closing or reloading. Raises `Unavailable` and `NotYetOnDisk`."""


class Messages(Protocol):
    """Recordings of voice messages."""

    async def recording(self, person: Person, call_id: str) -> Path:
        """Its file, which may be gone; who gets it is written down before.

        Raises `Unavailable`; `LookupError` unless the agent listens to it, or has.
        """


class PastContacts(Protocol):
    """Earlier contacts of the person who is chosen, over all numbers, or of the number."""

    async def contacts(
        self, person: Person, call_id: str, *, before: float | None = None
    ) -> Sequence[PastContact]:
        """Newest first, at most 50, those from before that moment; dates and topics only, until
        this agent has answered the call and the caller is identified at level 1. Of a number that
        people are known by it stays so until one is chosen; another's contacts are not there then.

        Raises `Unavailable`; `LookupError` when the call is not this agent's (any more).
        """


class ChoiceRefused(Exception):
    """It was not done: `reason` is `code` (that can't be a personal code), `nobody` (nobody is
    known by it), `other` (it is another person's), `off` (none is needed here), `many` or `name`
    (none is given)."""

    def __init__(self, reason: Literal["code", "nobody", "other", "off", "many", "name"]) -> None:
        super().__init__(reason)
        self.reason = reason


class WhoCalls(Protocol):
    """Who is calling, on the word of the agent who talks with them.

    Everything raises `Unavailable`, and `LookupError` when the call is not this agent's (any more),
    or may not be tied now.
    """

    async def caller(self, person: Person, call_id: str) -> CallerView:
        """Who may be calling; who was told that is written down."""

    async def choose(self, person: Person, call_id: str, person_id: str) -> None:
        """The contact is of somebody who has this number; "" is of nobody."""

    async def add(
        self, person: Person, call_id: str, *, name: str, municipality: str, language: str
    ) -> None:
        """The contact is of somebody who is not known yet. Raises `ChoiceRefused`."""

    async def take_code(self, person: Person, call_id: str, code: str) -> bool:
        """The caller's personal code: it finds whose it is, or becomes the chosen person's, and
        what was that before is a former one. Whether it looks like a slip. Raises `ChoiceRefused`.
        """


HandoutOf = Literal["link", "documents"]
HandoutWay = Literal["sms", "mail"]


class HandoutRefused(Exception):
    """Nothing was sent; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Handouts(Protocol):
    """What citizens are sent of a service card."""

    @property
    def ways(self) -> Sequence[HandoutWay]:
        """Those that are set up; none where nothing can be sent."""

    async def send(
        self,
        person: Person,
        *,
        call_id: str,
        code: str,
        of: HandoutOf,
        way: HandoutWay,
        to: str,
        municipality: str,
    ) -> str:
        """To the number of this agent's call, or to an address `to` of e-mail; the number's last
        two digits. Raises `HandoutRefused`, `Unavailable`, and `LookupError` for no call of this
        agent's, or no card."""


class Days(Protocol):
    """The day of every agent."""

    async def day(self, person: Person) -> DayView:
        """Raises `Unavailable`."""


class CallersCases(Protocol):
    """Cases of the person who is chosen, or of the number that rings."""

    async def cases(self, person: Person, call_id: str) -> Sequence[CallersCase]:
        """The open ones, the most urgent first, then the latest that are over; who looks is
        written down before. Raises as `PastContacts`."""


class Catalogue(Protocol):
    """The service catalogue, in memory. `municipality` is the caller's, whose cards are meant."""

    def search(
        self, text: str, *, locale: str, limit: int = 8, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """Best first; forgives missing diacritics, endings, slips, Russian or English words.
        Empty where nothing fits."""

    def cards(
        self, codes: Sequence[str], *, locale: str, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """The cards of these codes, unknown codes left out."""

    def spoken_of(self, note: str, *, locale: str, municipality: str = "") -> Sequence[ServiceCard]:
        """What a note is about, best first: three cards at most, and none rather than a guess."""


class Misses(Protocol):
    """What was looked for in vain."""

    async def note(self, text: str) -> None:
        """Count it, where nothing fits and it is not about somebody. Raises `Unavailable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEnquiry:
    """What this agent has asked the owner of a card: open, or answered these days."""

    enquiry_id: str
    card: Texts
    service: str
    institution: str
    question: str
    asked_at: float
    due_at: float
    answer: str = ""
    answered_at: float | None = None
    over_why: str = ""  # it is closed without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFlag:
    """An error in a card that this agent has reported: open, or settled these days."""

    flag_id: str
    card: Texts
    service: str
    kind: Literal["wrong", "outdated", "missing", "unclear"]
    text: str
    at: float
    settled_at: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnUpkeep:
    """What this agent has asked and reported, the latest first; 20 of each at most."""

    enquiries: tuple[OwnEnquiry, ...]
    flags: tuple[OwnFlag, ...]


class UpkeepDenied(Exception):
    """It was not taken: `reason` is a stable code, `found` the kinds of what it may not hold."""

    def __init__(self, reason: str, found: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = tuple(found)


class CardUpkeep(Protocol):
    """What cards lack, told by who uses them. Everything but `flagged` raises `Unavailable`."""

    async def ask(
        self,
        person: Person,
        *,
        call_id: str,
        service: str,
        municipality: str,
        question: str,
        wants_call: bool,
    ) -> float:
        """To the card's owner, of a call that this agent talks in or writes down; when the answer
        is due. Raises `UpkeepDenied`, and `LookupError` for no call of this agent's, or no card."""

    async def flag(
        self, person: Person, *, service: str, municipality: str, kind: str, text: str
    ) -> None:
        """Something in the card is wrong. Raises `UpkeepDenied`, and `LookupError` for no card."""

    async def own(self, person: Person) -> OwnUpkeep:
        """What this agent has asked and reported, and what came of it."""

    def flagged(self, codes: Sequence[str]) -> Sequence[str]:
        """Those of these cards that have errors which nobody has settled."""
