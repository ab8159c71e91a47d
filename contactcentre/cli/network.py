"""`contactcentre network`: all that people edit as a file; a file's changes, reviewed first."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre import paths
from contactcentre.cli import console, log_ins
from contactcentre.cli.command import program
from contactcentre.core.config.document import Refused
from contactcentre.features.network import load as loading
from contactcentre.features.network import sheet, yaml_file
from contactcentre.features.network.load import FileContents, Review
from contactcentre.features.prompts.playable import Library
from contactcentre.features.publication.draft import read
from contactcentre.settings import Settings
from contactcentre.storage import database

MOST_BYTES = 50_000_000

Csv = Annotated[Path | None, Parameter(help="the same as a table for a spreadsheet (CSV)")]
Whole = Annotated[bool, Parameter(help="what the file's lists do not have is retired")]

app = program("network")


class BadFiles(ValueError):
    """The files that were named will not do; says why."""


_telling = console.telling(ValueError, OSError, otherwise=2)


@app.command
@_telling
async def export(
    file: Path | None = None,
    /,
    *,
    centres: Csv = None,
    agents: Csv = None,
    settings: Settings,
) -> None:
    """Everything as one YAML, as `load` takes it; or centres or agents as a table.

    Numbers of agents' mobiles are in it: the file is for its owner alone.
    """
    async with database.opened(settings.database) as engine:
        draft = await read(engine)
    tables = {"centres": centres, "agents": agents}
    for kind, path in tables.items():
        if path is not None:
            text = sheet.written(draft, sheet.SHEETS[kind])
            await asyncio.to_thread(log_ins.write_private, path, text)
    if file is not None:
        await asyncio.to_thread(log_ins.write_private, file, yaml_file.written(draft))
    elif centres is None and agents is None:
        console.say(yaml_file.written(draft).rstrip())


@app.command
@_telling
async def check(
    file: Path | None = None,
    /,
    *,
    centres: Csv = None,
    agents: Csv = None,
    whole: Whole = False,
    settings: Settings,
) -> None:
    """What a file would change, and whether all would hold together; nothing is changed."""
    contents, _ = await asyncio.to_thread(_read, file, centres, agents)
    async with database.opened(settings.database) as engine:
        found = loading.review(await read(engine), contents, whole=whole)
        _tell(found)
        await _tried(engine, contents, whole, settings)


@app.command
@_telling
async def load(
    file: Path | None = None,
    /,
    *,
    centres: Csv = None,
    agents: Csv = None,
    whole: Whole = False,
    passwords: Annotated[
        Path | None,
        Parameter(help="log-ins of the file are made, and their first passwords written there"),
    ] = None,
    yes: Annotated[bool, Parameter(help="do not ask")] = False,
    settings: Settings,
) -> None:
    """Show what a file would change, ask, and change it: all of it or nothing.

    What a file does not have stays, unless --whole is given.
    """
    contents, people = await asyncio.to_thread(_read, file, centres, agents)
    wanted = log_ins.read(people)
    if passwords is not None and await asyncio.to_thread(passwords.exists):
        raise BadFiles(f"{passwords} is there already: first passwords want a new file")
    async with database.opened(settings.database) as engine:
        shown = loading.review(await read(engine), contents, whole=whole)
        if not yes:  # else it is found out when it is done
            await _tried(engine, contents, whole, settings)
        _tell(shown)
        missing = await log_ins.missing(engine, wanted)
        if missing and passwords is None:
            console.say(f"{len(missing)} log-ins of the file are not there: add --passwords FILE")
        if not shown and not (missing and passwords):
            return
        if not (yes or await asyncio.to_thread(_agreed)):
            console.say("nothing was changed")
            return
        async with engine.begin() as connection:
            await loading.apply(
                connection,
                contents,
                whole=whole,
                prompts=_prompts(settings),
                by=console.author(),
                shown=shown,
            )
        console.say(f"{len(shown.differences) + len(shown.settings)} changed")
        if missing and passwords is not None:
            await log_ins.make(engine, missing, passwords, settings, by=console.author())
            console.say(f"{len(missing)} log-ins made; their first passwords: {passwords}")


def _read(
    file: Path | None, centres: Path | None, agents: Path | None
) -> tuple[FileContents, list[dict[str, Any]]]:
    given: Mapping[str, Path | None] = {"centres": centres, "agents": agents}
    tables = {kind: path for kind, path in given.items() if path is not None}
    if (file is None) == (not tables):
        raise BadFiles("give a YAML file, or --centres or --agents with a table")
    if file is not None:
        found = yaml_file.read(_text(file), file.name)
        return found.contents, found.people
    read_ones = [
        (sheet.SHEETS[kind].table, *sheet.read(_text(path), path.name, sheet.SHEETS[kind]))
        for kind, path in tables.items()
    ]
    by_name = {table.name: contents.locate for table, contents, _ in read_ones}
    contents = FileContents(
        documents={table: one.documents[table] for table, one, _ in read_ones},
        partial={table: one.partial[table] for table, one, _ in read_ones},
        locate=lambda table, key, place: (
            by_name[table](table, key, place) if table in by_name else ""
        ),
    )
    return contents, [person for _, _, people in read_ones for person in people]


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise Refused([f"{path.name}: is larger than {MOST_BYTES // 1_000_000} MB"])
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(
            [f"{path.name}: is not UTF-8 (at byte {error.start}); save it as „CSV UTF-8”"]
        ) from None


async def _tried(
    engine: AsyncEngine, contents: FileContents, whole: bool, settings: Settings
) -> None:
    """Raises `Refused` with all that would not hold together."""
    async with engine.connect() as connection:  # rolled back
        await loading.apply(
            connection, contents, whole=whole, prompts=_prompts(settings), by=console.author()
        )


def _prompts(settings: Settings) -> frozenset[str]:
    return Library(paths.prompts(settings)).keys("lv")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        return input("Change that? [y/N] ").strip().lower() in {"y", "yes", "j", "jā"}
    except EOFError:
        return False


def _tell(found: Review) -> None:
    for line in _lines(found):
        console.say(line)
    if not found:
        console.say("nothing would change")


def _lines(found: Review) -> Iterator[str]:
    for one in found.differences:
        noun = loading.NOUNS[one.table.name]
        if one.what != "changed":
            yield f"{noun} {one.key}: {one.what}"
            continue
        for change in one.changes:
            told = f"{change.before or '–'} -> {change.after or '–'}"
            yield f"{noun} {one.key}, {change.word}: {told}"
    yield from (f"setting {key}: changed" for key in found.settings)
