"""`contactcentre trunk`: the carriers' lines, declared, listed and tried."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.part import Sick
from contactcentre.cli.trunk_options import TypedTrunk
from contactcentre.cli.trunk_trial import examine, require_transport
from contactcentre.core.config import document
from contactcentre.core.config.trunk import Trunk
from contactcentre.features.trunks import store
from contactcentre.features.trunks.secret import BadSecret, checked
from contactcentre.features.trunks.transports import require_private
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.telephony.directory import Directory


class NotWell(Exception):
    """A trunk is kept, and does not work; says what to do."""


UNSAID = TypedTrunk()

SecretFile = Annotated[
    Path | None,
    Parameter(help="its first line is the secret; - is standard input", allow_leading_hyphen=True),
]

app = program("trunk")

_telling = console.telling(ValueError, LookupError, NotWell)


@app.command
@_telling
async def add(
    trunk_id: str,
    /,
    *,
    line: Annotated[TypedTrunk, Parameter(name="*")] = UNSAID,
    secret_file: SecretFile = None,
    replace: Annotated[bool, Parameter(help="the one of that name; its secret stays")] = False,
    settings: Settings,
) -> None:
    """Declare one; in force within seconds, and no call ends.

    Beside its secret, which is never typed here, everything is said anew with --replace.
    """
    written = line.document(trunk_id)
    trunk = document.read(Trunk, written, f"trunk {trunk_id}")  # before anybody types a secret
    require_private(trunk)
    directory = await _directory(settings)
    known = replace and secret_file is None and directory.has_secret(trunk_id)
    wanted = trunk.user is not None and not known
    given = await asyncio.to_thread(_secret, secret_file) if wanted else ""
    give = partial(directory.give_secret, trunk_id, given) if given else None
    async with database.opened(settings.database) as storage:
        await store.save(storage, written, replace=replace, by=console.author(), give=give)
    console.say(f"{trunk_id} is kept; a second later: contactcentre trunk try {trunk_id}")
    try:
        require_transport(trunk, settings)
    except Sick as sick:
        raise NotWell(_told(sick)) from None


@app.command
@_telling
async def secret(
    trunk_id: str,
    /,
    *,
    secret_file: SecretFile = None,
    settings: Settings,
) -> None:
    """Give it another secret, which is asked for; the next log-in is made with that."""
    async with database.opened(settings.database) as storage:
        trunk = await store.one(storage, trunk_id)
        if trunk.user is None:
            raise BadSecret(f"trunk {trunk_id} has no user who could log in: add --user")
        given = await asyncio.to_thread(_secret, secret_file)
        await store.note_secret(storage, trunk_id, by=console.author())
    directory = await _directory(settings)
    await asyncio.to_thread(directory.give_secret, trunk_id, given)


@app.command
@_telling
async def remove(trunk_id: str, /, *, settings: Settings) -> None:
    """It is no more, and its secret is forgotten; calls on it go on."""
    async with database.opened(settings.database) as storage:
        await store.remove(storage, trunk_id, by=console.author())
    directory = await _directory(settings)
    await asyncio.to_thread(directory.forget_secret, trunk_id)


@app.command(name="list")
@_telling
async def list_all(*, settings: Settings) -> None:
    """All, in the order in which calls out take them where nothing else decides."""
    async with database.opened(settings.database) as storage:
        for trunk in await store.listed(storage):
            console.say("\n".join(_lines(trunk)))


@app.command(name="try")
@_telling
async def try_one(trunk_id: str, /, *, settings: Settings) -> None:
    """Ask the carrier (OPTIONS), look at transport, certificate and registration; what to do."""
    async with database.opened(settings.database) as storage:
        trunk = await store.one(storage, trunk_id)
    try:
        console.say(await examine(trunk, settings, ask=True))
    except Sick as sick:
        raise NotWell(_told(sick)) from None


def _told(sick: Sick) -> str:
    return f"{sick}\n-> {sick.advice}"


def _lines(trunk: Trunk) -> Iterator[str]:
    """Its secret is nowhere but in the directory."""
    of = trunk.centre_id or trunk.municipality or "the network"
    kind = f"{trunk.transport}{', encrypted' if trunk.encrypted else ''}, {', '.join(trunk.codecs)}"
    kind += f", by {trunk.link}" if trunk.link else ""
    yield f"{trunk.trunk_id}  {trunk.name or '-'} ({of}): {kind}"
    yield f"  takes calls from {', '.join(trunk.peers)}" + (
        f", who log in as {trunk.user}" if trunk.challenges else ""
    )
    if trunk.server is not None:
        account = f" as {trunk.user}" if trunk.user else ""
        registered = ", registered there" if trunk.registers else ""
        yield f"  calls go out to {trunk.server}{account}{registered}"
    if trunk.numbers or trunk.shows:
        shown = f", shows {trunk.shows}" if trunk.shows else ""
        yield f"  brings {', '.join(trunk.numbers) or 'no numbers'}{shown}"


def _secret(file: Path | None) -> str:
    """Asked for, or read. Raises `BadSecret`, `OSError`."""
    if file is None:
        given = _typed()
    elif str(file) == "-":
        given = sys.stdin.readline()
    else:
        given = file.read_text("utf-8")
    return checked(given.partition("\n")[0].rstrip("\r"))


def _typed() -> str:
    try:
        return getpass.getpass("Secret of the account: ")
    except EOFError:
        raise BadSecret("no secret was typed: use --secret-file") from None


async def _directory(settings: Settings) -> Directory:
    directory = Directory(paths.directory(settings))
    await asyncio.to_thread(directory.create)
    return directory
