"""What the journal holds: an event, and every entity that it touched as it stands after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.line.memory import Remembered
from contactcentre.core.outcomes import Outcome
from ivr.interpreter import Passage
from routing.service_level import Level, Queued


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended, and in which queue it stood last."""

    queue: str
    at: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """Seconds for which the carrier is paid, and when the talk had come to its end."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as the engine appends it. `seq` grows; `at` is the event's own."""

    seq: int
    at: float
    kind: str
    call_id: str | None
    agent_id: str | None
    event: object
    calls: tuple[Call, ...] = ()
    agents: tuple[Agent, ...] = ()
    crises: tuple[Crisis, ...] = ()
    passages: tuple[Passage, ...] = ()
    callers: tuple[Remembered, ...] = ()  # kept here alone, for the next start; the following too
    left: tuple[Queued, ...] = ()  # calls that have just left their queue
    ended: tuple[Ended, ...] = ()
    dialled: tuple[Dialled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedStates:
    """The entities of one entry, and what happened in the menus."""

    calls: tuple[Call, ...] = ()
    agents: tuple[Agent, ...] = ()
    crises: tuple[Crisis, ...] = ()
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """An entry as it was written; `event` is its JSON text."""

    seq: int
    at: float
    kind: str
    call_id: str | None
    agent_id: str | None
    event: bytes
    calls: tuple[Call, ...] = ()
    agents: tuple[Agent, ...] = ()
    crises: tuple[Crisis, ...] = ()
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMinute:
    """What the calls come to that left a queue in one minute (since the epoch, UTC); or those of a
    centre, a language and so on, where there is a `dimension`: then `queue` is the id in that."""

    queue: str
    minute: int
    level: Level
    dimension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsOfMinute:
    """How many calls that stood last in a queue came to one end in one minute."""

    queue: str
    minute: int
    outcome: Outcome
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restart begins with.

    `calls` are those that are open, whose record an agent has in hand, or that closed lately: all
    of an hour, and in any case some for the board. What else the day has left behind comes in
    short, so that a start takes as long at its end as at its beginning.

    `last_seq` is at least the clock's microseconds, so that a spool that starts anew (or on a
    standby) always numbers its entries above those of its predecessors. Gaps mean nothing.
    """

    last_seq: int
    calls: tuple[Call, ...] = ()
    agents: tuple[Agent, ...] = ()
    crisis: Crisis | None = None  # the one that goes on
    last_crisis: Crisis | None = None  # the one that ended last: it may want to be confirmed
    callers: tuple[Remembered, ...] = ()
    clock: ClockStepped | None = None  # the last that was told
    latest_at: float = 0.0  # of the last event
    minutes: tuple[QueueMinute, ...] = ()
    ends: tuple[EndsOfMinute, ...] = ()
    dialled: tuple[Dialled, ...] = ()  # by the minute


class Standing(IntEnum):
    """Whether somebody still needs a call."""

    CLOSED = 0
    OPEN = 1  # it goes on
    UNSAVED = 2  # it is over, and nobody has recorded yet what was done


def standing(call: Call) -> Standing:
    """Of the call as it is now."""
    if call.phase is not Phase.ENDED:
        return Standing.OPEN
    unsaved = call.talk.answered_at is not None and call.record.saved_at is None
    return Standing.UNSAVED if unsaved else Standing.CLOSED
