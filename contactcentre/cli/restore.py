"""`contactcentre restore`: a hotline made of a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from contactcentre.app.backup_manifest import BadBackup
from contactcentre.app.restore import InUse, NotEmpty
from contactcentre.app.restore import restore as put_back
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.settings import Settings
from contactcentre.storage.dump import DumpFailed

app = program("restore")


@app.default
@console.telling(BadBackup, NotEmpty, InUse, DumpFailed)
async def restore(
    folder: Path,
    /,
    *,
    replace: Annotated[bool, Parameter(help="what is there now is lost")] = False,
    settings: Settings,
) -> None:
    """Fill an empty home folder (CC_HOME) and an empty database (CC_DATABASE_URL) from FOLDER."""
    made = await put_back(settings, folder, replace=replace)
    console.say(f"{len(made.parts)} files, {made.size / 1e6:.1f} MB, of {made.taken_at}")
    console.say("Now: contactcentre migrate, contactcentre audit verify; then start it, and check")
