"""That an account was changed, told to everybody whom it concerns, in every process.

Whoever changes one writes a row in the same transaction; every process looks for new rows each
second (`storage.lookout`), and forgets what it remembers of that user. So a grant, or the end of
one, holds on all open pages within two seconds, whoever made the change and wherever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Never

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.lookout import Watch, latest

log = structlog.get_logger(__name__)

LATE: Final = 100
"""A row may show after one with a higher number: so many numbers are looked through again."""

KEPT: Final = 10 * LATE

_changes = models.account_changes.c
_latest = select(func.coalesce(func.max(_changes.number), 0)).scalar_subquery()
_LATEST = select(_changes.number, _changes.user_id).where(_changes.number > _latest - LATE)
"""Made once: to build it takes longer than to answer it."""

CHANGED = latest(_changes.number, LATE)
"""What to watch."""


async def note(connection: AsyncConnection, user_id: str) -> None:
    """Write down that this user's account is changed, in the transaction that changes it."""
    row = await connection.execute(models.account_changes.insert(), {"user_id": user_id})
    (number,) = row.inserted_primary_key or (0,)
    old = delete(models.account_changes).where(_changes.number <= number - KEPT)
    await connection.execute(old)


class AccountChanges:
    """Keep `run` running. `forget` is called for every user whose account was changed."""

    def __init__(self, engine: AsyncEngine, forget: Callable[[str], None]) -> None:
        self._engine = engine
        self._forget = forget
        self._told: frozenset[int] | None = None  # the latest numbers; None before the first look

    async def run(self, changed: Watch) -> Never:
        """Look at once, and whenever there is something to see, until cancelled."""
        await self._looked()
        seen: object = self
        while True:
            try:
                new = await changed.next()
            except database.AWAY as error:
                self._away(error)
                continue
            if new != seen and await self._looked():
                seen = new

    async def _looked(self) -> bool:
        try:
            await self.look()
        except database.AWAY as error:
            self._away(error)
            return False
        return True

    @staticmethod
    def _away(error: Exception) -> None:
        log.warning("accounts.changes_away", error=type(error).__name__)

    async def look(self) -> None:
        """Tell of what is new. Raises `database.AWAY` errors."""
        async with self._engine.connect() as connection:
            rows = {one.number: one.user_id for one in await connection.execute(_LATEST)}
        if self._told is not None:
            for user_id in {rows[number] for number in rows.keys() - self._told}:
                self._forget(user_id)
        self._told = frozenset(rows)
