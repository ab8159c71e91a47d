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

from contactcentre.commands.arguments import parser
from contactcentre.settings import Settings

Options = argparse.Namespace
Work = Coroutine[Any, Any, int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well."""
    options = parser().parse_args(arguments)
    _log_as_lines()
    try:
        settings = Settings.load()
    except ValueError as error:
        print(f"contactcentre: {error}", file=sys.stderr)  # noqa: T201
        return 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(COMMANDS[options.command](options, settings)) or 0


# Each imports what it needs, and no more is loaded.


def _run(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.console import exit_status
    from contactcentre.launcher import launch
    from contactcentre.prompts import PromptError
    from contactcentre.seed import NotSample
    from contactcentre.storage.network import NetworkRefused

    sample = settings.model_copy(update={"sample": True})
    wanted = sample if options.sample or options.demo else settings
    work = launch(wanted, demo_rate=options.rate if options.demo else None)
    return exit_status(work, NotSample, NetworkRefused, PromptError)


def _serve(options: Options, settings: Settings) -> Work:
    from contactcentre.app import serve
    from contactcentre.commands.console import exit_status
    from contactcentre.ports import PortTaken
    from contactcentre.storage.network import NetworkRefused

    return exit_status(serve(settings), NetworkRefused, PortTaken)


def _pbx(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.console import exit_status
    from contactcentre.places import pbx_settings
    from contactcentre.telephony.binary import PbxFailed
    from contactcentre.telephony.pbx import main_pbx

    return exit_status(main_pbx(pbx_settings(settings)), PbxFailed)


def _demo(options: Options, settings: Settings) -> Work:
    from contactcentre.demo.carrier import run_carrier

    return run_carrier(settings, options.rate)


def _migrate(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.console import exit_status
    from contactcentre.storage.database import migrate

    return exit_status(migrate(settings.database))


def _seed(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.console import exit_status
    from contactcentre.seed import NotSample, seed

    return exit_status(seed(settings), NotSample)


def _prompts(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.console import exit_status
    from contactcentre.prompts import PromptError

    work = _tell_missing(settings) if options.missing else _render(settings)
    return exit_status(work, PromptError)


async def _render(settings: Settings) -> None:
    from contactcentre import places
    from contactcentre.commands import console
    from contactcentre.prompts import build

    report = await build(
        settings.config / "prompts",
        places.prompts(settings),
        recordings=places.own_recordings(settings),
    )
    console.say(report)


async def _tell_missing(settings: Settings) -> None:
    from contactcentre import places
    from contactcentre.commands import console
    from contactcentre.prompts import catalogue, with_words
    from contactcentre.recordings import survey

    texts = with_words(catalogue(settings.config / "prompts"))
    found = list(survey(texts, places.own_recordings(settings)))
    lacking = [one for one in found if one.state != "recorded"]
    for one in lacking:
        console.say(f"{one.language}  {one.state:12}  {one.key:24}  {one.text}")
    console.say(f"{len(found) - len(lacking)} of {len(found)} prompts are recorded")


def _flow(options: Options, settings: Settings) -> Work:
    from contactcentre.commands import flow

    return flow.run(options, settings)


def _language(options: Options, settings: Settings) -> Work:
    from contactcentre.commands import language

    return language.run(options, settings)


def _notice(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.notice import notice

    return notice(settings, options)


def _user(options: Options, settings: Settings) -> Work:
    import getpass

    from contactcentre.commands import user

    return user.run(options, settings, getpass.getpass)


def _check(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.check import check

    return check(settings)


def _crisis(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.crisis import crisis

    return crisis(settings, options.act, plan=options.plan, hours=options.hours, why=options.reason)


def _simulate(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.simulate import simulate

    return simulate(
        settings.config / "scenarios",
        options.scenario,
        check_theory=options.check_theory,
        as_json=options.json,
    )


def _replay(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.replay import Wish, main_replay

    return main_replay(settings.database, Wish.of(options))


def _staffing(options: Options, settings: Settings) -> Work:
    from contactcentre.commands.staffing import Demand, staffing

    return staffing(Demand.of(options), as_json=options.as_json)


COMMANDS: Mapping[str, Callable[[Options, Settings], Work]] = {
    "run": _run,
    "serve": _serve,
    "pbx": _pbx,
    "demo": _demo,
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


def _log_as_lines() -> None:
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
