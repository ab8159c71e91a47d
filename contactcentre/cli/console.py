"""What the commands have in common: how they speak, how they end, and times as people type them.

Standard output is for what was asked for. What is wrong goes to standard error as it is, a line
for each place, so that it can be read by programs too.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from routing.calendar import LOCAL

P = ParamSpec("P")

DATABASE_ADVICE = "see CC_DATABASE_URL, then run: contactcentre migrate"


class BadTime(ValueError):
    """What was typed is no time; the text names the option."""


def say(text: object) -> None:
    """Tell what was asked for, at once: another program may be reading, and stop to."""
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        # As `head` does when it has seen enough; what is written at the end must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: object) -> None:
    """Tell what is wrong."""
    print(text, file=sys.stderr)  # noqa: T201


def author() -> str:
    """Who is at the command line, as the audit log writes it."""
    from contactcentre.storage.audit import SHELL

    try:
        return f"{SHELL}:{getpass.getuser()}"
    except (OSError, KeyError):  # a user without a name, as in a container
        return f"{SHELL}:{os.getuid()}"


async def exit_status(work: Awaitable[object], *faults: type[Exception], otherwise: int = 1) -> int:
    """Carry out a command; 0, or `otherwise`, with words, where one of these comes up.

    Documents that are refused, a file that can't be had, a database that is away or of another
    version are 1.
    """
    try:
        await work
    except faults as error:
        complain(error)
        return otherwise
    except _refusals() as error:
        complain(error)
        return 1
    except _away() as error:
        complain(_trouble(error))
        return 1
    return 0


def telling(
    *faults: type[Exception], otherwise: int = 1
) -> Callable[[Callable[P, Awaitable[object]]], Callable[P, Coroutine[Any, Any, int]]]:
    """A command whose faults are told in words; its exit status is as `exit_status` says."""

    def decorate(command: Callable[P, Awaitable[object]]) -> Callable[P, Coroutine[Any, Any, int]]:
        @wraps(command)
        async def told(*args: P.args, **kwargs: P.kwargs) -> int:
            return await exit_status(command(*args, **kwargs), *faults, otherwise=otherwise)

        return told

    return decorate


# Asked for when something has come up: not every command loads these libraries.


def _refusals() -> tuple[type[Exception], ...]:
    from contactcentre.core.config.document import Refused
    from contactcentre.storage.database import OtherSchema

    return Refused, OtherSchema


def _away() -> tuple[type[Exception], ...]:
    from contactcentre.storage.database import AWAY

    return AWAY


def database_away(error: Exception) -> str:
    """In words, without the text of the error: there may be citizens' data in it."""
    return f"the database does not answer as it should ({type(error).__name__})"


def _trouble(error: Exception) -> str:
    # A link to the database fails with an OSError too, but with one that names no file.
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return f"{database_away(error)}: {DATABASE_ADVICE}"


def moment(text: str, option: str) -> float:
    """A date (its midnight) or a date and time; without a zone, Latvian. Raises `BadTime`."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime(
            f"{option}: '{text}' is no date such as 2026-01-31 or 2026-01-31T08:00"
        ) from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=LOCAL)
        if _is_left_out(when):
            raise BadTime(
                f"{option}: '{text}' does not exist in Latvia: the clock is put forward over it"
            )
    return when.timestamp()


def _is_left_out(when: datetime) -> bool:
    """Whether the wall clock never shows it (PEP 495: a gap has the smaller offset first)."""
    before, after = (when.replace(fold=fold).utcoffset() for fold in (0, 1))
    return before is not None and after is not None and before < after


def local(at: float) -> str:
    """A time (seconds since the epoch) on the clock of Latvia, to the minute."""
    return datetime.fromtimestamp(at, LOCAL).strftime("%Y-%m-%d %H:%M")
