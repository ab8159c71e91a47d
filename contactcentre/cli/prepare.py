"""`contactcentre prepare`: what must be there before the service starts."""

from __future__ import annotations

from contactcentre.cli.command import program
from contactcentre.cli.console import telling
from contactcentre.cli.launcher import prepare
from contactcentre.cli.seed import NotSample
from contactcentre.features.prompts.document import PromptError
from contactcentre.settings import Settings

app = program("prepare")


@app.default
@telling(NotSample, PromptError)
async def prepared(*, settings: Settings) -> None:
    """The database brought up to date, the speech rendered, every account's phone known."""
    await prepare(settings)
