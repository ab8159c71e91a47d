"""Each night: whether the figures of the last days hold, and what is old enough to go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, Never

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.reports.port import CheckRow
from contactcentre.engine.clock import now
from contactcentre.features.reports import invariants
from contactcentre.storage import database
from contactcentre.storage import tables as models
from routing.calendar import local_day, local_minute, number_of

log = structlog.get_logger(__name__)

PERIOD_S: Final = 600.0
HOUR: Final = 3
"""After the job that deletes."""


class NightlyChecks:
    """Looks every ten minutes whether a night's look is to be taken."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = now) -> None:
        self._engine = engine
        self._clock = clock
        self.broken: Sequence[CheckRow] = ()
        """What did not hold when it was looked at last."""
        self.finished_at = 0.0
        """When that was (UTC seconds); 0 where it was not since the start."""

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.look()
            except database.AWAY as error:
                log.warning("reports.checks_wait", error=type(error).__name__)

    async def look(self) -> Sequence[CheckRow]:
        """Look at the last days, once a night. Raises `AWAY` errors."""
        at = self._clock()
        today = local_day(at)
        if local_minute(at)[1] < HOUR * 60 or local_day(self.finished_at) == today:
            return self.broken
        days = [number_of(today - timedelta(days=back)) for back in range(1, invariants.NIGHTS + 1)]
        if await self._behind():
            return self.broken  # what is still to be counted is no fault
        found = await invariants.look(self._engine, days, at)
        self.broken = tuple(one for one in found if not one.holds)
        for one in self.broken:
            log.error("reports.broken", day=one.day.isoformat(), rule=one.rule)
        await self._forget(at)
        self.finished_at = at
        return self.broken

    async def _behind(self) -> int:
        async with self._engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(models.report_due)) or 0

    async def _forget(self, at: float) -> None:
        before_at = at - invariants.KEPT_DAYS * 86_400.0
        changes, checks = models.restatements, models.report_checks
        async with self._engine.begin() as connection:
            await connection.execute(delete(changes).where(changes.c.at < before_at))
            await connection.execute(delete(checks).where(checks.c.at < before_at))
