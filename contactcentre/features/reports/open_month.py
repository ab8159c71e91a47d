"""What everybody may read of a month: published once, and the same file from then on.

Two files of one month could be subtracted from each other, so what was published stands, whatever
late facts have come, until somebody restates it. Then a number moves by five or more, or not at all
(`suppression.restated`). A month that is not over is not published: each day of it is another file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.reports.port import Sheet
from contactcentre.features.reports import names
from contactcentre.features.reports.suppression import PublishedCells, published, restated
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from routing.calendar import midnight

OPEN: Final = ("month", "municipality", "level", "kind", "count")
HIDDEN: Final = "hidden"
"""In place of a cell whose count is not told, and of the name of what they come to together."""

_days, _kept = models.service_days.c, models.open_months.c


class NotPublished(LookupError):
    """There is no file of that month: nothing can be restated."""


class OpenCell(NamedTuple):
    """What a cell counts: the municipality by its id, and by its name in that file."""

    municipality: str
    level: str
    kind: str


class OpenMonth(NamedTuple):
    """A version of a month's file."""

    version: int
    cells: PublishedCells[OpenCell]
    towns: dict[str, str]


def is_over(month: int, at: float) -> bool:
    """Whether the last day of that month (202610) is, on the clock of Latvia."""
    year, number = divmod(month, 100)
    after = date(year + number // 12, number % 12 + 1, 1)
    return midnight(after) <= at


async def published_month(connection: AsyncConnection, month: int, *, at: float, by: str) -> Sheet:
    """The file of a month that is over; whoever asks first publishes it."""
    versions = await _versions(connection, month)
    if not versions:
        made = published(await _counts(connection, month))
        versions = [await _put(connection, month, 1, made, at=at, by=by, why="")]
    return _sheet(month, versions[-1])


async def restated_month(
    connection: AsyncConnection, month: int, *, at: float, by: str, why: str
) -> Sheet:
    """The file anew, by what is known now. Raises `NotPublished`."""
    versions = await _versions(connection, month)
    if not versions:
        raise NotPublished(f"{month} was not published yet: nothing can be restated")
    told = [one.cells for one in versions]
    made = restated(await _counts(connection, month), told)
    if made != told[-1]:
        number = versions[-1].version + 1
        versions.append(await _put(connection, month, number, made, at=at, by=by, why=why))
    return _sheet(month, versions[-1])


async def _counts(connection: AsyncConnection, month: int) -> Counter[OpenCell]:
    query = (
        select(_days.municipality, _days.level, _days.kind, func.sum(_days["count"]))
        .where(_days.day.between(month * 100, month * 100 + 99))
        .group_by(_days.municipality, _days.level, _days.kind)
    )
    where = await names.read_map(connection)
    cells: Counter[OpenCell] = Counter()
    for town, level, kind, count in await connection.execute(query):
        cells[OpenCell(where.municipality(town), level, kind)] += int(count)
    return cells


async def _versions(connection: AsyncConnection, month: int) -> list[OpenMonth]:
    query = select(models.open_months).where(_kept.month == month).order_by(_kept.version)
    found = (await connection.execute(query)).mappings()
    return [_read(row["version"], row["cells"], row["pool"], row["total"]) for row in found]


def _read(
    version: int, rows: Sequence[Sequence[Any]], pool: int | None, total: int | None
) -> OpenMonth:
    cells = {OpenCell(town, level, kind): count for town, _, level, kind, count in rows}
    shown = {cell: count for cell, count in cells.items() if count is not None}
    told = PublishedCells(shown, frozenset(cells.keys() - shown.keys()), pool, total)
    return OpenMonth(version, told, {row[0]: row[1] for row in rows})


async def _put(
    connection: AsyncConnection,
    month: int,
    version: int,
    told: PublishedCells[OpenCell],
    *,
    at: float,
    by: str,
    why: str,
) -> OpenMonth:
    """Of two who do so at the same time the first one's stands."""
    towns = await names.labels(connection, "municipality", "lv")
    rows = [
        [cell.municipality, towns.get(cell.municipality, cell.municipality), *cell[1:], count]
        for cell in sorted({*told.shown, *told.hidden})
        for count in [told.shown.get(cell)]
    ]
    row = {"month": month, "version": version, "cells": rows, "at": at, "by": by}
    row |= {"pool": told.pool, "total": told.total}
    await database.insert_new(connection, models.open_months, [row])
    entry = AuditEntry(
        at=at,
        who=by,
        action=Action.OPEN_DATA_PUBLISHED,
        object=f"{month}/{version}",
        purpose=why,
    )
    await audit.write(connection, entry)
    return (await _versions(connection, month))[-1]


def _sheet(month: int, made: OpenMonth) -> Sheet:
    told = made.cells
    rows: list[tuple[str | int | float | None, ...]] = [
        (month, made.towns[cell.municipality], cell.level, cell.kind, told.shown.get(cell))
        for cell in sorted({*told.shown, *told.hidden}, key=lambda one: _order(made, one))
    ]
    if told.hidden:
        rows.append((month, HIDDEN, HIDDEN, HIDDEN, told.pool))
    rows.append((month, "total", "", "", told.total))
    return Sheet(name=f"open-{month}", heads=OPEN, rows=tuple(rows))


def _order(made: OpenMonth, cell: OpenCell) -> tuple[str, OpenCell]:
    return made.towns[cell.municipality], cell
