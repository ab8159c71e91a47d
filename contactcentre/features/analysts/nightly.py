"""Each night the files for analysts, after what is deleted at its term and what is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Never

import structlog

from contactcentre.engine.clock import now
from contactcentre.features.analysts.export import AnalystExport, Behind
from contactcentre.features.analysts.files import FolderInUse
from contactcentre.features.analysts.parquet import NotInstalled, NotWritten
from contactcentre.storage import database
from routing.calendar import local_day, local_minute

log = structlog.get_logger(__name__)

PERIOD_S: Final = 600.0
HOUR: Final = 4
"""After the jobs that delete, look at the figures, and forecast."""


class NightlyFiles:
    """Looks every ten minutes whether a night's files are to be made; None: nobody wants any."""

    def __init__(self, export: AnalystExport | None, *, clock: Callable[[], float] = now) -> None:
        self._export = export
        self._clock = clock
        self.finished_at = 0.0
        """When that was (UTC seconds); 0 where it was not since the start."""
        self.failed = False
        """Whether they could not be written when it was tried last."""

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.look()
            except (Behind, FolderInUse) as wait:
                log.info("analysts.wait", reason=type(wait).__name__)
            except database.AWAY as error:
                log.warning("analysts.database_away", error=type(error).__name__)
            except (NotInstalled, NotWritten) as error:
                self.failed = True
                log.error("analysts.failed", reason=str(error))

    async def look(self) -> None:
        """Make them, once a night. Raises what `AnalystExport.export` does."""
        at = self._clock()
        if self._export is None or local_minute(at)[1] < HOUR * 60:
            return
        if local_day(self.finished_at) == local_day(at):
            return
        done = await self._export.export()
        self.finished_at, self.failed = at, False
        log.info("analysts.made", months=len(done.made), removed=done.removed)
