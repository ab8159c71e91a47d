"""The command `flow`: menus are checked, published, shown and put back, on the running service."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.cli import console
from contactcentre.core.config.network import DEFAULT_QUEUE
from contactcentre.engine.clock import now
from contactcentre.features.menus import counts as flow_counts
from contactcentre.features.menus import store as releases
from contactcentre.features.prompts.document import catalogue
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from ivr.flow import Flow, FlowError, parse


class NotText(ValueError):
    """The file is not UTF-8."""


async def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; 0 when it went well, 1 with words on standard error when it did not."""
    work = _do(options, settings)
    return await console.exit_status(work, FlowError, releases.NoSuchVersion, NotText)


async def _do(options: argparse.Namespace, settings: Settings) -> None:
    async with database.opened(settings.database) as storage:
        match options.action:
            case "check":
                _, flow = await _checked(options.file, settings, storage)
                console.say(f"{flow.name}: {len(flow.nodes)} nodes, good")
            case "publish":
                await _publish(options, settings, storage)
            case "list":
                await _list(storage)
            case "show":
                await _show(options, storage)
            case "rollback":
                await _roll_back(options, settings, storage)
            case "stats":
                await _tell_counts(options, storage)


async def _checked(file: Path, settings: Settings, storage: AsyncEngine) -> tuple[str, Flow]:
    """The file's text and what it describes. Raises `FlowError` or `NotText`."""
    text = await asyncio.to_thread(_text, file)
    async with storage.connect() as connection:
        return text, await _parsed(connection, settings, file.stem, text)


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


async def _publish(options: argparse.Namespace, settings: Settings, storage: AsyncEngine) -> None:
    text, flow = await _checked(options.file, settings, storage)
    async with storage.begin() as connection:
        present = await releases.in_force(connection, flow.name)
        version = await releases.publish(
            connection, flow.name, text, by=options.by, comment=options.comment, at=now()
        )
    if version == present:
        console.say(f"{flow.name}: version {version} says the same and is in force already")
    else:
        console.say(f"{flow.name}: version {version} is in force (was: {present or 'none'})")


async def _roll_back(options: argparse.Namespace, settings: Settings, storage: AsyncEngine) -> None:
    name = options.name
    async with storage.begin() as connection:
        version = options.version or await releases.before(connection, name)
        text = await releases.document_of(connection, name, version)
        # The queues and prompts of that time may be gone.
        await _parsed(connection, settings, name, text)
        await releases.put_back(
            connection, name, version, by=options.by, comment=options.comment, at=now()
        )
    console.say(f"{name}: version {version} is in force again")


async def _list(storage: AsyncEngine) -> None:
    async with storage.connect() as connection:
        versions = await releases.versions(connection)
        history = await releases.history(connection)
    for name, version, present in versions:
        console.say(f"{name} {version}" + " (in force)" * present)
        for one in history:
            if (one.name, one.version) == (name, version):
                when = console.local(one.released_at)
                console.say(f"    {when}  {one.action:9} {one.released_by}  {one.comment}".rstrip())


async def _show(options: argparse.Namespace, storage: AsyncEngine) -> None:
    async with storage.connect() as connection:
        version = await _meant(connection, options)
        console.say(await releases.document_of(connection, options.name, version))


async def _meant(connection: AsyncConnection, options: argparse.Namespace) -> int:
    """The version that was given, or the one in force; 0, which none has, where there is none."""
    return options.version or await releases.in_force(connection, options.name) or 0


async def _tell_counts(options: argparse.Namespace, storage: AsyncEngine) -> None:
    async with storage.connect() as connection:
        nodes = await flow_counts.read(
            connection,
            options.name,
            version=options.version,
            since=options.since.isoformat(),
            until=options.until.isoformat(),
        )
        if not nodes:
            await releases.document_of(connection, options.name, await _meant(connection, options))
    if not nodes:
        console.say(f"{options.name}: nothing has been counted in that time")
        return
    console.say(_LINE.format(*_HEADS, "keys, or how people take over"))
    for one in nodes:
        split = {**one.chosen, **one.person}
        keys = "  ".join(f"{key}: {count}" for key, count in split.items())
        figures = (one.entered, one.typed, one.timed_out, one.wrong, one.hung_up, one.satisfied)
        console.say(_LINE.format(one.version, one.node, *figures, keys).rstrip())


_LINE = "{:>7}  {:<20}" + " {:>9}" * 6 + "  {}"
_HEADS = ("version", "node", "entered", "typed", "silence", "wrong", "hung up", "served")
