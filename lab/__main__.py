"""The demonstration: `python -m lab run` starts the hotline with citizens who ring in.

`python -m lab carrier` is one of its processes: the carrier's Asterisk and the citizens.
`python -m lab pages` shows every page in every state, and needs no Asterisk.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

import uvloop

from contactcentre.__main__ import log_as_lines
from contactcentre.cli.console import exit_status
from contactcentre.cli.launcher import launch
from contactcentre.cli.seed import NotSample
from contactcentre.features.prompts.document import PromptError
from contactcentre.features.publication.network import NetworkRefused
from contactcentre.settings import Settings
from lab import browser_phone
from lab.carrier import run_carrier
from lab.pages.serve import serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well."""
    options = _parser().parse_args(arguments)
    log_as_lines()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(exit_status(_work(options), *_REFUSALS)) or 0


_REFUSALS = (NotSample, NetworkRefused, PromptError)


def _work(options: argparse.Namespace) -> Coroutine[Any, Any, None]:
    if options.command == "pages":
        return serve(options.host, options.port)
    settings = Settings.load().model_copy(update={"sample": True})
    work = _demonstrate if options.command == "run" else run_carrier
    return work(settings, options.rate)


async def _demonstrate(settings: Settings, rate: float) -> None:
    """The service looks for the browser phone's log-in when it starts."""
    await asyncio.to_thread(browser_phone.prepared, settings)
    await launch(settings, beside=[("lab", "carrier", "--rate", str(rate))])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description="Synthetic citizens.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (("run", "the whole hotline, with citizens"), ("carrier", "they alone")):
        one = commands.add_parser(name, help=about)
        one.add_argument("--rate", type=float, default=60.0, help="their calls an hour")
    shown = commands.add_parser("pages", help="every page in every state, to be looked at")
    shown.add_argument("--host", default="127.0.0.1")
    shown.add_argument("--port", type=int, default=8080)
    return parser


if __name__ == "__main__":
    sys.exit(main())
