"""A command: a function whose signature says what may be typed after its name.

What a command's work comes to is its exit status; words that are none, and settings that are
wrong, are 2. A parameter named `settings` is handed over, never typed.
"""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from cyclopts import App, CycloptsError, Parameter

from contactcentre.cli.console import complain

if TYPE_CHECKING:
    from contactcentre.settings import Settings

Work = Coroutine[Any, Any, int | None]

MISUSED = 2


class BadSettings(Exception):
    """A variable of the environment is wrong: the text names it."""


def program(name: str, about: str = "") -> App:
    """Something that can be typed, with options or with commands of its own."""
    return App(
        name=name,
        help=about,
        help_formatter="plain",
        version_flags=(),
        default_parameter=Parameter(
            negative=(),  # no --no-json beside --json
            allow_repeating=True,  # the last counts
            parse="^(?!settings$)",
            show_default=lambda default: default or None,
        ),
    )


def run(app: App, words: Sequence[str] | None = None) -> int:
    """Carry out these words, or those that this process was started with; the exit status."""
    try:
        made = _started_with(app) if words is None else work(app, words)
    except (CycloptsError, BadSettings) as error:
        complain(f"{app.name[0]}: {error}")
        return MISUSED
    if isinstance(made, int):
        return made
    # Not at the file's head: help and refused words need none of them.
    import asyncio

    import uvloop

    from contactcentre.cli.log import log_as_lines

    log_as_lines()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(made) or 0


def _started_with(app: App) -> Work | int:
    gc.disable()  # what is loaded stays: to look for rubbish in it takes a tenth of the start
    try:
        return work(app, sys.argv[1:])
    finally:
        gc.freeze()
        gc.enable()


def work(app: App, words: Sequence[str], settings: Settings | None = None) -> Work | int:
    """What those words ask for, or the exit status where it is done: help was shown.

    Raises `CycloptsError` for words that are none, and `BadSettings`.
    """
    command, bound, handed = app.parse_args(words, exit_on_error=False, print_error=False)
    if not inspect.iscoroutinefunction(command):
        return _helped(app, words)
    given = {"settings": settings or _settings()} if "settings" in handed else {}
    made: Work = command(*bound.args, **bound.kwargs, **given)
    return made


def _helped(app: App, words: Sequence[str]) -> int:
    """Show what may be typed here; a misuse, unless it was asked for."""
    asked = any(flag in words for flag in app.help_flags)
    names = [word for word in words if word not in app.help_flags]
    app.help_print(names, console=app.console if asked else app.error_console)
    return 0 if asked else MISUSED


def _settings() -> Settings:
    from contactcentre.settings import Settings

    try:
        return Settings.load()
    except ValueError as error:
        raise BadSettings(str(error)) from None
