"""What the board needs from the service: the network now, and why a call is where it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Protocol

from msgspec import Meta

from agents_ui.shell.port import AgentState, CrisisNotice, Person, Texts
from routing.explanation import Digest, Explanation

Dimension = Literal["network", "queue", "centre", "municipality", "region", "language", "number"]
"""What figures are of. A call belongs to the place of its caller, as routing has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """The figures of one queue, centre, language and so on, or of the whole network (`key` = "").

    Of queues, languages and regions they are the whole network's, where everybody stands in one
    line; `ours` are those of the waiting who belong to the realms shown. Agents are those who work
    there; of a queue or a language those who can do it.
    """

    dimension: Dimension
    key: str  # its id
    label: Texts  # none of the network, of a language its code says it
    waiting: int
    longest_since: float | None
    p90_since: float | None  # a tenth of the waiting waits longer
    ready: int
    ringing: int = 0
    talking: int = 0
    wrap_up: int = 0
    not_ready: int = 0
    counter: int = 0  # of those, at the counter
    answered: int  # today
    abandoned: int  # today, short ones apart
    short_abandoned: int
    otherwise: int = 0  # today: in line, and neither; with those and the waiting: all who came
    helped: int = 0  # today, calls of other centres that were answered here
    aided: int = 0  # today, calls from here that other centres have answered
    gave_up: int = 0  # today, in line anew after an answer; all these beside the level, and known
    informed: int = 0  # hung up soon after a notice; of queues and the network alone
    turned_away: int = 0  # by the queue's overflow
    callbacks: int  # still to be made
    callbacks_late: int = 0
    messages: int  # voice messages that nobody has seen to
    messages_late: int = 0
    oldest_message_at: float | None  # left
    messages_handled: int = 0  # today, by a call or without one
    called_out: int = 0  # today, of whom we rang: talked to
    not_reached: int = 0  # and not
    service_level: float | None  # last 30 minutes
    service_level_today: float | None
    average_wait_s: float | None  # of the answered, today
    target_wait_s: float
    target_service_level: float
    target_average_s: float  # the T of its queues, the longest where they differ
    target_waiting: int  # at most
    target_abandoned: float  # at most, 0..1 of the answered and abandoned
    target_ready: int  # at least, while anybody is at work or waits
    target_occupancy: float  # at most, 0..1 of the ready and busy
    answer_within_s: float | None  # the T of the level; None where the queues differ in it
    ours: int | None = None  # None where the whole network is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRow:
    """Of what some of the waiting ask: how many agents can answer it, and what they do now.

    `lacks` says what nobody has, where there is none: `language`, `authority` or `skill`.
    """

    key: str
    able: int
    ready: int
    busy: int  # in an offer, a talk or a wrap-up
    counter: int
    away: int  # not ready, elsewise
    lacks: str = ""
    detail: str = ""  # which language or skill


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
    municipality: str = ""
    held_since: float | None = None  # the caller hears music since then
    limit_s: float | None = None  # who is longer in this state, or holds longer, is looked at
    unsaved: int = 0  # open records of earlier calls
    help_since: float | None = None  # asks for help
    lost: bool = False  # gone in mid-call: the caller waits, and could be given to others


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call on the board, open or among the latest that ended; no number, no name."""

    call_id: str
    queue: str
    language: str
    phase: str  # menu, waiting, offered, talking, held, consulting, passing, rejoining, ended
    arrived_at: float
    queued_at: float | None
    answered_at: float | None
    ended_at: float | None
    outcome: str | None
    agent: str
    centre: str = ""  # where it belongs
    demand: str = ""  # of who waits: the key of what is asked for
    circle: str = ""  # in which an agent is looked for
    widens_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRow:
    """One promise on the board, to ring back or to hear a message, the next due first; no number,
    no name."""

    call_id: str
    queue: str
    language: str
    phase: str  # callback, previewed, listening, calling, offered, talking
    asked_at: float
    due_at: float
    attempts: int  # made
    most: int
    not_before: float | None  # None where it may be rung now, but for the hours
    agent: str
    message_s: float | None = None  # the length of a voice message


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """Something that a supervisor should look at now; it goes when its cause has gone."""

    code: str  # what it is: its words are `ALARMS` in words.js
    since: float
    place: str  # where: a centre, a queue, a document with its node
    detail: str  # the particulars, as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCheck:
    """When the sums of the latest days were looked at, and how many do not hold."""

    at: float
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """All that the supervisor's page shows."""

    seq: int
    at: float
    telephony: bool
    total: FigureRow
    queues: tuple[FigureRow, ...]
    agents: tuple[AgentRow, ...]
    calls: tuple[CallRow, ...]  # all that are open, then the latest ended, at most 30 of those
    groups: tuple[FigureRow, ...] = ()  # by centre, municipality, region, language and number
    demands: tuple[DemandRow, ...] = ()
    callbacks: tuple[CallbackRow, ...] = ()  # the promises that are open, at most 500
    callbacks_waiting: int = 0  # all of them
    alarms: tuple[AlarmRow, ...] = ()  # oldest first
    crisis: CrisisNotice | None = None
    checked: FigureCheck | None = None  # None: not since the start
    realms: tuple[str, ...] = ()  # names of those that are shown; none where it is all of them


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
    "transferred",
    "taken_over",
    "answered",
    "talk_ended",
    "ended",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment in a call's life, and what was decided then."""

    at: float
    kind: MomentKind
    agent_id: str = ""  # whom it was offered to, or who answered
    by: str = ""  # of `taken_over`: the agent whose talk it was
    outcome: str = ""  # of `ended`
    decision: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """How a call came to be where it is, as data; `reasons.py` puts it into words.

    `labels` are those of a skill, by its id, and of a centre, a municipality or a region, by kind
    and id, as in `centre:ludza`.
    """

    now: Explanation | None  # why it waits; None if it does not
    moments: tuple[Moment, ...]
    names: Mapping[str, str]  # of agents, by their id
    labels: Mapping[str, Texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How somebody looks at the board."""

    dimension: Dimension = "queue"
    sort: Annotated[str, Meta(max_length=20)] = ""  # by which figure; "" is the order as it comes
    down: bool = True
    search: Annotated[str, Meta(max_length=60)] = ""
    agents: Annotated[str, Meta(max_length=60)] = ""  # searched for among the agents
    bunched: bool = True  # agents by state
    problems: bool = False  # only those


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A look under a name."""

    name: str
    look: Look


MOST_VIEWS: Final = 20
"""Of one account."""


REACHES: Final = 700
"""So many views of different realms are kept, to be compared with the next: a centre's each."""


class TooMany(Exception):
    """As many are kept as may be: remove one first."""


class BoardViews(Protocol):
    """The views that people have saved. Raises `Unavailable` while the database is away."""

    async def views(self, person: Person) -> Sequence[SavedView]:
        """By name."""

    async def save(self, view: SavedView, *, person: Person) -> None:
        """Keep it, in place of one of that name; raises `TooMany`."""

    async def remove(self, name: str, *, person: Person) -> None:
        """No more, if there is one."""


class Board(Protocol):
    """The live board."""

    def view(self, person: Person) -> BoardView:
        """The network as it stands: of agents, calls and promises those in the person's realms.

        The same object for everybody who sees the same, until something of it has changed; of a
        row too.
        """

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields when the view may have changed, at most every three quarters of a second."""

    async def close_records(self, agent_id: str, *, person: Person) -> int:
        """Close the agent's open records of earlier calls as not recorded; how many they were.

        Raises `Unavailable`, where nothing was done, and `LookupError` for no agent of the person's
        realms.
        """

    async def give_help(self, agent_id: str, *, person: Person) -> None:
        """Somebody sees to it that this agent asks for help. Raises as `close_records`."""

    async def why(self, call_id: str, *, person: Person) -> Why:
        """Why a call waits (its ring, what it asks, agent by agent), and all that was decided.

        Agents of other realms are told by their centre. Raises `LookupError` for a call that is
        none of the latest, or none of the person's realms.
        """
