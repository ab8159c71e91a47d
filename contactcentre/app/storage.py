"""What is kept: the journal on the local disk, the database, and the way from one to the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre import paths
from contactcentre.app.area import Gauges, Runs
from contactcentre.engine.alarms import Alarm, standing
from contactcentre.engine.clock import now
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage.entry import Restored
from contactcentre.storage.journal import Projector
from contactcentre.storage.lookout import Lookout
from contactcentre.storage.spool import Spool

BEHIND_S = 10.0
"""The database may be so many seconds behind the journal before somebody should know."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Kept open for as long as the service runs. `restored` is what was open at the last end."""

    database: AsyncEngine
    spool: Spool
    restored: Restored
    projector: Projector
    lookout: Lookout

    @property
    def writes(self) -> bool:
        """Whether the journal takes entries."""
        return self.spool.trouble is None

    @property
    def behind(self) -> bool:
        """Whether the database lacks what is older than it should be."""
        return self.projector.lag()[1] >= BEHIND_S

    def runs(self) -> Runs:
        """See `Area`."""
        return {
            "spool": self.spool.run,
            "projector": self.projector.run,
            "lookout": self.lookout.run,
        }

    def gauges(self) -> Gauges:
        """See `Area`."""
        records, seconds = self.projector.lag()
        return {
            "journal_unsent_records": records,
            "journal_lag_seconds": seconds,
            "journal_records_set_aside": self.spool.aside_count,
        }

    def alarms(self) -> Iterator[Alarm]:
        """See `Area`."""
        yield from standing("journal-stuck", not self.writes)
        yield from standing("record-set-aside", self.spool.aside_count > 0)
        yield from standing("database-behind", self.behind, since=now() - self.projector.lag()[1])


@asynccontextmanager
async def open_storage(settings: Settings) -> AsyncIterator[Storage]:
    """Opened, and closed when the block is left. Raises `SpoolFailed`."""
    await asyncio.to_thread(_make_folders, settings.home, *_sound_folders(settings))
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(database.opened(settings.database))
        spool = Spool(paths.spool(settings), clock=now)
        stack.push_async_callback(spool.close)
        restored = await spool.open()
        projector = Projector(spool, opened, clock=now)
        yield Storage(opened, spool, restored, projector, Lookout(opened))


def _sound_folders(settings: Settings) -> list[Path]:
    talks = [paths.talks(settings)] if settings.recordings else []
    return [paths.recordings(settings), *talks]


def _make_folders(*folders: Path) -> None:
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
