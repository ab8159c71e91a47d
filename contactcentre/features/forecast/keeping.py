"""Makes the forecasts each night, and anew when what people know of days to come has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Never

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.engine.clock import now
from contactcentre.features.forecast import reading, store
from contactcentre.features.forecast.making import ForecastGrounds, Made, make
from contactcentre.storage import database
from routing.calendar import local_day, local_minute, midnight

log = structlog.get_logger(__name__)

PERIOD_S: Final = 600.0
HOUR: Final = 3
"""When the figures of the day before stand, and nobody rings."""


class ForecastKeeper:
    """`wanted` is set by whoever has changed what a forecast is made of."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = now) -> None:
        self._engine = engine
        self._clock = clock
        self.wanted = asyncio.Event()
        self.made_at = 0.0
        """When that was last (UTC seconds); 0 where it was not since the start."""

    async def run(self) -> Never:
        """Look, until cancelled; an outage of the database is waited out."""
        while True:
            try:
                async with asyncio.timeout(PERIOD_S):
                    await self.wanted.wait()
            except TimeoutError:
                pass
            try:
                await self.look()
            except database.AWAY as error:
                log.warning("forecast.database_away", error=type(error).__name__)
                await asyncio.sleep(PERIOD_S / 10)

    async def look(self) -> Made | None:
        """Make them where it is time, or somebody has asked. Raises `AWAY` errors."""
        if not self.wanted.is_set() and not await self._is_time():
            return None
        self.wanted.clear()
        try:
            return await self.make()
        except database.AWAY:
            self.wanted.set()  # what was asked for is still to be done
            raise

    async def _is_time(self) -> bool:
        at = self._clock()
        if local_minute(at)[1] < HOUR * 60:
            return False
        if not self.made_at:
            async with self._engine.connect() as connection:
                self.made_at = await store.made_at(connection)
        return self.made_at < midnight(local_day(at)) + HOUR * 3600

    async def make(self) -> Made:
        """Make them now, of all days until yesterday. Raises `AWAY` errors."""
        at = self._clock()
        today = local_day(at)
        async with self._engine.connect() as connection:
            known = await _known(connection, at)
        made = await asyncio.to_thread(make, known)
        async with self._engine.begin() as connection:
            await store.keep(connection, made.rows, at)
            await store.forget(connection, today, midnight(today))
        self.made_at = at
        log.info("forecast.made", rows=len(made.rows), too_little=len(made.too_little))
        return made


async def _known(connection: AsyncConnection, at: float) -> ForecastGrounds:
    today = local_day(at)
    past = await reading.read_past(connection, today)
    return ForecastGrounds(
        today=today,
        past=past,
        queues=await reading.read_queues(connection),
        events=await store.events(connection),
        days_off=await reading.read_days_off(connection),
        rules=await store.rules(connection),
    )
