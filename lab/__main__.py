"""The demonstration: `python -m lab run` starts the hotline with citizens who ring in.

`python -m lab carrier` is one of its processes: the carrier's Asterisk and the citizens.
`python -m lab pages` shows every page in every state, and needs no Asterisk.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from contactcentre.cli import command
from contactcentre.cli.console import telling
from contactcentre.cli.launcher import launch
from contactcentre.cli.seed import NotSample
from contactcentre.features.prompts.document import PromptError
from contactcentre.settings import Exposed, Settings
from contactcentre.telephony.binary import PbxFailed
from lab import browser_phone
from lab.carrier import run_carrier
from lab.pages.serve import serve

app = command.program("lab", "Synthetic citizens.")

Rate = Annotated[float, Parameter(help="their calls an hour")]


@app.command
@telling(Exposed, NotSample, PromptError)
async def run(*, rate: Rate = 60.0, settings: Settings) -> None:
    """The whole hotline, with citizens."""
    sample = settings.with_sample()
    # The service looks for the browser phone's log-in when it starts.
    await asyncio.to_thread(browser_phone.prepared, sample)
    await launch(sample, beside=[("lab", "carrier", "--rate", str(rate))])


@app.command
@telling(Exposed, PbxFailed)
async def carrier(*, rate: Rate = 60.0, settings: Settings) -> None:
    """They alone."""
    await run_carrier(settings.with_sample(), rate)


@app.command
@telling()
async def pages(*, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Every page in every state, to be looked at."""
    await serve(host, port)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well."""
    return command.run(app, words)


if __name__ == "__main__":
    sys.exit(main())
