"""Whether what is kept is what would be made anew: nothing is changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.features.reports import reading, rollups
from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import COUNTED, DIMENSIONS

PORTION: Final = 1000
MOST: Final = 50
"""So many differences are told of each table."""

_facts = models.contact_facts


async def verify(engine: AsyncEngine) -> list[str]:
    """The differences, as `table: key`. Raises `AWAY` errors."""
    found: list[str] = []
    async with engine.connect() as connection:
        found += [f"contact_facts: {one}" async for one in _facts_that_differ(connection)][:MOST]
        found += [f"report_quarters: {one}" for one in await _quarters(connection)][:MOST]
        found += [f"service_days: {one}" for one in await _services(connection)][:MOST]
        for dimension in DIMENSIONS:
            wrong = await _months(connection, dimension)
            found += [f"report_months: {dimension} {one}" for one in wrong][:MOST]
    return found


async def _facts_that_differ(connection: AsyncConnection) -> AsyncIterator[str]:
    last, column = "", models.contacts.c.call_id
    while True:
        query = select(column).where(column > last).order_by(column).limit(PORTION)
        calls = list((await connection.execute(query)).scalars())
        if not calls:
            return
        stored = await connection.run_sync(reading.stored, calls)
        read = await connection.run_sync(reading.histories, calls)
        made = await connection.run_sync(reading.made, read, stored)
        for key in calls:
            if stored.get(key) != made[key]:
                yield key
        last = calls[-1]


async def _quarters(connection: AsyncConnection) -> Iterable[str]:
    table = models.report_quarters
    key = (_facts.c.quarter, _facts.c.queue)
    made = select(*key, rollups.longest(_facts), *rollups.sums(_facts)).group_by(*key)
    kept = select(table.c.quarter, table.c.queue, *_values(table))
    return await _differ(connection, made, kept, 2)


async def _services(connection: AsyncConnection) -> Iterable[str]:
    table, made = models.service_days, rollups.services()
    names = [column.name for column in made.selected_columns]
    kept = select(*(table.c[name] for name in names))
    return await _differ(connection, made, kept, len(names) - 1)


async def _months(connection: AsyncConnection, dimension: str) -> Iterable[str]:
    """Of the months that are made."""
    table, month = models.report_months, _facts.c.day // 100
    there = select(models.report_months_made.c.month)
    key = (month, _facts.c[dimension])
    made = select(*key, rollups.longest(_facts), *rollups.sums(_facts)).group_by(*key)
    kept = select(table.c.month, table.c.key, *_values(table)).where(
        table.c.dimension == dimension, table.c.month.in_(there)
    )
    return await _differ(connection, made.where(month.in_(there)), kept, 2)


def _values(table: Table) -> list[Any]:
    return [table.c.longest_ms, *(table.c[name] for name in COUNTED)]


async def _differ(connection: AsyncConnection, made: Any, kept: Any, keys: int) -> Iterable[str]:
    both = []
    for query in (made, kept):
        rows = await connection.execute(query)
        both.append({tuple(row[:keys]): tuple(row[keys:]) for row in rows})
    now, then = both
    return [
        " ".join(map(str, key)) for key in sorted({*now, *then}) if now.get(key) != then.get(key)
    ]
