"""`contactcentre run`: the whole hotline on this machine."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from contactcentre.cli.command import program
from contactcentre.cli.console import telling
from contactcentre.cli.launcher import launch
from contactcentre.cli.seed import NotSample
from contactcentre.features.prompts.document import PromptError
from contactcentre.settings import Exposed, Settings

app = program("run")


@app.default
@telling(Exposed, NotSample, PromptError)
async def run(
    *, sample: Annotated[bool, Parameter(help="with sample data")] = False, settings: Settings
) -> None:
    """Prepare, start, and stay until Ctrl-C."""
    await launch(settings.with_sample() if sample else settings)
