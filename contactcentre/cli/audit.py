"""`contactcentre audit`: who did what; whether the log is as it was written; copies of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.numbers import typed_numbers
from contactcentre.engine.clock import now
from contactcentre.features.audit import store
from contactcentre.features.audit.chain import Anchor, anchor
from contactcentre.features.audit.export import json_line, syslog_line
from contactcentre.features.audit.reading import Search, find
from contactcentre.features.audit.sealer import seal
from contactcentre.features.audit.syslog import outlet
from contactcentre.features.audit.verification import Verdict
from contactcentre.features.audit.verification import verify as walk
from contactcentre.settings import Settings
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.last_good import LastGood
from contactcentre.storage.pseudonyms import Pseudonyms

app = program("audit")

_telling = console.telling(ValueError)


class Tampered(ValueError):
    """The log is not as it was written; says from where on."""


@app.command
@_telling
async def verify(
    *,
    anchors: Annotated[
        tuple[str, ...], Parameter("--anchor", help="as `audit anchor` printed it; repeatable")
    ] = (),
    settings: Settings,
) -> None:
    """Whether every row is as it was written; tells the first that is not."""
    async with _sealed(settings) as storage, database.snapshot(storage) as connection:
        kept = LastGood(paths.audit_head(settings), Anchor).read()
        known = [*map(anchor, anchors), *([kept] if kept is not None else [])]
        verdict = await walk(connection, paths.audit_key(settings), known)
    if verdict.fault:
        raise Tampered(f"position {verdict.position}: {verdict.fault}; {_good(verdict)}")
    console.say(_good(verdict))


def _good(verdict: Verdict) -> str:
    return f"{verdict.rows} rows hold together; the last link is {verdict.head}"


@app.command(name="anchor")
@_telling
async def print_anchor(*, settings: Settings) -> None:
    """The last link, to be kept on paper: with it, a log that was made anew whole is found out."""
    async with _sealed(settings) as storage, storage.connect() as connection:
        console.say(await store.head(connection))


@app.command
@_telling
async def export(
    *,
    form: Annotated[Literal["json", "syslog"], Parameter("--format")] = "json",
    after: Annotated[int, Parameter(help="the position of the last row that you have")] = 0,
    to: Annotated[
        Path | None, Parameter(help="a file, which is made; else standard output")
    ] = None,
    send: Annotated[
        str, Parameter(help="to a syslog: tls://host:6514, tcp:, udp: or unix:/dev/log")
    ] = "",
    settings: Settings,
) -> None:
    """Rows in the order of the chain, as JSON lines or as syslog (RFC 5424)."""
    line = syslog_line if form == "syslog" or send else json_line
    async with _sealed(settings) as storage:
        last = after
        async with _place(to, send) as put, storage.connect() as connection:
            async for row in store.links(connection, after):
                if row["number"] is not None:
                    await put(line(row))
                last = row["position"]
        await _note(storage, Action.AUDIT_EXPORTED, {"after": after, "to": last})
    if to is not None or send:
        console.say(f"rows {after + 1} to {last}: go on with --after {last}")


@app.command
@_telling
async def show(
    *,
    who: Annotated[str, Parameter(help="a user's id; shell for commands")] = "",
    action: Annotated[str, Parameter(help="history.opened, or history for all of these")] = "",
    person: Annotated[bool, Parameter(help="about one; the number is asked for")] = False,
    object_: Annotated[str, Parameter("--object", help="a call, a user, queues/taxes")] = "",
    since: Annotated[str | None, Parameter(help="2026-01-31T08:00, Latvian time")] = None,
    until: Annotated[str | None, Parameter(help="the same")] = None,
    below: Annotated[int | None, Parameter(help="the last number of the page before")] = None,
    limit: Annotated[int, Parameter(help="rows of a page")] = 100,
    settings: Settings,
) -> None:
    """Rows, the newest first."""
    search = Search(
        who=who,
        action=action,
        object=object_,
        person=await asyncio.to_thread(_pseudonym, settings) if person else "",
        since=None if since is None else console.moment(since, "--since"),
        until=None if until is None else console.moment(until, "--until"),
        below=below,
        limit=limit,
    )
    async with database.opened(settings.database) as storage:
        async with storage.connect() as connection:
            rows = await find(connection, search)
        await _note(storage, Action.AUDIT_READ, {"rows": len(rows)})
    for row in rows:
        words = (row["who"] or "-", row["action"], row["object"], row["person"], row["purpose"])
        told = _printable("  ".join(filter(None, (*words, row["details"]))))
        console.say(f"{row['number']:>9}  {console.local(row['at'])}  {told}")


def _pseudonym(settings: Settings) -> str:
    (number,) = typed_numbers(at_most=1)
    return Pseudonyms(paths.pseudonym_key(settings)).of(number)


def _printable(text: str) -> str:
    """No text of a page's commands the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


@asynccontextmanager
async def _sealed(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database, whose rows are in the chain as they are now."""
    async with database.opened(settings.database) as storage:
        await seal(storage, paths.audit_head(settings))
        yield storage


@asynccontextmanager
async def _place(to: Path | None, send: str) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Where lines go. Raises `FileExistsError`, `BadAddress` or `OSError`."""
    if send:
        async with outlet(send) as syslog:
            yield syslog.send
    elif to is not None:
        with os.fdopen(_made(to), "w", encoding="utf-8") as file:
            yield partial(_put, lambda line: file.write(f"{line}\n"))
    else:
        yield partial(_put, console.say)


async def _put(write: Callable[[str], object], line: str) -> None:
    write(line)


def _made(path: Path) -> int:
    """A file for its owner alone, which was not there. Raises `OSError`."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


async def _note(storage: AsyncEngine, action: Action, details: Mapping[str, Any]) -> None:
    entry = AuditEntry(at=now(), who=console.author(), action=action, details=details)
    async with storage.begin() as connection:
        await audit.write(connection, entry)
