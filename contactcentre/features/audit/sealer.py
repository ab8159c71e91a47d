"""Puts the rows of the audit log into the chain, a moment after they were written.

Whoever writes a row neither knows the chain nor waits for another writer. One follows behind them,
by the order in which their transactions became visible; of two that do (a standby, a command) the
database lets one have each position, and the other tries again: the chain cannot fork.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Never

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.features.audit import store
from contactcentre.features.audit.chain import Anchor, link
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.last_good import LastGood
from contactcentre.storage.lookout import Watch, latest

log = structlog.get_logger(__name__)

PORTION = 500
"""Rows of one transaction."""

LATE = 1000
"""Of the latest numbers so many are looked at again: a transaction that took its number early may
end late. One that ends later still is found by the next start."""

WRITTEN = latest(models.audit.c.number, LATE)
"""What to watch."""


class Sealer:
    """Looks within a second; keeps the last link in the file `kept` too, out of the database's
    reach."""

    def __init__(self, engine: AsyncEngine, kept: Path) -> None:
        self._engine = engine
        self._kept = LastGood(kept, Anchor)
        self._looked_up_to: int | None = None  # before the first look
        self._overtaken = False  # by another one, at the last look

    async def run(self, written: Watch) -> Never:
        """Look whenever there is something to see, until cancelled; not at the start, when there is
        enough to do."""
        compared, seen = False, object()
        while True:
            try:
                new = await written.next()
                if not compared:
                    await self._compare()
                    compared = True
                if new != seen or self._overtaken:
                    await self.look()
                seen = new
            except database.AWAY as error:
                log.warning("audit.database_away", error=type(error).__name__)

    async def look(self) -> int:
        """Seal what is not yet sealed; how many rows. Raises `database.AWAY` errors."""
        total, self._overtaken = 0, False
        while count := await self._portion():
            total += count
        return total

    async def _portion(self) -> int:
        try:
            async with self._engine.begin() as connection:
                rows = await store.unsealed(
                    connection, up_to=self._looked_up_to or 0, again=LATE, limit=PORTION
                )
                if not rows:
                    if self._looked_up_to is None:  # only the first look goes through all of it
                        self._looked_up_to = await store.last_number(connection)
                    return 0
                last = await _seal(connection, rows)
        except IntegrityError:
            self._overtaken = True  # another one was there first, and goes on
            return 0
        self._looked_up_to = rows[-1]["number"]
        await asyncio.to_thread(self._kept.keep, last)
        return len(rows)

    async def _compare(self) -> None:
        """Say so where the chain is not the one that was left. Raises `database.AWAY` errors."""
        before = await asyncio.to_thread(self._kept.read)
        async with self._engine.connect() as connection:
            present = await store.head(connection)
        if before is not None and present.position < before.position:
            log.error(
                "audit.shorter", was=before.position, now=present.position, advice="audit verify"
            )


async def seal(engine: AsyncEngine, kept: Path) -> None:
    """What a command wants to be in the chain before it reads on."""
    await Sealer(engine, kept).look()


async def _seal(connection: AsyncConnection, rows: Sequence[RowMapping]) -> Anchor:
    last = await store.head(connection)
    links = []
    for row in rows:
        last = Anchor(last.position + 1, link(last.hash, row))
        links.append({"position": last.position, "number": row["number"], "hash": last.hash})
    await connection.execute(models.audit_seals.insert(), links)
    return last
