"""`contactcentre passwords`: which passwords nobody may choose, because they have leaked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.features.accounts.leaked import write
from contactcentre.features.accounts.passwords import SHORTEST
from contactcentre.settings import Settings

app = program("passwords")


@app.default
@console.telling(ValueError, OSError)
async def passwords(*lists: Path, settings: Settings) -> None:
    """Make the list of leaked passwords: from files of passwords, or of their SHA-1, one a line.

    Such as the million most common ones of SecLists, or a download of Have I Been Pwned. What is
    kept are the beginnings of hashes, so that the file itself leaks nothing; a running service goes
    by it at once. Passwords shorter than any that may be chosen are left out.
    """
    path = paths.leaked_passwords(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    console.say(f"listed: {write(path, _lines(lists), shortest=SHORTEST)}")


def _lines(lists: tuple[Path, ...]) -> Iterator[bytes]:
    for one in lists:
        with one.open("rb") as file:
            yield from file
