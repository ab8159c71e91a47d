"""`contactcentre reports`: figures made anew, verified, and what leaves for others each month."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from contactcentre.cli.command import program
from contactcentre.cli.console import author, say, telling
from contactcentre.engine.clock import now
from contactcentre.features.reports import invariants
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.features.reports.open_month import NotPublished, is_over
from contactcentre.features.reports.service import ReportService
from contactcentre.features.reports.sheets import write
from contactcentre.features.reports.verification import verify as differences
from contactcentre.settings import Settings
from contactcentre.storage import database

app = program("reports")

Out = Annotated[Path | None, Parameter(help="a file that ends in .csv or .xlsx")]


Restate = Annotated[
    str, Parameter(help="make the published file anew by what is known now, and why that is done")
]


class NoSuchMonth(ValueError):
    """It is not written as 2026-10."""


class Differences(Exception):
    """What is kept is not what would be made, place by place."""


@app.command
@telling()
async def rebuild(*, settings: Settings) -> None:
    """Make all figures anew from what happened; the service may be running."""
    async with database.opened(settings.database) as engine:
        say(f"{await FactKeeper(engine, asyncio.Event()).rebuild()} rows made anew")


@app.command
@telling(Differences)
async def verify(*, settings: Settings) -> None:
    """Whether the figures are what they would be if they were made anew."""
    async with database.opened(settings.database) as engine:
        found = await differences(engine)
        async with engine.connect() as connection:
            broken = [one for one in await invariants.latest(connection) if not one.holds]
    found += [f"{row.day} {row.rule}: {row.left} is not {row.right}" for row in broken]
    if found:
        raise Differences("\n".join(found))
    say("the figures are what they would be if they were made anew")


@app.command
@telling(NoSuchMonth)
async def ministry(month: str, /, *, out: Out = None, settings: Settings) -> None:
    """Consultations and applications of a month (2026-10), by centre, service and channel."""
    await _month("ministry", month, out, settings)


@app.command
@telling(NoSuchMonth)
async def balance(month: str, /, *, out: Out = None, settings: Settings) -> None:
    """Which municipality answered for which in a month (2026-10)."""
    await _month("balance", month, out, settings)


@app.command(name="open")
@telling(NoSuchMonth, NotPublished)
async def open_data(
    month: str, /, *, restate: Restate = "", out: Out = None, settings: Settings
) -> None:
    """What everybody may read of a month (2026-10) that is over, without small numbers: the same
    file from the first time on."""
    await _month("open", month, out, settings, restate=restate)


async def _month(
    what: Literal["ministry", "balance", "open"],
    month: str,
    out: Path | None,
    settings: Settings,
    *,
    restate: str = "",
) -> None:
    written = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", month)
    if written is None:
        raise NoSuchMonth(f"'{month}' is no month such as 2026-10")
    number = int(written[1] + written[2])
    if not is_over(number, now()) and what == "open":
        raise NoSuchMonth("the month is not over yet")
    async with database.opened(settings.database) as engine:
        room = ReportService(engine)
        match what:
            case "ministry":
                sheet = await room.ministry(number)
            case "balance":
                sheet = await room.balance(number)
            case "open" if restate:
                sheet = await room.restate(number, by=author(), why=restate)
            case "open":
                sheet = await room.open_data(number, by=author())
    form = "xlsx" if out is not None and out.suffix == ".xlsx" else "csv"
    content = await asyncio.to_thread(write, sheet, form)
    if out is None:
        say(content.decode("utf-8-sig").replace("\r\n", "\n").rstrip("\n"))
    else:
        await asyncio.to_thread(out.write_bytes, content)
