"""`contactcentre migrate`: the database brought up to date."""

from __future__ import annotations

from contactcentre.cli.command import program
from contactcentre.cli.console import telling
from contactcentre.settings import Settings
from contactcentre.storage import database

app = program("migrate")


@app.default
@telling()
async def migrate(*, settings: Settings) -> None:
    """Several processes may try at once."""
    await database.migrate(settings.database)
