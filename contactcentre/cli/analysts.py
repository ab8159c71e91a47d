"""`contactcentre analysts`: what happened, by month, as Parquet files for analysts."""

from __future__ import annotations

from contactcentre import paths
from contactcentre.app.reporting import analyst_export
from contactcentre.cli.command import program
from contactcentre.cli.console import say, telling
from contactcentre.features.analysts.export import Behind
from contactcentre.features.analysts.files import FolderInUse
from contactcentre.features.analysts.month import written
from contactcentre.features.analysts.parquet import NotInstalled, NotWritten
from contactcentre.settings import Settings
from contactcentre.storage import database

app = program("analysts")


class NotWanted(RuntimeError):
    """No setting says for how many months."""


@app.command
@telling(NotInstalled, NotWanted, NotWritten, Behind, FolderInUse)
async def export(*, settings: Settings) -> None:
    """Make the files of months that have changed now; the service does so each night by itself."""
    async with database.opened(settings.database) as engine:
        files = analyst_export(settings, engine)
        if files is None:
            raise NotWanted("say in CC_ANALYST_MONTHS for how many months there are to be files")
        done = await files.export()
    say(f"in {paths.analysts(settings)}: made {len(done.made)} months, removed {done.removed}")
    for month in done.made:
        say(written(month))
