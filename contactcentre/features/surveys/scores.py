"""Answers of callers: counted in memory, added to the day's sums once a minute.

So no row, and no time of a row, is one caller's. What was counted in the last minute of a service
that was killed is lost: that is the price, and nobody is asked again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Final, Never

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.storage import database
from contactcentre.storage import tables as models
from routing.calendar import local_day

PERIOD_S: Final = 60.0


class SurveyScores:
    """As many sums as there are queues, days and keys, until the database has them."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = now) -> None:
        self._engine = engine
        self._clock = clock
        self._counted: Counter[tuple[str, str, int]] = Counter()

    def count(self, queue: str, score: int) -> None:
        """One caller more of that queue thinks so (1 to 5)."""
        self._counted[(local_day(self._clock()).isoformat(), queue, score)] += 1

    async def run(self) -> Never:
        """Write, until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            await self.write()

    async def write(self) -> None:
        """Add to the sums; while the database is away they wait."""
        taken, self._counted = self._counted, Counter()
        rows = [
            {"day": day, "queue": queue, "score": score, "count": count}
            for (day, queue, score), count in sorted(taken.items())
        ]
        try:
            async with self._engine.begin() as connection:
                await database.add(connection, models.survey_scores, rows, "count")
        except database.AWAY:
            self._counted += taken

    def runs(self) -> Mapping[str, Callable[[], Coroutine[Any, Any, Never]]]:
        """What is to be run, by its name."""
        return {"survey": self.run}

    def gauges(self) -> Mapping[str, float]:
        """For `/metrics`: none, for even how many there are of a minute tells too much."""
        return {}

    def alarms(self) -> Iterable[Alarm]:
        """For the board."""
        return ()
