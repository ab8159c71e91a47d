"""Forecasts, events, shifts and rules in their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Row, Table, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.staffing.port import ForecastEvent, Shift, StaffingRules
from contactcentre.engine.clock import now
from contactcentre.storage import audit, database, settings
from contactcentre.storage import tables as models
from routing.calendar import date_of, number_of

KEY: Final = "staffing"
"""Of the rules among the settings."""

KEPT_AHEAD: Final = (1, 7, 28)
"""What was told so many days before is kept, to be held against what came."""

KEPT_DAYS: Final = 730

PORTION: Final = 50
"""So many are written at a time: calls wait for no more than some milliseconds of it."""

_said, _events, _shifts = models.forecasts, models.forecast_events, models.shifts


async def keep(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]], at: float) -> None:
    """Forecasts that were just made."""
    for first in range(0, len(rows), PORTION):
        portion = rows[first : first + PORTION]
        await database.upsert(connection, _said, [{**row, "made_at": at} for row in portion])


async def forget(connection: AsyncConnection, today: date, midnight_at: float) -> None:
    """What newer ones stand for, and what is too old for anybody."""
    oldest = number_of(date.fromordinal(today.toordinal() - KEPT_DAYS))
    stale = and_(_said.c.made_at < midnight_at, _said.c.ahead.not_in(KEPT_AHEAD))
    await connection.execute(delete(_said).where(or_(stale, _said.c.day < oldest)))
    await connection.execute(delete(_events).where(_events.c.last < oldest))
    await connection.execute(delete(_shifts).where(_shifts.c.day < oldest))


async def newest(
    connection: AsyncConnection, queue: str, days: Sequence[int]
) -> dict[int, Row[Any]]:
    """Of each day what was told last."""
    query = select(_said).where(_said.c.queue == queue, _said.c.day.in_(days))
    rows = await connection.execute(query.order_by(_said.c.ahead.desc()))
    return {row.day: row for row in rows.all()}


async def told(connection: AsyncConnection, queue: str, days: Sequence[int]) -> list[Row[Any]]:
    """All that was told of these days, a day or more before."""
    columns = (_said.c.day, _said.c.ahead, _said.c.calls)
    query = select(*columns).where(
        _said.c.queue == queue, _said.c.day.in_(days), _said.c.ahead.in_(KEPT_AHEAD)
    )
    return list(await connection.execute(query))


async def made_at(connection: AsyncConnection) -> float:
    """When the last was made; 0 where none was."""
    return await connection.scalar(select(func.max(_said.c.made_at))) or 0.0


async def events(connection: AsyncConnection, since: date | None = None) -> Sequence[ForecastEvent]:
    """All, or those that are not over on that day, in order."""
    query = select(_events).order_by(_events.c.first, _events.c.event_id)
    if since is not None:
        query = query.where(_events.c.last >= number_of(since))
    return [
        ForecastEvent(
            event_id=row.event_id,
            first=date_of(row.first),
            last=date_of(row.last),
            queue=row.queue,
            factor=row.factor,
            note=row.note,
        )
        for row in await connection.execute(query)
    ]


async def shifts(connection: AsyncConnection, days: Sequence[date]) -> Sequence[Shift]:
    """Those of every week, and those of these days."""
    column = _shifts.c
    here = or_(column.day.is_(None), column.day.in_([number_of(day) for day in days]))
    order = (column.weekday, column.day, column.begins_min, column.ends_min, column.shift_id)
    rows = await connection.execute(select(_shifts).where(here).order_by(*order))
    return [_shift(row) for row in rows]


async def shift(connection: AsyncConnection, shift_id: str) -> Shift:
    """Raises `LookupError`."""
    row = (await connection.execute(select(_shifts).where(_shifts.c.shift_id == shift_id))).first()
    if row is None:
        raise LookupError(shift_id)
    return _shift(row)


def _shift(row: Row[Any]) -> Shift:
    return Shift(
        shift_id=row.shift_id,
        weekday=row.weekday,
        day=date_of(row.day) if row.day is not None else None,
        begins_min=row.begins_min,
        ends_min=row.ends_min,
        agents=row.agents,
        centre=row.centre,
        queue=row.queue,
    )


async def count(connection: AsyncConnection, table: Table) -> int:
    """Its rows."""
    return await connection.scalar(select(func.count()).select_from(table)) or 0


async def write(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, by: str
) -> None:
    """Insert or change; what was before goes on record."""
    (key,) = table.primary_key.columns
    chosen = select(table).where(key.in_([row[key.name] for row in rows]))
    before = {row[key.name]: dict(row) for row in (await connection.execute(chosen)).mappings()}
    await database.upsert(connection, table, rows)
    await _note(connection, table, [(row[key.name], dict(row)) for row in rows], before, by)


async def remove(connection: AsyncConnection, table: Table, name: str, *, by: str) -> None:
    """Take one away. Raises `LookupError`."""
    (key,) = table.primary_key.columns
    one: ColumnElement[bool] = key == name
    found = (await connection.execute(select(table).where(one))).mappings().first()
    if found is None:
        raise LookupError(name)
    await connection.execute(delete(table).where(one))
    await _note(connection, table, [(name, None)], {name: dict(found)}, by)


async def _note(
    connection: AsyncConnection,
    table: Table,
    after: Sequence[tuple[str, Mapping[str, Any] | None]],
    before: Mapping[str, Mapping[str, Any]],
    by: str,
) -> None:
    at = now()
    entries = (
        audit.configured(f"{table.name}/{name}", before.get(name), one, at=at, by=by)
        for name, one in after
    )
    await audit.write(connection, *(one for one in entries if one is not None))


async def rules(connection: AsyncConnection) -> StaffingRules:
    """Those that people have written, or the usual ones."""
    try:
        return msgspec.convert(await settings.get(connection, KEY) or {}, StaffingRules)
    except msgspec.ValidationError:
        return StaffingRules()


async def keep_rules(connection: AsyncConnection, new: StaffingRules, *, by: str) -> None:
    """Reckon with these from now on."""
    before, after = await settings.get(connection, KEY), msgspec.to_builtins(new)
    await settings.put(connection, KEY, after)
    entry = audit.configured(f"settings/{KEY}", before, after, at=now(), by=by)
    if entry is not None:
        await audit.write(connection, entry)
