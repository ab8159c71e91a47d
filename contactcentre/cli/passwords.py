"""`contactcentre passwords`: which passwords nobody may choose, because they have leaked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.features.accounts.leaked import write
from contactcentre.features.accounts.passwords import SHORTEST
from contactcentre.settings import Settings

app = program("passwords")


@app.default
@console.telling(ValueError, OSError)
async def passwords(
    *lists: Path,
    least: Annotated[int, Parameter(help="of hashes with a count: seen so often")] = 1,
    into: Annotated[
        Path | None, Parameter(help="another file than the one that the service goes by")
    ] = None,
    settings: Settings,
) -> None:
    """Make a list of leaked passwords, beside the one that comes with this software: of files of
    passwords, or of their SHA-1 with counts or without, one a line.

    Such as a download of Have I Been Pwned, of any length. What is kept are the beginnings of
    hashes, so that the file itself leaks nothing; a running service goes by it at once. Passwords
    shorter than any that may be chosen are left out.
    """
    path = into or paths.leaked_passwords(settings)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    console.say(f"listed: {write(path, _lines(lists), shortest=SHORTEST, least=least):,}")


def _lines(lists: tuple[Path, ...]) -> Iterator[bytes]:
    for one in lists:
        with one.open("rb") as file:
            yield from file
