"""The spool's file: plain, synchronous SQLite. `spool` owns it and gives it its one thread.

Each table has something that makes it shrink:

- `record` holds the events in order, until the database has them and they are old;
- `entity` the latest state of each call, agent and caller, written in the same transaction. A
  restart reads states and never replays decisions, so new code cannot change the past. Calls that
  nobody needs any more go with their age, and a record that nobody saves is closed before that;
  callers go when they are not remembered any more; agents are as many as there ever were
  accounts, and there is one clock;
- `left_queue`, `left_under` and `ended` count by the minute what the day's figures are made of, for
  as long as a day may last;
- `aside` the records that could not be written whole, or that the database refused, with the
  reason, until they are old.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.line.memory import CALLERS, Remembered
from contactcentre.storage import spool_rows
from contactcentre.storage.entry import (
    Dialled,
    EndsOfMinute,
    Entry,
    JournalRecord,
    QueueMinute,
    Standing,
)
from contactcentre.storage.spool_rows import Row

T = TypeVar("T")

LATEST = 200
"""So many closed calls come back in any case, for the board."""

FEW = 10_000
"""Unsent records that are counted one by one; for more, the whole day's are looked through."""

PORTION = 1000
"""Rows of a table that one `prune` deletes at most, so that nobody waits long for it."""

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
CREATE INDEX IF NOT EXISTS entity_open_at ON entity (kind, open, at);
CREATE TABLE IF NOT EXISTS left_queue (
    minute INTEGER, queue TEXT, answered INTEGER NOT NULL, abandoned INTEGER NOT NULL,
    short_abandoned INTEGER NOT NULL, within INTEGER NOT NULL, wait_sum_s REAL NOT NULL,
    otherwise INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (minute, queue)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS left_under (
    minute INTEGER, dimension TEXT, id TEXT, answered INTEGER NOT NULL, abandoned INTEGER NOT NULL,
    short_abandoned INTEGER NOT NULL, within INTEGER NOT NULL, wait_sum_s REAL NOT NULL,
    otherwise INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (minute, dimension, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended (
    minute INTEGER, queue TEXT, outcome TEXT, count INTEGER NOT NULL,
    PRIMARY KEY (minute, queue, outcome)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dialled (minute INTEGER PRIMARY KEY, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS aside (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS spool (
    one INTEGER PRIMARY KEY CHECK (one = 1), source TEXT NOT NULL, sent INTEGER NOT NULL
);
"""

_OTHERWISE = "otherwise INTEGER NOT NULL DEFAULT 0"
_RECORD = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)"
_ENTITY = """
INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET
    state = excluded.state, open = excluded.open, at = excluded.at, seq = excluded.seq
"""
_LEFT = """
INSERT INTO left_queue VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (minute, queue) DO UPDATE SET
    answered = answered + excluded.answered, abandoned = abandoned + excluded.abandoned,
    short_abandoned = short_abandoned + excluded.short_abandoned,
    within = within + excluded.within, wait_sum_s = wait_sum_s + excluded.wait_sum_s,
    otherwise = otherwise + excluded.otherwise
"""
_LEFT_UNDER = """
INSERT INTO left_under VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (minute, dimension, id) DO UPDATE SET
    answered = answered + excluded.answered, abandoned = abandoned + excluded.abandoned,
    short_abandoned = short_abandoned + excluded.short_abandoned,
    within = within + excluded.within, wait_sum_s = wait_sum_s + excluded.wait_sum_s,
    otherwise = otherwise + excluded.otherwise
"""
_UNDER = """
SELECT min(minute), dimension, id, sum(answered), sum(abandoned), sum(short_abandoned),
    sum(within), sum(wait_sum_s), sum(otherwise)
FROM left_under WHERE minute >= :since
GROUP BY minute < :lately, CASE WHEN minute < :lately THEN minute / 60 ELSE minute END,
    dimension, id
ORDER BY 1
"""
_ENDED = """
INSERT INTO ended VALUES (?, ?, ?, 1)
ON CONFLICT (minute, queue, outcome) DO UPDATE SET count = count + 1
"""
_DIALLED = """
INSERT INTO dialled VALUES (?, ?)
ON CONFLICT (minute) DO UPDATE SET seconds = seconds + excluded.seconds
"""
_ASIDE = "INSERT OR REPLACE INTO aside VALUES (?, ?, ?, ?)"
_OPEN = "SELECT id, state FROM entity WHERE kind = ? AND open = 1 ORDER BY seq"
_LATEST = """
SELECT id, state, at FROM entity WHERE kind = ? AND open = ? AND at >= ? ORDER BY at DESC LIMIT ?
"""
_UNSAVED = """
SELECT id, state FROM entity WHERE kind = 'call' AND open = 2 AND at < ? ORDER BY at LIMIT ?
"""
_CALL = "SELECT id, state FROM entity WHERE kind = 'call' AND id = ?"
_OLD = """
DELETE FROM entity WHERE rowid IN (
    SELECT rowid FROM entity WHERE kind = ? AND open = 0 AND at < ? ORDER BY at LIMIT ?
)
"""
_OLD_RECORD = """
DELETE FROM record WHERE seq IN (
    SELECT seq FROM record WHERE at < ? AND seq <= (SELECT sent FROM spool) ORDER BY at LIMIT ?
)
"""
_FEW_UNSENT = """
SELECT count(*) FROM (SELECT 1 FROM record WHERE seq > (SELECT sent FROM spool) LIMIT ?)
"""
# By the narrow index: the table itself may be gigabytes after an outage.
_MANY_UNSENT = """
SELECT count(*) FROM record INDEXED BY record_at
WHERE at > -1e300 AND seq > (SELECT sent FROM spool)
"""
# Not joined with `spool`: all that was ever written would be walked for each batch.
_UNSENT = "SELECT * FROM record WHERE seq > (SELECT sent FROM spool) ORDER BY seq LIMIT ?"
_HELD = """
SELECT max(seq) FROM record
WHERE seq <= (SELECT sent FROM spool) AND seq NOT IN (SELECT seq FROM aside)
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
            self._db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
            self._db.executescript(_SCHEMA)
            self._grow()
            self._db.execute("INSERT OR IGNORE INTO spool VALUES (1, ?, 0)", (uuid.uuid4().hex,))
            (self.source,) = self._row("SELECT source FROM spool")
        except BaseException:  # closed and raised again, whatever it is
            self._db.close()
            raise

    def _grow(self) -> None:
        """A file of an earlier release counted no calls that left their queue otherwise."""
        for table in ("left_queue", "left_under"):
            columns = self._db.execute(f"SELECT name FROM pragma_table_info('{table}')")  # noqa: S608
            if ("otherwise",) not in columns.fetchall():
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {_OTHERWISE}")

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
        (count,) = self._row(_FEW_UNSENT, FEW)
        if count == FEW:
            (count,) = self._row(_MANY_UNSENT)
        return int(count)

    # --- what a restart reads --------------------------------------------------------------

    def calls(self, lately: float, since: float) -> tuple[Call, ...]:
        """The open calls, those that ended lately, and the latest that ended at `since` or later
        (UTC seconds)."""
        over = self._over("call", Call, lately, -1, Standing.CLOSED, Standing.UNSAVED)
        if len(over) < LATEST:
            over = self._over("call", Call, since, LATEST, Standing.CLOSED, Standing.UNSAVED)
        return (*over, *self._open("call", Call))

    def records(self, call_ids: Iterable[str]) -> tuple[Call, ...]:
        """These calls, whatever has become of them; unknown ones are left out."""
        rows = [row for key in call_ids for row in self._db.execute(_CALL, (key,))]
        return tuple(spool_rows.readable("call", Call, rows))

    def unsaved(self, before: float, limit: int) -> tuple[Call, ...]:
        """Calls that ended before that instant and whose record is open still, the oldest first."""
        return tuple(spool_rows.readable("call", Call, self._db.execute(_UNSAVED, (before, limit))))

    def agents(self) -> tuple[Agent, ...]:
        """Every agent as last seen."""
        return self._open("agent", Agent)

    def crisis(self) -> Crisis | None:
        """The crisis that goes on."""
        going_on = self._open("crisis", Crisis)
        return going_on[-1] if going_on else None

    def last_crisis(self) -> Crisis | None:
        """The one that ended last, as long as it is kept."""
        over = self._over("crisis", Crisis, 0.0, 1, Standing.CLOSED)
        return over[-1] if over else None

    def clock(self) -> ClockStepped | None:
        """The last step of the clock that was told."""
        told = self._open("clock", ClockStepped)
        return told[-1] if told else None

    def latest_at(self) -> float:
        """When the last event was (UTC seconds); 0 where there is none."""
        row = self._db.execute("SELECT at FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        return float(row[0]) if row else 0.0

    def callers(self, since: float) -> tuple[Remembered, ...]:
        """What is remembered of callers, the latest last."""
        return self._over("caller", Remembered, since, CALLERS, Standing.CLOSED)

    def minutes(self, since: float) -> tuple[QueueMinute, ...]:
        """What left the queues since then, by the minute, in order."""
        rows = self._db.execute(
            "SELECT * FROM left_queue WHERE minute >= ? ORDER BY minute", (int(since // 60),)
        )
        return tuple(spool_rows.queue_minute(row) for row in rows)

    def minutes_under(self, since: float, lately: float) -> tuple[QueueMinute, ...]:
        """The same of centres, languages and so on: by the hour before `lately` (a day begins on
        an hour), then by the minute, so that a start reads few rows at the day's end too."""
        bounds = {"since": int(since // 60), "lately": int(lately // 60)}
        return tuple(spool_rows.minute_under(row) for row in self._db.execute(_UNDER, bounds))

    def ends(self, since: float) -> tuple[EndsOfMinute, ...]:
        """How calls ended since then, by the minute, in order."""
        rows = self._db.execute(
            "SELECT * FROM ended WHERE minute >= ? ORDER BY minute", (int(since // 60),)
        )
        return tuple(spool_rows.ends_of_minute(row) for row in rows)

    def dialled(self, since: float) -> tuple[Dialled, ...]:
        """What was dialled out since then, by the minute, in order."""
        rows = self._db.execute(
            "SELECT * FROM dialled WHERE minute >= ? ORDER BY minute", (int(since // 60),)
        )
        return tuple(Dialled(at=minute * 60.0, seconds=seconds) for minute, seconds in rows)

    # --- writing ---------------------------------------------------------------------------

    def write(self, entries: Sequence[Entry]) -> list[JournalRecord | None]:
        """Write all of them in one transaction, or none. What `unsent` gives of each, where that
        is known without reading it."""
        all_written = [spool_rows.written(entry) for entry in entries]
        entities: dict[tuple[str, str], Row] = {}
        for written in all_written:
            entities.update(written.entities)
        new: tuple[tuple[str, Collection[Row]], ...] = (
            (_RECORD, [written.record for written in all_written]),
            (_ENTITY, entities.values()),
            (_LEFT, _each(spool_rows.left, entries)),
            (_LEFT_UNDER, _each(spool_rows.left_under, entries)),
            (_ENDED, _each(spool_rows.ended, entries)),
            (_DIALLED, _each(spool_rows.dialled, entries)),
            (_ASIDE, [(*one.record[:3], one.reason) for one in all_written if one.reason]),
        )
        with self.transaction():
            for statement, rows in new:
                if rows:  # mostly there are but two kinds
                    self._db.executemany(statement, rows)
        return [written.plain for written in all_written]

    def prune(self, before: float, forgotten: float) -> bool:
        """Delete a portion of what the database holds and is from before that instant, and of
        callers from before `forgotten`; whether there may be more."""
        with self.transaction():
            gone = (
                self._db.execute(_OLD_RECORD, (before, PORTION)).rowcount,
                self._db.execute(_OLD, ("call", before, PORTION)).rowcount,
                self._db.execute(_OLD, ("crisis", before, PORTION)).rowcount,
                self._db.execute(_OLD, ("caller", forgotten, PORTION)).rowcount,
            )
            self._db.execute("DELETE FROM aside WHERE at < ?", (before,))
            for table in ("left_queue", "left_under", "ended", "dialled"):
                self._db.execute(f"DELETE FROM {table} WHERE minute < ?", (int(before // 60),))  # noqa: S608
        return max(gone) == PORTION

    # --- what the database has -------------------------------------------------------------

    def unsent(self, limit: int) -> list[JournalRecord]:
        """The oldest records, at most `limit`, that the database has not confirmed."""
        return [spool_rows.record(row) for row in self._db.execute(_UNSENT, (limit,))]

    def mark_sent(self, upto_seq: int) -> int:
        """The database holds everything up to that number; how many records that confirms."""
        (count,) = self._row(
            "SELECT count(*) FROM record, spool WHERE seq > sent AND seq <= ?", upto_seq
        )
        self._db.execute("UPDATE spool SET sent = max(sent, ?)", (upto_seq,))
        return int(count)

    def mark_lost(self, after_seq: int) -> None:
        """The database has lost what came after that number."""
        self._db.execute("UPDATE spool SET sent = min(sent, ?)", (after_seq,))

    def held(self) -> int:
        """The highest number here that the database ought to hold; 0 where there is none."""
        (last,) = self._row(_HELD)
        return int(last or 0)

    def set_aside(self, record: JournalRecord, reason: str) -> None:
        """The database will never take this one."""
        row = (record.seq, record.at, record.kind, reason)
        self._db.execute(_ASIDE, row)

    def aside_count(self) -> int:
        """How many records are set aside."""
        (count,) = self._row("SELECT count(*) FROM aside")
        return int(count)

    def query(self, sql: str, *values: object) -> list[Any]:
        """The rows of a question."""
        return self._db.execute(sql, values).fetchall()

    # --- how -------------------------------------------------------------------------------

    def _row(self, sql: str, *values: object) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._db.execute(sql, values).fetchone()
        return row

    def _open(self, kind: str, form: type[T]) -> tuple[T, ...]:
        return tuple(spool_rows.readable(kind, form, self._db.execute(_OPEN, (kind,))))

    def _over(
        self, kind: str, form: type[T], since: float, limit: int, *standings: Standing
    ) -> tuple[T, ...]:
        """The latest of them, the oldest first."""
        rows = [
            row
            for one in standings
            for row in self._db.execute(_LATEST, (kind, int(one), since, limit))
        ]
        rows.sort(key=lambda row: float(row[2]), reverse=True)
        latest = [row[:2] for row in rows[: limit if limit >= 0 else None]]
        return tuple(spool_rows.readable(kind, form, reversed(latest)))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done inside, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException:  # rolled back and raised again, whatever it is
            # A full disk rolls back by itself.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _each(of: Callable[[Entry], Iterable[Row]], entries: Iterable[Entry]) -> list[Row]:
    return [row for entry in entries for row in of(entry)]
