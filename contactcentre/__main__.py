"""The command line: `contactcentre --help`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import structlog
import uvloop

from contactcentre.cli.arguments import parser
from contactcentre.settings import Settings

Options = argparse.Namespace
Work = Coroutine[Any, Any, int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well."""
    options = parser().parse_args(arguments)
    log_as_lines()
    try:
        settings = Settings.load()
    except ValueError as error:
        print(f"contactcentre: {error}", file=sys.stderr)  # noqa: T201
        return 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(COMMANDS[options.command](options, settings)) or 0


# Each imports what it needs, and no more is loaded.


def _run(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.console import exit_status
    from contactcentre.cli.launcher import launch
    from contactcentre.cli.seed import NotSample
    from contactcentre.features.prompts.document import PromptError

    wanted = settings.model_copy(update={"sample": True}) if options.sample else settings
    return exit_status(launch(wanted), NotSample, PromptError)


def _serve(options: Options, settings: Settings) -> Work:
    from contactcentre.app.service import serve
    from contactcentre.cli.console import exit_status
    from contactcentre.storage.spool import SpoolFailed
    from contactcentre.telephony.free_ports import PortTaken

    return exit_status(serve(settings), PortTaken, SpoolFailed)


def _pbx(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.console import exit_status
    from contactcentre.paths import pbx_settings
    from contactcentre.telephony.binary import PbxFailed
    from contactcentre.telephony.pbx import main_pbx

    return exit_status(main_pbx(pbx_settings(settings)), PbxFailed)


def _migrate(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.console import exit_status
    from contactcentre.storage.database import migrate

    return exit_status(migrate(settings.database))


def _seed(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.console import exit_status
    from contactcentre.cli.seed import NotSample, seed

    return exit_status(seed(settings), NotSample)


def _prompts(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.console import exit_status
    from contactcentre.features.prompts.document import PromptError

    work = _tell_missing(settings) if options.missing else _render(settings)
    return exit_status(work, PromptError)


async def _render(settings: Settings) -> None:
    from contactcentre import paths
    from contactcentre.cli import console
    from contactcentre.features.prompts.rendering import build

    report = await build(
        settings.config / "prompts",
        paths.prompts(settings),
        recordings=paths.own_recordings(settings),
    )
    console.say(report)


async def _tell_missing(settings: Settings) -> None:
    from contactcentre import paths
    from contactcentre.cli import console
    from contactcentre.features.prompts.document import catalogue, with_words
    from contactcentre.features.prompts.recorded import survey

    texts = with_words(catalogue(settings.config / "prompts"))
    found = list(survey(texts, paths.own_recordings(settings)))
    lacking = [one for one in found if one.state != "recorded"]
    for one in lacking:
        console.say(f"{one.language}  {one.state:12}  {one.key:24}  {one.text}")
    console.say(f"{len(found) - len(lacking)} of {len(found)} prompts are recorded")


def _flow(options: Options, settings: Settings) -> Work:
    from contactcentre.cli import flow

    return flow.run(options, settings)


def _language(options: Options, settings: Settings) -> Work:
    from contactcentre.cli import language

    return language.run(options, settings)


def _notice(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.notice import notice

    return notice(settings, options)


def _user(options: Options, settings: Settings) -> Work:
    import getpass

    from contactcentre.cli import user

    return user.run(options, settings, getpass.getpass)


def _check(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.check import check

    return check(settings)


def _crisis(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.crisis import crisis

    return crisis(settings, options.act, plan=options.plan, hours=options.hours, why=options.reason)


def _simulate(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.simulate import simulate

    return simulate(
        settings.config / "scenarios",
        options.scenario,
        check_theory=options.check_theory,
        as_json=options.json,
    )


def _replay(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.replay import Wish, main_replay

    return main_replay(settings.database, Wish.of(options))


def _staffing(options: Options, settings: Settings) -> Work:
    from contactcentre.cli.staffing import Demand, staffing

    return staffing(Demand.of(options), as_json=options.as_json)


COMMANDS: Mapping[str, Callable[[Options, Settings], Work]] = {
    "run": _run,
    "serve": _serve,
    "pbx": _pbx,
    "migrate": _migrate,
    "seed": _seed,
    "prompts": _prompts,
    "flow": _flow,
    "language": _language,
    "notice": _notice,
    "user": _user,
    "check": _check,
    "crisis": _crisis,
    "simulate": _simulate,
    "replay": _replay,
    "staffing": _staffing,
}


def log_as_lines() -> None:
    """One JSON object a line on standard error; standard output is for people."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    sys.exit(main())
