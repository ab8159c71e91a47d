"""`contactcentre backup`: everything that must not be lost, while the service runs."""

from __future__ import annotations

from pathlib import Path

from contactcentre.app.backup import NoBackup, take
from contactcentre.app.backup_manifest import FILE, digest
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.settings import Settings
from contactcentre.storage.dump import DumpFailed

app = program("backup")


@app.default
@console.telling(NoBackup, DumpFailed)
async def backup(folder: Path, /, *, settings: Settings) -> None:
    """Database, journal, voice messages, phones, prompts and secrets, into a new FOLDER."""
    made = await take(settings, folder)
    console.say(f"{folder}: {len(made.parts)} files, {made.size / 1e6:.1f} MB, {made.taken_at}")
    console.say(f"SHA-256 of its {FILE}: {digest(folder / FILE)}")
    console.say("It holds secrets and citizens' data: keep it, encrypted, on another machine.")
