"""From entries to the rows of the spool's file, and back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import structlog

from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.events import NetworkPublished
from contactcentre.core.line.memory import Remembered
from contactcentre.core.outcomes import Outcome
from contactcentre.storage import codec
from contactcentre.storage.entry import (
    EndsOfMinute,
    Entry,
    JournalRecord,
    QueueMinute,
    TouchedStates,
    standing,
)
from routing.service_level import Level, of

log = structlog.get_logger(__name__)

T = TypeVar("T")
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What an entry comes to: its record, the states after it, by kind and id, and the reason why
    that is not all; `plain` where what would be read of the record is what the entry says."""

    record: Row
    entities: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    reason: str = ""
    plain: JournalRecord | None = None


def written(entry: Entry) -> Written:
    """The rows of an entry. Of what no JSON can carry the fact alone is kept, and the states stay
    as they were: the journal goes on, whatever a page or a trunk has sent."""
    try:
        row, plain = _record_row(entry)
        return Written(row, dict(_entity_rows(entry)), plain=plain)
    except (TypeError, ValueError, OverflowError, RecursionError) as fault:
        reason = type(fault).__name__
        log.error("spool.unwritable", seq=entry.seq, kind=entry.kind, error=reason)
        bare = Entry(
            seq=entry.seq,
            at=entry.at,
            kind=entry.kind,
            call_id=entry.call_id,
            agent_id=entry.agent_id,
            event={"at": entry.at},
        )
        return Written(_record_row(bare)[0], reason=reason)


def _record_row(entry: Entry) -> tuple[Row, JournalRecord | None]:
    # A published network can be megabytes and the database has it: its number is enough.
    event = entry.event
    if isinstance(event, NetworkPublished):
        event = {"at": event.at, "version": event.network.version}
    changes = TouchedStates(
        calls=entry.calls, agents=entry.agents, crises=entry.crises, passages=entry.passages
    )
    head = entry.seq, entry.at, entry.kind, entry.call_id, entry.agent_id
    text, mended = codec.encoded(event)
    states, also_mended = codec.encoded(changes)
    plain = None if mended or also_mended else _record(*head, text, changes)
    return (*head, text, states), plain


def _entity_rows(entry: Entry) -> Iterator[tuple[tuple[str, str], Row]]:
    for call in entry.calls:
        state = codec.encode(call)
        row = ("call", call.call_id, state, int(standing(call)), entry.at, entry.seq)
        yield ("call", call.call_id), row
    for agent in entry.agents:
        row = ("agent", agent.agent_id, codec.encode(agent), True, entry.at, entry.seq)
        yield ("agent", agent.agent_id), row
    for crisis in entry.crises:
        goes_on = crisis.ended_at is None
        row = ("crisis", crisis.crisis_id, codec.encode(crisis), goes_on, entry.at, entry.seq)
        yield ("crisis", crisis.crisis_id), row
    for known in entry.callers:
        row = ("caller", known.caller, codec.encode(known), False, entry.at, entry.seq)
        yield ("caller", known.caller), row
    if isinstance(entry.event, ClockStepped):  # in one transaction with all that it has moved
        row = ("clock", "", codec.encode(entry.event), True, entry.at, entry.seq)
        yield ("clock", ""), row


def record(row: tuple[Any, ...]) -> JournalRecord:
    """A record as it was written; of changes that can't be read any more the event still counts."""
    seq, at, kind, call_id, agent_id, event, changes = row
    try:
        after = codec.decode(changes, TouchedStates)
    except codec.Broken:
        log.error("spool.changes_unreadable", seq=seq, kind=kind)
        after = TouchedStates()
    return _record(seq, at, kind, call_id, agent_id, event, after)


def _record(
    seq: int,
    at: float,
    kind: str,
    call_id: str | None,
    agent_id: str | None,
    event: bytes,
    after: TouchedStates,
) -> JournalRecord:
    return JournalRecord(
        seq=seq,
        at=at,
        kind=kind,
        call_id=call_id,
        agent_id=agent_id,
        event=event,
        calls=after.calls,
        agents=after.agents,
        crises=after.crises,
        passages=after.passages,
    )


def left(entry: Entry) -> Iterator[Row]:
    """What calls that left their queue add to the queue's minute."""
    for one in entry.left:
        yield (int(one.left_at // 60), one.queue, *_counts(of(one)))


def left_under(entry: Entry) -> Iterator[Row]:
    """The same of whatever else they are counted under."""
    for one in entry.left:
        counts = _counts(of(one))
        for dimension, key in one.under:
            yield (int(one.left_at // 60), dimension, key, *counts)


def _counts(it: Level) -> Row:
    in_line = (it.answered, it.abandoned, it.short_abandoned, it.within, it.wait_sum_s)
    return (*in_line, it.otherwise)


def minute_under(row: tuple[Any, ...]) -> QueueMinute:
    """And back."""
    minute, dimension, *counted = row
    return replace(queue_minute((minute, *counted)), dimension=dimension)


def queue_minute(row: tuple[Any, ...]) -> QueueMinute:
    """And back."""
    minute, queue, answered, abandoned, short_abandoned, within, wait_sum_s, otherwise = row
    level = Level(
        answered=answered,
        abandoned=abandoned,
        short_abandoned=short_abandoned,
        within=within,
        wait_sum_s=wait_sum_s,
        otherwise=otherwise,
    )
    return QueueMinute(queue=queue, minute=minute, level=level)


def ended(entry: Entry) -> Iterator[Row]:
    """What calls that ended are counted under."""
    for one in entry.ended:
        yield (int(one.at // 60), one.queue, one.outcome.value)


def dialled(entry: Entry) -> Iterator[Row]:
    """What talks that were dialled out add to their minute."""
    for one in entry.dialled:
        yield (int(one.at // 60), one.seconds)


def ends_of_minute(row: tuple[Any, ...]) -> EndsOfMinute:
    """And back."""
    minute, queue, outcome, count = row
    return EndsOfMinute(queue=queue, minute=minute, outcome=Outcome(outcome), count=count)


def readable(kind: str, form: type[T], rows: Iterable[tuple[str, bytes]]) -> Iterator[T]:
    """The states that this version can read. A caller's id is a number: it is not told."""
    for name, state in rows:
        try:
            yield codec.decode(state, form)
        except codec.Broken:
            # Written by a version whose form we no longer know: Asterisk's snapshot will tell.
            log.error("spool.state_unreadable", kind=kind, id="" if form is Remembered else name)
