"""Old rows of the audit log go, the oldest first and a portion at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Never

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.storage import database
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)

PERIOD_S = 600.0
DAY_S = 24 * 3600.0
PORTION = 10_000
"""So many rows are deleted in one transaction at most: nobody waits for it."""

_audit = models.audit.c


class AuditRetention:
    """Looks every ten minutes, for rows older than so many days."""

    def __init__(
        self, engine: AsyncEngine, *, days: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._days = days
        self._clock = clock

    async def run(self) -> Never:
        """Look, until cancelled; not at the start, when there is enough to do."""
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.look()
            except database.AWAY as error:
                log.warning("audit.database_away", error=type(error).__name__)

    async def look(self) -> int:
        """Delete what is too old; how many rows there were. Raises `database.AWAY` errors."""
        before_at, total, gone = self._clock() - self._days * DAY_S, 0, PORTION
        old = select(_audit.number).where(_audit.at < before_at).order_by(_audit.number)
        while gone >= PORTION:
            async with self._engine.begin() as connection:
                portion = delete(models.audit).where(_audit.number.in_(old.limit(PORTION)))
                gone = (await connection.execute(portion)).rowcount
            total += gone
        if total:
            log.info("audit.forgotten", rows=total)
        return total
