"""A connection to SQLite, whose thread is asked once for a statement with all of its rows.

aiosqlite goes there for every step: for a cursor, the statement, its rows, the cursor's end, and
for the end of a transaction that never began. Each way wakes two threads and costs more than most
of our statements do. So here a statement is one way, and what there is nothing to do for is none.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import aiosqlite

AT_ONCE: Final = 5000
"""Rows that come with their statement. Whoever streams more than that holds no more at a time."""


class Statement:
    """What SQLAlchemy takes for a cursor. It holds nothing of SQLite's once its rows are there, and
    a cursor while there are more."""

    arraysize = 1

    def __init__(self, thread: SqliteThread) -> None:
        self._thread = thread
        self._rows: list[Any] = []
        self._more: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Statement:
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        """Run it, and fetch all of its rows."""
        await self._thread.do(self._run, sqlite3.Cursor.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> None:
        """Run it for each of these."""
        await self._thread.do(self._run, sqlite3.Cursor.executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        """What it has found, or the rest of it."""
        rows, self._rows = self._rows, []
        if self._more is not None:
            rows += await self._thread.do(sqlite3.Cursor.fetchall, self._more)
            await self.close()
        return rows

    async def fetchmany(self, size: int) -> list[Any]:
        """So many more rows; fewer at the end."""
        if self._more is not None and len(self._rows) < size:
            self._rows += await self._thread.do(sqlite3.Cursor.fetchmany, self._more, size)
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def close(self) -> None:
        """Let go of what SQLite has open for it."""
        more, self._more = self._more, None
        if more is not None:
            await self._thread.do(sqlite3.Cursor.close, more)

    def _run(self, how: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> None:
        cursor = self._thread.connection.cursor()
        try:
            self._take(how(cursor, sql, parameters))
        except BaseException:
            cursor.close()
            raise

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchmany(AT_ONCE)
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        if len(self._rows) == AT_ONCE:
            self._more = cursor
        else:
            cursor.close()  # else SQLite keeps the lock of its transaction


class SqliteThread(aiosqlite.Connection):
    """Made as `sqlite3.connect` would be, and opened by awaiting it. `asked` is how often it was
    gone to, which the loop counts, `done` what has come back, which the thread counts."""

    def __init__(self, *where: Any, **how: Any) -> None:
        super().__init__(partial(sqlite3.connect, *where, **how), iter_chunk_size=1)
        self._thread.daemon = True
        self.asked = self.done = 0

    def cursor(self) -> Statement:  # type: ignore[override]  # SQLAlchemy asks no more of it
        """For one statement after another."""
        return Statement(self)

    @property
    def connection(self) -> sqlite3.Connection:
        """For whoever is in its thread."""
        return self._conn

    async def do(self, work: Callable[..., Any], *given: Any) -> Any:
        """Something in its thread."""
        return await self._execute(work, *given)

    def stop(self) -> asyncio.Future[Any] | None:
        """Once: a thread that has ended answers nobody, and whoever closes waits for it. SQLAlchemy
        stops what is being closed where the one who has closed it is cancelled."""
        return super().stop() if self._running else None

    async def commit(self) -> None:
        """Raises as `sqlite3` does; nothing is done where nothing was begun."""
        if self._in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """The same."""
        if self._in_transaction:
            await super().rollback()

    @property
    def _in_transaction(self) -> bool:
        """Whoever was cut off may have left a statement that is still on its way."""
        return self.asked != self.done or self._conn.in_transaction

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        counted = super()._execute(self._counted, fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return await counted

    def _counted(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self.done += 1
