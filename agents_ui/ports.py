"""What the pages need from the service, and what they show.

The pages know nothing of the engine, Asterisk or the database: `contactcentre.app` hands them
objects that keep these promises. Views are plain frozen data that turn into JSON as they stand;
every `..._at`, `since` and `until` is in seconds since the epoch, UTC.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

Role = Literal["agent", "supervisor", "admin"]
AgentState = Literal["LOGGED_OUT", "NOT_READY", "READY", "RESERVED", "TALKING", "WRAP_UP"]
Device = Literal["browser", "desk", "mobile"]
CallPhase = Literal["ringing", "talking", "rejoining", "wrap_up"]
Texts = Mapping[str, str]
"""A label per language, at least `lv` and `en`."""


# --- who is here ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who may log in. `agent_id` is set for those who answer calls."""

    user_id: str
    name: str
    role: Role
    agent_id: str | None = None
    centre: str = ""
    locale: str = "lv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in that lasts: `token` is the cookie's secret, `csrf` goes into forms."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    person: Person
    started_at: float


class Accounts(Protocol):
    """Log-ins and their sessions; a database that is away raises `Unavailable`."""

    async def log_in(self, username: str, password: str, *, address: str) -> Session:
        """Start a session. Raises `Refused` (wrong) or `SlowDown` (guessing)."""

    async def session(self, token: str) -> Session | None:
        """The session of a cookie, if it is still good; marks it as used."""

    async def log_out(self, token: str) -> None:
        """End the session for good."""


class Refused(Exception):
    """The user name and the password do not belong together."""


class SlowDown(Exception):
    """Too many wrong guesses: wait before the next try."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too many guesses")
        self.retry_after_s = retry_after_s


class Unavailable(Exception):
    """A part that this needs is away for the moment; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisNotice:
    """Crisis mode is on: what every desk and board says of it."""

    label: Texts
    since: float
    until: float


# --- the desk ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLogin:
    """What the browser phone needs to register; the secret lasts as long as the log-in."""

    uri: str  # sip:a-12@host
    password: str = field(repr=False)
    websocket: str  # ws(s)://host:port/ws
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackView:
    """The promise to ring a citizen back, while that is what the agent's call is."""

    asked_at: float
    due_at: float  # promised by then
    attempt: int  # the number of the next attempt, or of this one
    attempts: int  # at most
    calling: bool  # the citizen is being rung just now


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
    ended_at: float | None
    wrap_up_until: float | None
    note: str
    note_version: int
    identified_level: int  # 0..3; history opens at 1
    suggested: tuple[str, ...]  # service codes, most likely first
    kind: str  # default or chosen disposition: consultation, application, ...
    services: tuple[str, ...]
    outcome: str
    saved: bool
    end: str | None = None  # who ended it: caller, agent, lost
    passed_by: str = ""  # the name of the agent who passed it on to here
    callback: CallbackView | None = None  # rings when the agent says so


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """The hotline at a glance, for the desk's top bar."""

    waiting: int
    longest_since: float | None
    service_level: float | None  # 0..1 over the last 30 minutes, None without calls


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """All that one agent's page shows; replaces the former view whole."""

    seq: int
    at: float
    state: AgentState
    reason: str | None  # of NOT_READY: counter, break, lunch, missed, phone, microphone, ...
    since: float
    wanted: Literal["READY", "NOT_READY"]
    wanted_reason: str | None
    phone: bool
    microphone: bool
    telephony: bool  # the link to Asterisk
    call: CallView | None
    unsaved: tuple[CallView, ...]  # earlier calls whose record is not saved yet
    line: LineView
    crisis: CrisisNotice | None = None
    device: Device = "browser"  # what the agent answers on
    resting_until: float | None = None  # NOT_READY that ends by itself


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
class PassOn:
    """Give the caller to others: to a queue, chosen by a service's code or ("") by itself."""

    call_id: str
    queue: str
    service: str = ""


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
    | PassOn
    | TakeAgain
    | LeavePage
    | WriteNote
    | Identify
    | SaveRecord
    | ExtendWrapUp
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A queue to which the caller can be passed on, and how many others could take the call."""

    queue: str
    label: Texts
    suggested: bool  # the queue of the service that was asked for
    ready: int  # free at this instant
    at_work: int
    waiting: int  # callers in that queue now


class Desks(Protocol):
    """The live desk of every agent."""

    def on_duty(self, agent_id: str) -> bool:
        """Whether the agent may work now; whoever is kept in reserve may in a crisis only."""

    async def open(self, person: Person) -> PhoneLogin | None:
        """Log the agent in to the hotline and hand out the phone's secret; a mobile has none.

        Called whenever a page's live link opens, so also after a reload or a broken link: while
        the log-in lasts it answers the same secret and changes nothing. Raises `Unavailable`.
        """

    async def close(self, agent_id: str) -> None:
        """Log the agent out of the hotline; the phone's secret becomes worthless."""

    def view(self, agent_id: str) -> DeskView:
        """The desk as it stands."""

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields whenever `view` may have changed; several changes may fall into one."""

    def onward(self, agent_id: str, call_id: str, *, service: str) -> Sequence[Onward]:
        """Where the call could go from here; at most one queue is suggested for the service.

        Raises `LookupError` when the agent does not talk with that caller.
        """

    async def command(self, agent_id: str, command: Command) -> bool:
        """Carry out; True once it is journaled, False where it does not fit the present state.

        Raises `Unavailable`.
        """


# --- the citizen and the service -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContact:
    """One earlier contact of a number. `note` stays empty until the agent has identified."""

    at: float
    kind: str
    services: tuple[str, ...]
    topic: Texts
    centre: str
    outcome: str
    note: str = ""


class History(Protocol):
    """Earlier contacts of the number that rings."""

    async def contacts(self, agent_id: str, call_id: str) -> Sequence[PastContact]:
        """Newest first, at most 20; dates and topics only below identification level 1.

        Raises `Unavailable`; `LookupError` when the call is not this agent's.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """What the agent tells: one service of the catalogue, in one language."""

    code: str
    name: str
    institution: str
    level: Literal["state", "municipal"]
    summary: str
    fee: str
    term: str
    channels: tuple[str, ...]  # in_person, online, post, e_address, phone, centre
    documents: str
    legal_act: str
    checked_on: str  # ISO date


class Catalogue(Protocol):
    """The service catalogue, in memory."""

    def search(self, text: str, *, locale: str, limit: int = 8) -> Sequence[ServiceCard]:
        """Best first; forgives missing diacritics, endings and Russian or English words."""

    def cards(self, codes: Sequence[str], *, locale: str) -> Sequence[ServiceCard]:
        """The cards of these codes, unknown codes left out."""


# --- the supervisor ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One queue (or all together, `queue` = "") on the board."""

    queue: str
    label: Texts
    waiting: int
    longest_since: float | None
    ready: int
    answered: int  # today
    abandoned: int  # today, short ones apart
    short_abandoned: int
    service_level: float | None  # last 30 minutes
    service_level_today: float | None
    average_wait_s: float | None  # of the answered, today


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """One agent on the board."""

    agent_id: str
    name: str
    centre: str
    state: AgentState
    reason: str | None
    since: float
    queue: str | None
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One recent call on the board; no number, no name."""

    call_id: str
    queue: str
    language: str
    phase: str  # menu, waiting, offered, talking, rejoining, ended
    arrived_at: float
    queued_at: float | None
    answered_at: float | None
    ended_at: float | None
    outcome: str | None
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRow:
    """One promise to ring back on the board, the next due first; no number, no name."""

    call_id: str
    queue: str
    language: str
    phase: str  # callback, previewed, calling, offered, talking
    asked_at: float
    due_at: float
    attempts: int  # made
    most: int
    not_before: float | None  # None where it may be rung now, but for the hours
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that a supervisor should look at now; it goes when its cause has gone."""

    code: str  # stable; with the place it names one alarm
    text: str  # key of `ALARMS` in static/js/words.js; any other text is shown as it is
    since: float
    place: str = ""  # where: a centre, a queue, a document with its node
    detail: str = ""  # the particulars, as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """All that the supervisor's page shows."""

    seq: int
    at: float
    telephony: bool
    target_waiting: int
    target_wait_s: float
    target_service_level: float
    answer_within_s: float
    total: QueueRow
    queues: tuple[QueueRow, ...]
    agents: tuple[AgentRow, ...]
    calls: tuple[CallRow, ...]  # open ones first, then the latest ended, at most 30
    callbacks: tuple[CallbackRow, ...] = ()  # the promises that are open, at most 30
    callbacks_waiting: int = 0  # all of them
    alarms: tuple[Alarm, ...] = ()  # oldest first
    crisis: CrisisNotice | None = None


MomentKind = Literal[
    "arrived",
    "queued",
    "widened",
    "offered",
    "missed",
    "rejected",
    "busy",
    "unreachable",
    "caller_left",
    "withdrawn",
    "passed_on",
    "answered",
    "talk_ended",
    "ended",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment in a call's life; `sentences` say what was decided then, and why."""

    at: float
    kind: MomentKind
    agent: str = ""  # the name of whom it was offered to, or who answered
    outcome: str = ""  # of `ended`
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """How a call came to be where it is. `sentences`: why it waits now; empty if it does not."""

    sentences: tuple[str, ...]
    moments: tuple[Moment, ...]


class Board(Protocol):
    """The live board."""

    def view(self) -> BoardView:
        """The whole network as it stands."""

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields when the view may have changed, at most every half second."""

    async def why(self, call_id: str, *, locale: str) -> Why:
        """Why a call waits (its ring, what it asks, agent by agent), and all that was decided.

        Raises `LookupError` for a call that is none of the latest.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisLanguage:
    """A language that a plan adds, with the record of why it may be used."""

    code: str
    basis: str
    date: str  # ISO
    approver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisLimit:
    """What a plan sets of a queue (`queue` None: of all); `name` ends in its unit."""

    queue: Texts | None
    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisPlan:
    """A prepared plan, to be read before it is switched on."""

    plan_id: str
    label: Texts
    announcement: Texts  # what is said before the menu, per language
    menu: str  # "" leaves each number its own
    languages: tuple[CrisisLanguage, ...]
    limits: tuple[CrisisLimit, ...]
    volunteers: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisRecord:
    """One time that a plan was switched on; `ended_how`: off, expired or replaced."""

    label: Texts
    began_at: float
    until: float
    by: str
    why: str
    ended_at: float | None = None
    ended_by: str = ""
    ended_how: str | None = None


class CrisisRoom(Protocol):
    """The switch of crisis mode, for supervisors and administrators."""

    def plans(self) -> Sequence[CrisisPlan]:
        """The prepared plans."""

    def current(self) -> CrisisRecord | None:
        """The crisis that is on."""

    async def log(self) -> Sequence[CrisisRecord]:
        """The latest ones that have ended, newest first. Raises `Unavailable`."""

    async def switch_on(self, plan_id: str, *, hours: float, why: str, person: Person) -> bool:
        """Put a plan in force; True once it is, False where there is no such plan."""

    async def switch_off(self, *, person: Person) -> bool:
        """End the crisis; False where none is on."""


# --- health --------------------------------------------------------------------------------


class Health(Protocol):
    """For /healthz, /readyz and /metrics."""

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        """Whether calls can be taken, and the state of each part in a word."""

    def metrics(self) -> bytes:
        """Prometheus text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLogin:
    """A log-in that a demonstration offers on its log-in page; never in production."""

    username: str
    password: str = field(repr=False)
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """How the panel is reached."""

    origin: str  # scheme://host:port that browsers use
    secure: bool  # behind TLS: `__Host-` cookies, HSTS
    demo_phone: PhoneLogin | None = None
    locales: tuple[str, ...] = ("lv", "en")
    phone_origins: tuple[str, ...] = ()  # ws(s)://host:port that browser phones connect to
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")  # networks that may read /metrics
    behind_proxy: bool = False  # the last X-Forwarded-For entry is the browser's address
    samples: tuple[SampleLogin, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that `agents_ui.app.build` is given."""

    settings: PanelSettings
    accounts: Accounts
    desks: Desks
    history: History
    catalogue: Catalogue
    board: Board
    crisis: CrisisRoom
    health: Health
