"""The spool's file: plain, synchronous SQLite. `spool` owns it and gives it its one thread.

`record` holds the events in order; `entity` the latest state of each call and agent, written in
the same transaction. A restart reads states and never replays decisions, so new code cannot
change the past.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog

from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.events import NetworkPublished
from contactcentre.storage import codec
from contactcentre.storage.entry import Changes, Entry, Record, is_open

log = structlog.get_logger(__name__)

T = TypeVar("T")
Row = tuple[object, ...]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, call_id TEXT, agent_id TEXT,
    event BLOB NOT NULL, changes BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS record_at ON record (at);
CREATE TABLE IF NOT EXISTS entity (
    kind TEXT NOT NULL, id TEXT NOT NULL, state BLOB NOT NULL, open INTEGER NOT NULL,
    at REAL NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (kind, id)
);
CREATE TABLE IF NOT EXISTS spool (
    one INTEGER PRIMARY KEY CHECK (one = 1), source TEXT NOT NULL, sent INTEGER NOT NULL
);
"""

_RECORD = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)"
_ENTITY = """
INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET
    state = excluded.state, open = excluded.open, at = excluded.at, seq = excluded.seq
"""


class SpoolFile:
    """One open file. Not for two threads, but two objects may share the path."""

    def __init__(self, path: Path) -> None:
        """Open or create it; only its owner may read it. Raises sqlite3.DatabaseError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():  # closing any other handle of it would drop SQLite's locks
            path.touch(mode=0o600)
        self._db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
            self._db.execute("INSERT OR IGNORE INTO spool VALUES (1, ?, 0)", (uuid.uuid4().hex,))
            self.source, self._sent = self._row("SELECT source, sent FROM spool")
        except BaseException:  # closed and raised again, whatever it is
            self._db.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def last_seq(self) -> int:
        """The highest number ever written here."""
        (last,) = self._row(
            "SELECT max(coalesce((SELECT max(seq) FROM record), 0), sent) FROM spool"
        )
        return int(last)

    def unsent_count(self) -> int:
        """How many records the database has not confirmed."""
        (count,) = self._row("SELECT count(*) FROM record, spool WHERE seq > sent")
        return int(count)

    def calls(self, since: float) -> tuple[Call, ...]:
        """The open calls, and those that changed at `since` (UTC seconds) or later."""
        return self._entities("call", Call, since)

    def agents(self) -> tuple[Agent, ...]:
        """Every agent as last seen."""
        return self._entities("agent", Agent, float("-inf"))

    def crisis(self) -> Crisis | None:
        """The crisis that goes on."""
        going_on = self._entities("crisis", Crisis, float("inf"))
        return going_on[-1] if going_on else None

    def write(self, entries: Sequence[Entry]) -> None:
        """Write all of them in one transaction, or none."""
        records = [_record_row(entry) for entry in entries]
        entities: dict[tuple[str, str], Row] = {}
        for entry in entries:
            entities.update(_entity_rows(entry))
        with self._transaction():
            self._db.executemany(_RECORD, records)
            self._db.executemany(_ENTITY, entities.values())

    def unsent(self, limit: int) -> list[Record]:
        """The oldest records, at most `limit`, that the database has not confirmed."""
        rows = self._db.execute(
            "SELECT record.* FROM record, spool WHERE seq > sent ORDER BY seq LIMIT ?", (limit,)
        )
        return [_record(row) for row in rows]

    def mark_sent(self, upto_seq: int) -> None:
        """The database holds everything up to that number."""
        self._db.execute("UPDATE spool SET sent = max(sent, ?)", (upto_seq,))

    def prune(self, before: float) -> None:
        """Forget what the database holds and nobody needs any more, from before that instant."""
        with self._transaction():
            self._db.execute(
                "DELETE FROM record WHERE at < ? AND seq <= (SELECT sent FROM spool)", (before,)
            )
            self._db.execute(
                "DELETE FROM entity WHERE kind <> 'agent' AND NOT open AND at < ?", (before,)
            )

    def _row(self, sql: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._db.execute(sql).fetchone()
        return row

    def _entities(self, kind: str, form: type[T], since: float) -> tuple[T, ...]:
        rows = self._db.execute(
            "SELECT id, state FROM entity WHERE kind = ? AND (open OR at >= ?) ORDER BY seq",
            (kind, since),
        )
        return tuple(_readable(kind, form, rows))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:  # rolled back and raised again, whatever it is
            # A full disk rolls back by itself.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _record_row(entry: Entry) -> Row:
    # A published network can be megabytes and the database has it: its number is enough.
    event = entry.event
    if isinstance(event, NetworkPublished):
        event = {"at": event.at, "version": event.network.version}
    changes = Changes(
        calls=entry.calls, agents=entry.agents, crises=entry.crises, passages=entry.passages
    )
    return (
        entry.seq,
        entry.at,
        entry.kind,
        entry.call_id,
        entry.agent_id,
        codec.encode(event),
        codec.encode(changes),
    )


def _entity_rows(entry: Entry) -> Iterator[tuple[tuple[str, str], Row]]:
    for call in entry.calls:
        state = codec.encode(call)
        row = ("call", call.call_id, state, is_open(call), entry.at, entry.seq)
        yield ("call", call.call_id), row
    for agent in entry.agents:
        row = ("agent", agent.agent_id, codec.encode(agent), True, entry.at, entry.seq)
        yield ("agent", agent.agent_id), row
    for crisis in entry.crises:
        goes_on = crisis.ended_at is None
        row = ("crisis", crisis.crisis_id, codec.encode(crisis), goes_on, entry.at, entry.seq)
        yield ("crisis", crisis.crisis_id), row


def _record(row: tuple[Any, ...]) -> Record:
    seq, at, kind, call_id, agent_id, event, changes = row
    try:
        after = codec.decode(changes, Changes)
    except codec.Broken:
        # Of a version whose form we no longer know: the event itself still counts.
        log.error("spool.changes_unreadable", seq=seq, kind=kind)
        after = Changes()
    return Record(
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


def _readable(kind: str, form: type[T], rows: Iterable[tuple[str, bytes]]) -> Iterator[T]:
    for name, state in rows:
        try:
            yield codec.decode(state, form)
        except codec.Broken:
            # Written by a version whose form we no longer know: Asterisk's snapshot will tell.
            log.error("spool.state_unreadable", kind=kind, id=name)
