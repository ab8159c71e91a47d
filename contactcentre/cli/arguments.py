"""What may be typed after `contactcentre`: its commands and their options."""

from __future__ import annotations

import argparse
import getpass
from datetime import date
from pathlib import Path
from typing import Any


def parser() -> argparse.ArgumentParser:
    """The whole command line; the name of the command is in `command`."""
    parser = argparse.ArgumentParser(
        prog="contactcentre", description="The open telephone hotline: the service and its tools."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="prepare and start everything on this machine")
    run.add_argument("--sample", action="store_true", help="with sample data")
    commands.add_parser("serve", help="the service itself")
    commands.add_parser("pbx", help="Asterisk with its rendered configuration")
    commands.add_parser("migrate", help="bring the database up to date")
    commands.add_parser("seed", help="load the sample data")
    prompts = commands.add_parser("prompts", help="render the speech")
    prompts.add_argument(
        "--missing", action="store_true", help="only list what no person has recorded"
    )
    _add_language(commands.add_parser("language", help="which languages a queue takes"))
    _add_flow(commands.add_parser("flow", help="check, publish, show and put back menus"))
    commands.add_parser("check", help="test every part and say what to do")
    _add_what_if(commands)
    crisis = commands.add_parser("crisis", help="the running service's crisis mode")
    crisis.add_argument("act", choices=("on", "off", "status"))
    crisis.add_argument("--plan", help="which one, where there are several")
    crisis.add_argument("--hours", type=float, help="for how long")
    crisis.add_argument("--reason", help="why: it stays on record")
    _notice_parser(commands)
    _add_user(commands.add_parser("user", help="make a log-in, or set its password"))
    return parser


def _add_what_if(commands: Any) -> None:
    simulate = commands.add_parser("simulate", help="a scenario in virtual time; lists them")
    simulate.add_argument("scenario", nargs="?", help="a name from the list, or a YAML file")
    simulate.add_argument("--check-theory", action="store_true", help="against Erlang C and A")
    simulate.add_argument("--json", action="store_true", help="for programs")
    replay = commands.add_parser("replay", help="recorded calls once more, under changed rules")
    replay.add_argument("--from", dest="from_", help="a date, or a date and time, in Riga")
    replay.add_argument("--to", help="the same; the period ends before it")
    replay.add_argument("--file", type=Path, help="a period that was exported, instead of a date")
    replay.add_argument("--rules", type=Path, help="YAML: only what differs from the configuration")
    replay.add_argument("--export", type=Path, help="write the period, without personal data")
    replay.add_argument("--seed", type=int, default=2026, help="for what was not recorded")
    replay.add_argument("--json", dest="as_json", action="store_true", help="for programs")
    staffing = commands.add_parser("staffing", help="how many agents a load asks for")
    staffing.add_argument("--calls-per-hour", type=float, required=True)
    staffing.add_argument("--handling", dest="handling_s", type=float, default=300.0, help="s")
    staffing.add_argument("--patience", dest="patience_s", type=float, default=120.0, help="s")
    staffing.add_argument("--level", type=float, default=0.75, help="share answered in time, 0..1")
    staffing.add_argument("--within", dest="within_s", type=float, default=30.0, help="s")
    staffing.add_argument("--json", dest="as_json", action="store_true", help="for programs")


def _notice_parser(commands: Any) -> None:
    notice = commands.add_parser("notice", help="known events that callers are told of")
    actions = notice.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="tell callers, from now on if not said otherwise")
    add.add_argument("--lv", required=True, help="the text in Latvian; the others are for theirs")
    add.add_argument("--ru")
    add.add_argument("--en")
    add.add_argument("--from", dest="from_at", help="2026-01-31T08:00, Latvian time")
    add.add_argument("--until", dest="until_at", help="the same; open if not given")
    add.add_argument("--queue", action="append", default=[], help="only its callers; repeatable")
    actions.add_parser("list", help="all, with how many heard it and whom it was enough for")
    end = actions.add_parser("end", help="tell it no more")
    end.add_argument("notice_id")


def _add_language(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="what each queue takes, and by whose decision")
    for action in ("allow", "forbid"):
        one = actions.add_parser(action, help="record a decision, in force at once")
        one.add_argument("language", help="two letters: ru")
        one.add_argument("--queue", default="", help="for one queue; for all if not given")
        one.add_argument("--basis", required=True, help="the law or order")
        one.add_argument("--date", required=True, help="of the decision: 2026-01-31")
        one.add_argument("--approver", required=True, help="who decided")
        one.add_argument("--by", default=getpass.getuser(), help="who records it")


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
    stats = actions.add_parser("stats", help="what callers did at each node of a menu")
    stats.add_argument("name")
    stats.add_argument("version", nargs="?", type=int)
    stats.add_argument(
        "--since", type=_day, default=date.min, metavar="DAY", help="2026-01-31, included"
    )
    stats.add_argument("--until", type=_day, default=date.max, metavar="DAY", help="included")
    for action in ("publish", "rollback"):
        actions.choices[action].add_argument("--comment", default="", help="why")
        actions.choices[action].add_argument("--by", default=getpass.getuser(), help="who")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date such as 2026-01-31") from None


def _add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username")
    parser.add_argument("--name", help="of a new one, with --role; its password is set without")
    parser.add_argument("--role", choices=("agent", "supervisor", "admin"))
    parser.add_argument("--agent", help="the agent whose calls this log-in answers")
