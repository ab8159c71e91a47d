"""The command line: `contactcentre --help`."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import structlog
import uvloop

from contactcentre.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well."""
    options = _parser().parse_args(arguments)
    _log_as_lines()
    try:
        settings = Settings.load()
    except ValueError as error:
        print(f"contactcentre: {error}", file=sys.stderr)  # noqa: T201
        return 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_command(options, settings)) or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="contactcentre", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="prepare and start everything on this machine")
    run.add_argument("--sample", action="store_true", help="with sample data")
    run.add_argument("--demo", action="store_true", help="with synthetic citizens ringing in")
    run.add_argument("--rate", type=float, default=60.0, help="their calls an hour")
    commands.add_parser("serve", help="the service itself")
    commands.add_parser("pbx", help="Asterisk with its rendered configuration")
    demo = commands.add_parser("demo", help="the demonstration carrier")
    demo.add_argument("--rate", type=float, default=60.0, help="calls an hour")
    commands.add_parser("migrate", help="bring the database up to date")
    commands.add_parser("seed", help="load the sample data")
    commands.add_parser("prompts", help="render the speech")
    _add_flow(commands.add_parser("flow", help="check, publish, show and put back menus"))
    commands.add_parser("check", help="test every part and say what to do")
    simulate = commands.add_parser("simulate", help="a scenario in virtual time; lists them")
    simulate.add_argument("scenario", nargs="?", help="a name from the list, or a YAML file")
    simulate.add_argument("--check-theory", action="store_true", help="against Erlang C and A")
    simulate.add_argument("--json", action="store_true", help="for programs")
    user = commands.add_parser("user", help="make a log-in, or set its password")
    user.add_argument("username")
    user.add_argument("--name", required=True)
    user.add_argument("--role", choices=("agent", "supervisor", "admin"), required=True)
    user.add_argument("--agent", help="the agent whose calls this log-in answers")
    return parser


def _add_flow(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    for action, what in (
        ("check", "read a file and tell everything that is wrong with it"),
        ("publish", "put a file in force as the next version of its menu"),
    ):
        one = actions.add_parser(action, help=what)
        one.add_argument("file", type=Path, help="its name is the menu's: hotline.yaml")
    actions.add_parser("list", help="all versions of all menus, and who put them in force")
    for action, what in (
        ("show", "the document of a version, or of the one in force"),
        ("rollback", "put an earlier version in force again"),
    ):
        one = actions.add_parser(action, help=what)
        one.add_argument("name")
        one.add_argument("version", nargs="?", type=int)
    for action in ("publish", "rollback"):
        actions.choices[action].add_argument("--comment", default="", help="why")
        actions.choices[action].add_argument("--by", default=getpass.getuser(), help="who")


Work = Coroutine[Any, Any, int | None]


def _command(options: argparse.Namespace, settings: Settings) -> Work:
    """Imported late: a command loads no more than it needs."""
    match options.command:
        case "run":
            from contactcentre.launcher import launch

            sample = settings.model_copy(update={"sample": True})
            wanted = sample if options.sample or options.demo else settings
            return launch(wanted, demo_rate=options.rate if options.demo else None)
        case "serve":
            from contactcentre.app import serve

            return serve(settings)
        case "pbx":
            from contactcentre.places import pbx_settings
            from contactcentre.telephony.pbx import main_pbx

            return main_pbx(pbx_settings(settings))
        case "demo":
            from contactcentre.demo.carrier import run_carrier

            return run_carrier(settings, options.rate)
        case "migrate":
            from contactcentre.storage.database import migrate

            return migrate(settings.database)
        case "seed":
            from contactcentre.seed import seed

            return seed(settings)
        case "prompts":
            return _prompts(settings)
        case "flow":
            from contactcentre.flows import run

            return run(options, settings)
        case "check":
            from contactcentre.check import check

            return check(settings)
        case "simulate":
            from contactcentre.simulate import simulate

            return simulate(
                settings.config / "scenarios",
                options.scenario,
                check_theory=options.check_theory,
                as_json=options.json,
            )
        case _:
            return _user(options, settings)


async def _prompts(settings: Settings) -> int:
    from contactcentre import places
    from contactcentre.prompts import build

    report = await build(
        settings.config / "prompts",
        places.prompts(settings),
        recordings=places.own_recordings(settings),
    )
    print(report)  # noqa: T201
    return 0


async def _user(options: argparse.Namespace, settings: Settings) -> int:
    from contactcentre.accounts import Accounts
    from contactcentre.storage import database

    password = getpass.getpass("New password: ")
    storage = database.engine(settings.database)
    try:
        await Accounts(storage).create_user(
            options.username,
            password,
            name=options.name,
            role=options.role,
            agent_id=options.agent,
        )
    finally:
        await storage.dispose()
    return 0


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
