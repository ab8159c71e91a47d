"""What the board needs from the service: the network now, and why a call is where it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from agents_ui.shell.port import AgentState, CrisisNotice, Person, Texts
from routing.explanation import Digest, Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One queue (or all together, `queue` = "") on the board: of the whole network, where everybody
    stands in one line, and `ours` are those of the waiting who belong to the realms shown."""

    queue: str
    label: Texts  # none of all together
    waiting: int
    longest_since: float | None
    ready: int
    answered: int  # today
    abandoned: int  # today, short ones apart
    short_abandoned: int
    gave_up: int  # today, in line anew after an answer; this and the next two beside the level
    informed: int  # hung up soon after a notice; in all those too who were still in the menu
    turned_away: int  # by the queue's overflow
    callbacks: int  # still to be made
    messages: int  # voice messages that nobody has seen to
    oldest_message_at: float | None  # left
    messages_handled: int  # today, by a call or without one
    called_out: int  # today, of whom we rang: talked to
    not_reached: int  # and not
    service_level: float | None  # last 30 minutes
    service_level_today: float | None
    average_wait_s: float | None  # of the answered, today
    target_wait_s: float
    target_service_level: float
    answer_within_s: float | None  # the T of the level; None where the queues differ in it
    ours: int | None = None  # None where the whole network is shown


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
    unsaved: int = 0  # open records of earlier calls
    help_since: float | None = None  # asks for help


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One recent call on the board; no number, no name."""

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
class BoardView:
    """All that the supervisor's page shows."""

    seq: int
    at: float
    telephony: bool
    target_waiting: int
    total: QueueRow
    queues: tuple[QueueRow, ...]
    agents: tuple[AgentRow, ...]
    calls: tuple[CallRow, ...]  # open ones first, then the latest ended, at most 30
    callbacks: tuple[CallbackRow, ...] = ()  # the promises that are open, at most 30
    callbacks_waiting: int = 0  # all of them
    alarms: tuple[AlarmRow, ...] = ()  # oldest first
    crisis: CrisisNotice | None = None
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


class Board(Protocol):
    """The live board."""

    def view(self, person: Person) -> BoardView:
        """The network as it stands: of agents, calls and promises those in the person's realms."""

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields when the view may have changed, at most every half second."""

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
