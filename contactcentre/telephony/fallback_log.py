"""What the fallback queue did while no service lived: Asterisk's own record, read on our return.

A SQLite file of its own that Asterisk writes as its queue log; rows go once they are told. The
dialplan writes a row `FELL` before each round of the queue, and the leash `BACK` when it has the
caller again. Whoever finds nobody logged in is not taken in, and leaves no number. Times are
counted from `FELL`, for Asterisk's own column is in local time.

Source of the events and their data: app_queue.c, "Queue Logs" of docs.asterisk.org.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from contactcentre.core import events
from contactcentre.engine.clock import now
from contactcentre.telephony.digits import number
from contactcentre.telephony.shared_files import make
from contactcentre.telephony.translation import caller_of, is_call

FILE: Final = "fallback-log.sqlite"

_NAMES: Final = uuid.UUID("0c1f2a86-9d3b-4f0e-8f7a-2b9f4f3c6d11")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS queue_log (
    time TEXT, callid TEXT, queuename TEXT, agent TEXT, event TEXT, data TEXT,
    data1 TEXT, data2 TEXT, data3 TEXT, data4 TEXT, data5 TEXT
)
"""


@dataclass(frozen=True, slots=True)
class FallbackEntry:
    """One row: what happened to the caller of a channel, and its data as text."""

    channel_id: str
    member: str
    event: str
    data: tuple[str, str, str]


class FallbackLog:
    """The file. Synchronous: its owner calls it from a worker thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self) -> None:
        """Make the file and its table where they are missing."""
        make(self._path)
        with closing(self._opened()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(_SCHEMA)

    def read_on(self, told: Iterable[str]) -> list[FallbackEntry]:
        """The callers together, each in the order of what happened, but those `told` before."""
        with closing(self._opened()) as db:
            db.executemany("DELETE FROM queue_log WHERE callid = ?", [(one,) for one in told])
            rows = db.execute(
                "SELECT callid, agent, event, data1, data2, data3 FROM queue_log"
                " WHERE callid <> 'NONE' ORDER BY callid, rowid"
            ).fetchall()
        texts = [[value or "" for value in row] for row in rows]
        return [FallbackEntry(a, b, c, (d, e, f)) for a, b, c, d, e, f in texts]

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=5.0, isolation_level=None)
        db.execute("PRAGMA secure_delete = ON")  # it has callers' numbers
        return db


class FallbackReader:
    """Tells what the log has of callers who have gone, each once."""

    def __init__(self, log: FallbackLog, post: Callable[[events.Event], None]) -> None:
        self._log = log
        self._post = post
        self._told: set[str] = set()

    async def read(self) -> list[FallbackEntry]:
        """What there is to tell, or may be when its caller has gone."""
        told, self._told = self._told, set()
        return await asyncio.to_thread(self._log.read_on, told)

    def tell(self, entries: Iterable[FallbackEntry], present: Set[str]) -> None:
        """`present` are the channels that there are; of others nothing more will be heard."""
        gone = [entry for entry in entries if entry.channel_id not in present]
        for event in told(gone, now()):
            self._post(event)
        self._told = {entry.channel_id for entry in gone}


def told(entries: Iterable[FallbackEntry], at: float) -> Iterator[events.FallbackEnded]:
    """What became of callers who have gone, told `at`; nothing of one whom we had again."""
    for channel_id, own in groupby(entries, lambda entry: entry.channel_id):
        ended = _ended(channel_id, _since_back(list(own)), at)
        if ended is not None:
            yield ended


def _since_back(entries: list[FallbackEntry]) -> list[FallbackEntry]:
    back = [number for number, entry in enumerate(entries) if entry.event == "BACK"]
    return entries[back[-1] + 1 :] if back else entries


def _ended(channel_id: str, entries: list[FallbackEntry], at: float) -> events.FallbackEnded | None:
    falls = [entry for entry in entries if entry.event == "FELL"]
    if not falls:
        return None
    _, dialled, call_id = falls[0].data
    callers = [entry.data[1] for entry in entries if entry.event == "ENTERQUEUE"]
    fell_at = _seconds(falls[-1].data[0])
    last = entries[-1]
    wait_s, talk_s = 0.0, 0.0
    connects = [entry for entry in entries if entry.event == "CONNECT"]
    match last.event:
        case "COMPLETEAGENT" | "COMPLETECALLER":
            wait_s, talk_s = _seconds(last.data[0]), _seconds(last.data[1])
        case "CONNECT":  # Asterisk went down in the talk
            wait_s = _seconds(last.data[0])
        case "ABANDON" | "EXITWITHTIMEOUT" | "EXITEMPTY":
            wait_s = _seconds(last.data[2])
    left_at = fell_at + wait_s
    return events.FallbackEnded(
        at=at,
        call_id=call_id if is_call(call_id) else uuid.uuid5(_NAMES, channel_id).hex,
        channel_id=channel_id,
        caller=caller_of(callers[0]) if callers else None,
        dialled=dialled,
        arrived_at=_seconds(channel_id.partition(".")[0]) or _seconds(falls[0].data[0]),
        queued_at=_seconds(falls[0].data[0]),
        answered_at=left_at if connects else None,
        endpoint=connects[-1].member if connects else "",
        ended_at=left_at + talk_s,
    )


def _seconds(text: str) -> float:
    return float(number(text))
