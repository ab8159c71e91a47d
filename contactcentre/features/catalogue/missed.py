"""What was looked for in vain: counted by its folded words, for those who edit the catalogue.

Nobody's data is wanted here: what has many figures, or an at-sign, is not kept, and neither is who
looked for it. A row goes after 90 days without another such search, and the oldest where there are
too many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.services.port import MissedSearch
from agents_ui.shell.port import Unavailable
from contactcentre.engine.clock import now
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from routing.plain import plain

KEPT_S: Final = 90 * 24 * 3600.0
MOST: Final = 1_000
SHOWN: Final = 100
LETTERS: Final = (3, 80)
"""At least so many letters, at most so long in all."""
FIGURES: Final = 3
"""At most: a number of more may be somebody's telephone or code."""
_rows = models.missed_searches.c


def countable(text: str) -> str:
    """The words as they are counted; "" for what is too short or long, or may be about somebody."""
    folded = " ".join(plain(text).split())
    if "@" in folded or len(folded) > LETTERS[1] or sum(map(str.isdigit, folded)) > FIGURES:
        return ""
    return folded if sum(map(str.isalpha, folded)) >= LETTERS[0] else ""


class MissedSearches:
    """Keeps `agents_ui.services.port.Missing` and `agents_ui.desk.port.Misses`."""

    def __init__(
        self,
        engine: AsyncEngine,
        finds: Callable[[str], bool],
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._finds = finds
        self._clock = clock

    async def note(self, text: str) -> None:
        """See `Misses`."""
        words, at = countable(text), self._clock()
        if not words or self._finds(text):
            return
        async with self._transaction() as connection:
            row = {"words": words, "times": 1, "last_at": at}
            await database.add(connection, models.missed_searches, [row], "times")
            one = update(models.missed_searches).where(_rows.words == words)
            await connection.execute(one.values(last_at=at))
            await _forget(connection, at)

    async def listed(self) -> Sequence[MissedSearch]:
        """See `Missing`."""
        query = (
            select(models.missed_searches)
            .where(_rows.last_at > self._clock() - KEPT_S)
            .order_by(_rows.times.desc(), _rows.last_at.desc(), _rows.words)
        )
        async with self._transaction() as connection:
            found = (await connection.execute(query)).mappings().all()
        searches = (MissedSearch(**row) for row in found)
        return [one for one in searches if not self._finds(one.words)][:SHOWN]

    async def drop(self, words: str) -> None:
        """See `Missing`."""
        async with self._transaction() as connection:
            await _drop(connection, words)

    async def not_ours(self, words: str, *, by: str) -> None:
        """See `Missing`."""
        async with self._transaction() as connection:
            known = select(func.count()).where(_rows.words == words)
            if not await connection.scalar(known):
                raise LookupError(words)
            row = {"phrase": words, "position": 0, "document": {}}
            await documents.save(connection, {models.not_ours: [row]}, by=by)
            await _drop(connection, words)

    def _transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="missed", away=Unavailable)


async def _drop(connection: AsyncConnection, words: str) -> None:
    await connection.execute(delete(models.missed_searches).where(_rows.words == words))


async def _forget(connection: AsyncConnection, at: float) -> None:
    newest = select(_rows.words).order_by(_rows.last_at.desc(), _rows.words).limit(MOST)
    over = (_rows.last_at < at - KEPT_S) | _rows.words.not_in(newest.scalar_subquery())
    await connection.execute(delete(models.missed_searches).where(over))
