"""The spool: the local, durable journal of everything that changed the hotline.

One thread writes. Whatever queued up while a commit was under way goes into the next one, so a
group commit takes as long as the disk needs and no longer. A full disk is retried until there is
room again, and meanwhile the calls go on; the database gets everything later, from `unsent`.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Never, TypeVar

import structlog

from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call
from contactcentre.core.line.memory import REMEMBER_S
from contactcentre.storage.entry import Entry, JournalRecord, Restored
from contactcentre.storage.spool_file import SpoolFile

__all__ = ["Entry", "JournalRecord", "Restored", "Spool", "SpoolFailed"]

log = structlog.get_logger(__name__)

T = TypeVar("T")

RESTORE_S = 24 * 3600.0
"""Calls that closed before are nobody's concern any more."""

DAY_S = 25 * 3600.0
"""The longest that a day may last, in autumn: its figures are counted on."""

LATELY_S = 3600.0
"""Those that closed after come back all: caps of calls from afar count the last hour."""

KEEP_S = 48 * 3600.0
"""What the database has stays so long: a failover may lose the last of it."""

PRUNE_S = 600.0
RETRY_S = 1.0
GATHER_S = 0.02
"""What comes within so short a time is one commit: a talk that begins or ends is five facts."""

GROUP = 2000
"""Entries of one commit at most, which keeps it well below 50 ms of work."""

AT_HAND = GROUP
"""So many records that the database lacks are kept in memory, too: mostly it follows at once."""

_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PASSING = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY})


class SpoolFailed(Exception):
    """The journal cannot be written; the text says what to do."""


@dataclass(frozen=True, slots=True)
class _Job:
    """For the writer thread: an entry to write, or something else to do with the file."""

    work: Entry | Callable[[SpoolFile], None]
    done: asyncio.Future[None]


class Spool:
    """The journal in the file `path`: `open` it, keep `run` running, `close` it."""

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, keep_s: float = KEEP_S
    ) -> None:
        self._path = path
        self._clock = clock
        self._keep_s = keep_s
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._news = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, "spool-writer")
        self._reader = ThreadPoolExecutor(1, "spool-reader")
        self._files: tuple[SpoolFile, ...] = ()
        self._lock: int | None = None
        self._broken: SpoolFailed | None = None
        self._pruned_at = 0.0
        self._at_hand: deque[JournalRecord] = deque(maxlen=AT_HAND)  # the last ones written
        self.source = ""
        self.trouble: str | None = None
        """Why entries are not reaching the disk just now; None when all is well."""
        self.unsent_count = 0
        """Records that the database has not confirmed."""
        self.confirmed: int | None = None
        """The number up to which the database is known to hold all; None until it was asked."""
        self.aside_count = 0
        """Records that it refused, and that are not too old yet."""
        self.unwritten_count = 0
        """Entries on their way to the disk."""

    async def open(self) -> Restored:
        """Open or create the file and read what was open; a corrupt file is moved aside."""
        restored = await _on(self._writer, self._open)
        self._news.set()
        return restored

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """Queue an entry; never blocks. The future is done once the entry is on the disk.

        Every entry has a future of its own: a waiter that is cancelled harms nobody else.
        """
        self.unwritten_count += 1
        return self._put(entry)

    async def run(self) -> Never:
        """Write what is appended, until cancelled; then write the rest and end.

        Raises SpoolFailed where trying again won't help.
        """
        loop = asyncio.get_running_loop()
        writing = loop.run_in_executor(self._writer, self._write_all, loop)
        try:
            await asyncio.shield(writing)
        finally:
            self._stopping.set()
            self._jobs.put(None)
            await self._ended(writing)
        raise AssertionError("the writer ends only when it is told to")

    async def news(self) -> None:
        """Wait until there may be more to send than at the last call."""
        await self._news.wait()
        self._news.clear()

    async def unsent(self, limit: int) -> list[JournalRecord]:
        """The oldest records, at most `limit`, that the database has not confirmed."""
        if len(last := list(self._at_hand)) == self.unsent_count:
            return last[:limit]
        return await _on(self._reader, lambda: self._files[1].unsent(limit))

    async def sent(self, upto_seq: int) -> None:
        """Note that the database holds everything up to that number; old records then go."""

        def mark(file: SpoolFile) -> None:
            self.unsent_count -= file.mark_sent(upto_seq)
            self.confirmed = upto_seq
            while self._at_hand and self._at_hand[0].seq <= upto_seq:
                self._at_hand.popleft()
            self._prune(file)

        await self._put(mark)

    async def compare(self, known: int) -> bool:
        """Whether the database, whose highest number is `known`, has lost any; they are unsent."""
        if known >= await _on(self._reader, lambda: self._files[1].held()):
            self.confirmed = known  # what is above was set aside
            return False

        def mark(file: SpoolFile) -> None:
            file.mark_lost(known)
            self.unsent_count = file.unsent_count()
            self.confirmed = None

        await self._put(mark)
        return True

    async def set_aside(self, record: JournalRecord, reason: str) -> None:
        """Note that no database takes this record; it counts as sent."""

        def mark(file: SpoolFile) -> None:
            file.set_aside(record, reason)
            self.aside_count = file.aside_count()

        await self._put(mark)

    async def records(self, call_ids: Sequence[str]) -> tuple[Call, ...]:
        """These calls, after all that was appended before; a disk that is stuck is waited for."""
        return await self.do(lambda file: file.records(call_ids))

    async def do(self, work: Callable[[SpoolFile], T]) -> T:
        """Something with the file, after all that was appended before."""
        done: list[T] = []

        def do(file: SpoolFile) -> None:
            self._at_hand.clear()  # it may change what stands there
            done.append(work(file))

        await self._put(do)
        return done[0]

    async def look(self, work: Callable[[SpoolFile], T]) -> T:
        """Something that reads the file, beside whatever is written."""
        return await _on(self._reader, lambda: work(self._files[1]))

    async def unsaved(self, before: float, limit: int) -> tuple[Call, ...]:
        """Calls that ended before that instant and whose record is open still, the oldest first."""
        return await _on(self._reader, lambda: self._files[1].unsaved(before, limit))

    async def close(self) -> None:
        """Let go of the file; `run` has ended before, or was cancelled before it began."""
        self._stopping.set()
        self._jobs.put(None)
        loop = asyncio.get_running_loop()
        try:
            if not self._broken:
                await _on(self._writer, lambda: self._write_all(loop))
        finally:
            # Each in the thread that uses it: SQLite does not survive a close in mid-query.
            for thread, file in zip((self._writer, self._reader), self._files, strict=False):
                await _on(thread, file.close)
            self._writer.shutdown()
            self._reader.shutdown()
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    async def _ended(self, writing: asyncio.Future[None]) -> None:
        """Wait for the writer; if it failed, nobody waits for what it left behind."""
        try:
            await writing
        finally:
            while self._broken and not self._jobs.empty():
                if job := self._jobs.get():
                    self._settle([job], self._broken)

    def _put(self, work: Entry | Callable[[SpoolFile], None]) -> asyncio.Future[None]:
        job = _Job(work, asyncio.get_running_loop().create_future())
        self._jobs.put(job)
        if self._broken:
            self._settle([job], self._broken)
        return job.done

    def _settle(self, jobs: list[_Job], error: SpoolFailed | None) -> None:
        for job in jobs:
            self.unwritten_count -= isinstance(job.work, Entry)
            if job.done.done():
                continue
            if error is None:
                job.done.set_result(None)
            else:
                job.done.set_exception(error)
                job.done.exception()  # nobody is obliged to wait for it
        self._news.set()

    # --- in the writer thread --------------------------------------------------------------

    def _open(self) -> Restored:
        self._take_lock()
        try:
            return self._opened()
        except sqlite3.DatabaseError as error:
            if _primary(error) not in _CORRUPT:
                raise SpoolFailed(self._advice(error)) from error
            self._move_aside()
            return self._opened()

    def _take_lock(self) -> None:
        """Two services with one journal would number their entries alike."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            what = f"spool {self._path.name}: another service has it open: stop that one first"
            raise SpoolFailed(what) from None

    def _opened(self) -> Restored:
        now = self._clock()
        file = SpoolFile(self._path)
        try:
            agents = file.agents()
            held = file.records({key for one in agents for key in _held(one)})
            calls = (*held, *file.calls(now - LATELY_S, now - RESTORE_S))
            restored = Restored(
                last_seq=max(file.last_seq(), int(now * 1e6)),
                calls=tuple({call.call_id: call for call in calls}.values()),
                agents=agents,
                crisis=file.crisis(),
                last_crisis=file.last_crisis(),
                callers=file.callers(now - REMEMBER_S),
                clock=file.clock(),
                latest_at=file.latest_at(),
                minutes=file.minutes(now - DAY_S) + file.minutes_under(now - DAY_S, now - LATELY_S),
                ends=file.ends(now - DAY_S),
                dialled=file.dialled(now - DAY_S),
            )
            self.source, self.unsent_count = file.source, file.unsent_count()
            self.aside_count = file.aside_count()
            self._files = (file, SpoolFile(self._path))
        except sqlite3.DatabaseError:
            file.close()
            raise
        return restored

    def _write_all(self, loop: asyncio.AbstractEventLoop) -> None:
        while jobs := self._next_jobs():
            try:
                self._write(jobs)
            except sqlite3.DatabaseError as fault:
                self._broken = error = SpoolFailed(self._advice(fault))
                if _primary(fault) in _CORRUPT:
                    self._move_aside()
                loop.call_soon_threadsafe(self._settle, jobs, error)
                raise error from fault
            loop.call_soon_threadsafe(self._settle, jobs, None)

    def _next_jobs(self) -> list[_Job]:
        """At least one job, and what else is there; empty once all is done that was asked."""
        first = self._jobs.get()
        jobs = [first] if first else []
        self._stopping.wait(GATHER_S)  # not at all once the end is near
        while len(jobs) < GROUP and not self._jobs.empty():
            job = self._jobs.get()
            if job:
                jobs.append(job)
            else:
                self._jobs.put(None)  # the end comes after what is queued
                break
        return jobs

    def _write(self, jobs: list[_Job]) -> None:
        file = self._files[0]
        entries = [job.work for job in jobs if isinstance(job.work, Entry)]
        if entries:
            written = self._patiently(lambda: file.write(entries))
            self.unsent_count += len(entries)  # first, or what is at hand could seem to be all
            self._keep_at_hand(written)
        for job in jobs:
            if not isinstance(job.work, Entry):
                self._patiently(partial(job.work, file))

    def _keep_at_hand(self, written: Sequence[JournalRecord | None]) -> None:
        """None but the last without a gap, so that their number tells whether they are all."""
        for record in written:
            if record is None:
                self._at_hand.clear()
            else:
                self._at_hand.append(record)

    def _prune(self, file: SpoolFile) -> None:
        now = self._clock()
        if now - self._pruned_at <= PRUNE_S:
            return
        if not file.prune(now - self._keep_s, now - REMEMBER_S):
            self._pruned_at = now
            self.aside_count = file.aside_count()

    def _patiently(self, work: Callable[[], T]) -> T:
        """Do it, as often as it takes while the disk has no room for it."""
        while True:
            try:
                done = work()
            except sqlite3.OperationalError as error:
                if _primary(error) not in _PASSING or self._stopping.is_set():
                    raise
                self._complain(error)
                self._stopping.wait(RETRY_S)
            else:
                if self.trouble:
                    log.warning("spool.writes_again", file=self._path.name)
                self.trouble = None
                return done

    def _complain(self, error: sqlite3.Error) -> None:
        if not self.trouble:
            self.trouble = self._advice(error)
            log.error("spool.waits", trouble=self.trouble, meanwhile="calls go on from memory")

    def _advice(self, error: sqlite3.Error) -> str:
        match _primary(error):
            case sqlite3.SQLITE_FULL:
                what = "the disk is full: make room on it"
            case sqlite3.SQLITE_IOERR:
                what = "the disk can't be read or written: check it and its free space"
            case sqlite3.SQLITE_BUSY:
                what = "another process has locked it: stop the second service"
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
                what = "it can't be opened for writing: check its owner and permissions"
            case code if code in _CORRUPT:
                what = "the file is damaged: it is moved aside, start the service again"
            case _:
                what = f"unexpected: {error}"
        return f"spool {self._path.name}: {what}"

    def _move_aside(self) -> None:
        stamp = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = self._path.with_name(f"{self._path.name}.corrupt-{stamp}")
        for suffix in ("", "-wal", "-shm"):
            part = self._path.with_name(self._path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        log.error(
            "spool.damaged",
            kept_as=aside.name,
            advice="a new file is begun; what had not reached the database is only in the old one",
        )


@asynccontextmanager
async def at_work(path: Path, clock: Callable[[], float]) -> AsyncIterator[Spool]:
    """A spool that writes while the block runs, for whoever is no service. Raises `SpoolFailed`."""
    spool = Spool(path, clock=clock)
    await spool.open()
    writing = asyncio.create_task(spool.run())
    try:
        yield spool
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await spool.close()


def _held(agent: Agent) -> Iterator[str]:
    """The calls of which an agent has the record in hand."""
    yield from agent.unsaved[-1:]
    if agent.call_id is not None:
        yield agent.call_id


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


async def _on(executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, work)
