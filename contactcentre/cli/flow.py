"""`contactcentre flow`: menus checked, published, shown and put back, on the running service."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, Token
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.core.config.network import DEFAULT_QUEUE
from contactcentre.engine.clock import now
from contactcentre.features.menus import counts as flow_counts
from contactcentre.features.menus import store as releases
from contactcentre.features.prompts.document import PromptError, catalogue
from contactcentre.features.prompts.rendering import render
from contactcentre.features.prompts.speaker import speaker
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from ivr.flow import Flow, FlowError, parse


class NotText(ValueError):
    """The file is not UTF-8."""


app = program("flow")

_telling = console.telling(FlowError, releases.NoSuchVersion, NotText, PromptError)


def _day(_: object, tokens: Sequence[Token]) -> date:
    typed = tokens[0].value
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ValueError(f"'{typed}' is no date such as 2026-01-31") from None


File = Annotated[Path, Parameter(help="its name is the menu's: hotline.yaml")]
Day = Annotated[date | None, Parameter(converter=_day)]
Comment = Annotated[str, Parameter(help="why")]
By = Annotated[str, Parameter(help="who; you, if not given")]


@app.command
@_telling
async def check(file: File, /, *, settings: Settings) -> None:
    """Read a file and tell everything that is wrong with it."""
    async with database.opened(settings.database) as storage:
        _, flow = await _checked(file, settings, storage)
    console.say(f"{flow.name}: {len(flow.nodes)} nodes, good")


@app.command
@_telling
async def publish(file: File, /, *, comment: Comment = "", by: By = "", settings: Settings) -> None:
    """Put a file in force as the next version of its menu."""
    async with database.opened(settings.database) as storage:
        text, flow = await _checked(file, settings, storage)
        await _spoken(flow, settings)
        async with storage.begin() as connection:
            present = await releases.in_force(connection, flow.name)
            version = await releases.publish(
                connection, flow.name, text, by=by or getpass.getuser(), comment=comment, at=now()
            )
    if version == present:
        console.say(f"{flow.name}: version {version} says the same and is in force already")
    else:
        console.say(f"{flow.name}: version {version} is in force (was: {present or 'none'})")


@app.command(name="list")
@_telling
async def list_all(*, settings: Settings) -> None:
    """All versions of all menus, and who put them in force."""
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        versions = await releases.versions(connection)
        history = await releases.history(connection)
    for name, version, present in versions:
        console.say(f"{name} {version}" + " (in force)" * present)
        for one in history:
            if (one.name, one.version) == (name, version):
                when = console.local(one.released_at)
                console.say(f"    {when}  {one.action:9} {one.released_by}  {one.comment}".rstrip())


@app.command
@_telling
async def show(name: str, version: int | None = None, /, *, settings: Settings) -> None:
    """The document of a version, or of the one in force."""
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        console.say(await _document(connection, name, version))


@app.command
@_telling
async def rollback(
    name: str,
    version: int | None = None,
    /,
    *,
    comment: Comment = "",
    by: By = "",
    settings: Settings,
) -> None:
    """Put an earlier version in force again."""
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        meant = version or await releases.before(connection, name)
        text = await releases.document_of(connection, name, meant)
        # The queues and prompts of that time may be gone.
        await _spoken(await _parsed(connection, settings, name, text), settings)
        await releases.put_back(
            connection, name, meant, by=by or getpass.getuser(), comment=comment, at=now()
        )
    console.say(f"{name}: version {meant} is in force again")


@app.command
@_telling
async def stats(
    name: str,
    version: int | None = None,
    /,
    *,
    since: Annotated[Day, Parameter(help="2026-01-31, included")] = None,
    until: Annotated[Day, Parameter(help="included")] = None,
    settings: Settings,
) -> None:
    """What callers did at each node of a menu."""
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        nodes = await flow_counts.read(
            connection,
            name,
            version=version,
            since=(since or date.min).isoformat(),
            until=(until or date.max).isoformat(),
        )
        if not nodes:
            await _document(connection, name, version)
    if not nodes:
        console.say(f"{name}: nothing has been counted in that time")
        return
    console.say(_LINE.format(*_HEADS, "keys, or how people take over"))
    for one in nodes:
        split = {**one.chosen, **one.person}
        keys = "  ".join(f"{key}: {count}" for key, count in split.items())
        figures = (one.entered, one.typed, one.timed_out, one.wrong, one.hung_up, one.satisfied)
        console.say(_LINE.format(one.version, one.node, *figures, keys).rstrip())


_LINE = "{:>7}  {:<20}" + " {:>9}" * 6 + "  {}"
_HEADS = ("version", "node", "entered", "typed", "silence", "wrong", "hung up", "served")


async def _document(connection: AsyncConnection, name: str, version: int | None) -> str:
    """Of the version that was given, or of the one in force. Raises `NoSuchVersion`."""
    meant = version or await releases.in_force(connection, name) or 0  # which none has
    return await releases.document_of(connection, name, meant)


async def _checked(file: Path, settings: Settings, storage: AsyncEngine) -> tuple[str, Flow]:
    """The file's text and what it describes. Raises `FlowError` or `NotText`."""
    text = await asyncio.to_thread(_text, file)
    async with storage.connect() as connection:
        return text, await _parsed(connection, settings, file.stem, text)


async def _spoken(flow: Flow, settings: Settings) -> None:
    """Have its own words spoken before a caller may ask for them. Raises `PromptError`."""
    if flow.texts:
        await render(
            flow.texts,
            paths.prompts(settings),
            recordings=paths.own_recordings(settings),
            speaker=speaker(settings.speaker),
        )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise NotText(f"{file}: not UTF-8 text") from None


async def _parsed(connection: AsyncConnection, settings: Settings, name: str, text: str) -> Flow:
    spoken = await asyncio.to_thread(catalogue, settings.config / "prompts")
    rows = await connection.execute(select(models.queues.c.queue_id))
    queues = {DEFAULT_QUEUE, *rows.scalars()}
    return parse(text, name=name, prompts=spoken.get("lv", {}).keys(), queues=queues)
