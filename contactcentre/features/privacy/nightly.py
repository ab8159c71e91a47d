"""The nightly job: what has outlived its term goes, and the report says how much.

A term of N days is over at the midnight (Latvian time) after the Nth day behind the contact's own:
what happened on a Monday and is kept for 7 days goes in the night to the Tuesday of the week after.
The job of a day that was cut off, or could not be done while the database was away, is taken up
again wherever it stands; one that is done is not done twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Never

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core.config.document import Refused
from contactcentre.engine.clock import now
from contactcentre.features.privacy import store
from contactcentre.features.privacy.document import DataClass, rules
from contactcentre.features.privacy.sweeps import Reached, Sweep
from contactcentre.storage import database
from contactcentre.storage.spool_erasure import remove_damaged
from routing.calendar import LOCAL

log = structlog.get_logger(__name__)

PERIOD_S = 600.0
HOUR = 2
"""Of the night, when few ring."""

PAUSE_S = 0.02
"""After each portion: others write too."""


class Nightly:
    """Looks every ten minutes whether a night's work is to be done. `journal` is the spool's file,
    of which damaged ones may lie beside it."""

    def __init__(
        self,
        engine: AsyncEngine,
        sweeps: Sequence[Sweep],
        *,
        usual: Mapping[DataClass, int],
        journal: Path,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._sweeps = sweeps
        self._usual = usual
        self._journal = journal
        self._clock = clock
        self._terms = rules((), usual)
        self._unsettled = False
        self.finished_at = 0.0
        """When the last night's work was done (UTC seconds); 0 where it was not since the start."""

    def days(self, class_id: DataClass) -> int:
        """For how long that class is kept, as it was read last."""
        return self._terms[class_id].days

    async def run(self) -> Never:
        """Look, until cancelled; not at the start, when there is enough to do."""
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.look()
            except database.AWAY as error:
                log.warning("retention.database_away", error=type(error).__name__)
            except Refused as refused:
                log.error("retention.refused", problems=refused.problems)

    async def look(self) -> int:
        """Read the terms, and do what this night has left to do; how much was deleted.

        Raises `database.AWAY` errors, and `Refused` for a term that is none.
        """
        async with self._engine.connect() as connection:
            self._terms = await store.terms(connection, self._usual)
        here = datetime.fromtimestamp(self._clock(), LOCAL)
        if here.hour < HOUR:
            return 0
        damaged_before = _midnight(here, self.days("numbers"))
        await asyncio.to_thread(remove_damaged, self._journal, damaged_before)
        total = 0
        for sweep in self._sweeps:
            total += await self._sweep(sweep, here)
        self._unsettled |= total > 0
        if self._unsettled:
            await database.settle(self._engine)
            self._unsettled = False
            log.info("retention.deleted", rows=total)
        self.finished_at = self._clock()
        return total

    async def _sweep(self, sweep: Sweep, here: datetime) -> int:
        day, before_at = here.date().isoformat(), _midnight(here, self.days(sweep.class_id))
        async with self._engine.connect() as connection:
            if await store.is_done(connection, day, sweep.class_id):
                return 0
        total = 0
        reached: Reached | None = Reached()
        while reached is not None:
            async with self._engine.begin() as connection:
                at = self._clock()
                done = await sweep.portion(connection, before_at, reached, at)
                reached, total = done.reached, total + done.count
                night = store.Night(day, sweep.class_id, before_at)
                await store.note(connection, night, done.count, at)
                if reached is None:
                    await store.finish(connection, night, at)
                    await store.forget_reports(connection, _midnight(here, self.days("audit")))
            await asyncio.sleep(PAUSE_S)
        return total


def _midnight(here: datetime, days: int) -> float:
    """The beginning of the day so many days ago; days are not all of 24 hours."""
    day = here.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    return day.timestamp()
