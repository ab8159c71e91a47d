"""A citizen's number and notes are taken out of the journal's file: records, latest states, memory.

The records stay, so what is sent to the database once more is the same, but for whose it was. The
reader's thread looks for the number, a portion of the file at a time; the writer changes what it
has found, so that journaling goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from contactcentre.core.call.erasure import without_caller
from contactcentre.core.call.state import Call
from contactcentre.storage import codec, spool_rows
from contactcentre.storage.entry import Standing, TouchedStates, standing
from contactcentre.storage.projection import PERSONAL
from contactcentre.storage.spool import Spool
from contactcentre.storage.spool_file import SpoolFile

SEARCHED = 2000
"""Records that are gone through at a time."""

_NAMING = """
SELECT seq, instr(event, ?1) > 0 OR instr(changes, ?1) > 0 FROM record
WHERE seq > ?2 ORDER BY seq LIMIT ?3
"""
_RECORD = "SELECT event, changes FROM record WHERE seq = ?"
_NAMED_CALLS = "SELECT id, state FROM entity WHERE kind = 'call' AND instr(state, ?) > 0"

_OPEN = "SELECT 1 FROM entity WHERE kind = 'call' AND open = 1 AND instr(state, ?) > 0 LIMIT 1"


class Found(NamedTuple):
    """Records that have the number somewhere; `upto` is the last that was looked at, if any."""

    seqs: Sequence[int]
    upto: int | None


@dataclass(frozen=True, slots=True)
class ErasedRecords:
    """Whose records are erased: those of a caller's number, or of one call."""

    text: str  # by which they are found
    of_call: bool = False

    def has(self, call: Call) -> bool:
        """Whether that call is one of them."""
        return (call.call_id if self.of_call else call.caller) == self.text

    def tells(self, event: Mapping[str, Any]) -> bool:
        """Whether that event tells of them."""
        return bool(event.get("call_id" if self.of_call else "caller") == self.text)


async def erase(spool: Spool, number: str) -> int:
    """Erase; how many records told of that caller. Whoever appends has forgotten it before."""
    return await _erase(spool, ErasedRecords(number))


async def erase_call(spool: Spool, call_id: str) -> int:
    """The same of one call: its number may be others' too."""
    return await _erase(spool, ErasedRecords(call_id, of_call=True))


async def _erase(spool: Spool, whose: ErasedRecords) -> int:
    await spool.do(lambda _: None)  # what was appended before is there now
    count, found = 0, Found((), 0)
    while found.upto is not None:
        found = await spool.look(partial(_naming, whose.text, found.upto))
        if found.seqs:
            count += await spool.do(partial(_erase_records, whose, found.seqs))
    await spool.do(partial(_erase_states, whose))
    return count


async def is_open(spool: Spool, number: str) -> bool:
    """Whether a call that names the number goes on, as far as the journal knows."""
    return bool(await spool.look(lambda file: file.query(_OPEN, number.encode())))


def remove_damaged(path: Path, before_at: float) -> int:
    """Delete what was moved aside as damaged before that instant; how many files."""
    old = [one for one in path.parent.glob(f"{path.name}.corrupt-*") if _is_older(one, before_at)]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def _is_older(path: Path, at: float) -> bool:
    return path.stat().st_mtime < at


def _naming(number: str, after: int, file: SpoolFile) -> Found:
    rows = file.query(_NAMING, number.encode(), after, SEARCHED)
    return Found([seq for seq, names in rows if names], rows[-1][0] if rows else None)


def _erase_records(whose: ErasedRecords, seqs: Iterable[int], file: SpoolFile) -> int:
    with file.transaction() as connection:
        changes = [row for seq in seqs for row in _without(whose, seq, file)]
        connection.executemany("UPDATE record SET event = ?, changes = ? WHERE seq = ?", changes)
    return len(changes)


def _without(whose: ErasedRecords, seq: int, file: SpoolFile) -> Iterator[tuple[bytes, bytes, int]]:
    """The record without that caller, if it was that caller's. One that names the number otherwise,
    as a note of another's call may, stays as it is."""
    for event, changes in file.query(_RECORD, seq):
        told, after = codec.decode(event, dict), codec.decode(changes, TouchedStates)
        if not any(map(whose.has, after.calls)) and not whose.tells(told):
            return
        calls = tuple(_forgotten(call, whose) for call in after.calls)
        kept = {key: value for key, value in told.items() if key not in PERSONAL}
        yield codec.encode(kept), codec.encode(replace(after, calls=calls)), seq


def _forgotten(call: Call, whose: ErasedRecords) -> Call:
    return without_caller(call) if whose.has(call) else call


def _erase_states(whose: ErasedRecords, file: SpoolFile) -> None:
    """And off the disk what was deleted: the write-ahead log has it still."""
    with file.transaction() as connection:
        rows = file.query(_NAMED_CALLS, whose.text.encode())
        fresh = [
            (codec.encode(_forgotten(call, whose)), call.call_id)
            for call in spool_rows.readable("call", Call, rows)
            if standing(call) is not Standing.OPEN
        ]
        connection.executemany("UPDATE entity SET state = ? WHERE kind = 'call' AND id = ?", fresh)
        connection.execute("DELETE FROM entity WHERE kind = 'caller' AND id = ?", (whose.text,))
    file.query("PRAGMA wal_checkpoint(TRUNCATE)")
