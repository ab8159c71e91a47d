"""Today by quarter hour, as far as it has come, beside what was expected of it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.staffing.port import QUARTERS, DayChart
from contactcentre.features.forecast import reading, store
from contactcentre.storage import tables as models
from routing.calendar import QUARTER_S, local_minute, number_of

WEEKS: Final = 4
"""The middle of so many same weekdays, where there is no forecast."""

MARGIN: Final = 0.05
"""A quarter hour in which fewer are expected is not open."""

_quarters = models.report_quarters.c

Counted = tuple[int, int, int]
"""Offered, answered, abandoned."""


async def day_chart(connection: AsyncConnection, queue: str, today: date, at: float) -> DayChart:
    """Raises `AWAY` errors."""
    now = local_minute(at)[1] // 15
    came = await _came(connection, queue, today)
    said = (await store.newest(connection, queue, [number_of(today)])).get(number_of(today))
    if said is not None:
        expected, low, high = said.calls, said.low, said.high
        by: str = "forecast"
    else:
        expected = await _usual(connection, queue, today)
        low = high = expected
        by = "weekdays" if any(expected) else "nothing"
    busy = [slot for slot in range(QUARTERS) if expected[slot] > MARGIN or any(came[slot])] or [now]
    first, end = busy[0], busy[-1] + 1
    past = came[first : min(end, now + 1)]
    return DayChart(
        first=first,
        expected=tuple(expected[first:end]),
        low=tuple(low[first:end]),
        high=tuple(high[first:end]),
        offered=tuple(one[0] for one in past),
        answered=tuple(one[1] for one in past),
        abandoned=tuple(one[2] for one in past),
        gone=at % QUARTER_S / QUARTER_S if now < end else 1.0,
        expected_by=by,  # type: ignore[arg-type]
    )


async def _came(connection: AsyncConnection, queue: str, day: date) -> list[Counted]:
    first = reading.first_quarter(day)
    end = reading.first_quarter(day + timedelta(days=1))
    names = ("queued", "answered", "abandoned")
    query = (
        select(_quarters.quarter, *(func.sum(_quarters[name]) for name in names))
        .where(_quarters.quarter >= first, _quarters.quarter < end)
        .group_by(_quarters.quarter)
    )
    if queue:
        query = query.where(_quarters.queue == queue)
    came: list[Counted] = [(0, 0, 0)] * QUARTERS
    for quarter, *found in await connection.execute(query):
        slot = reading.place(quarter)[1]
        was = came[slot]
        came[slot] = (was[0] + found[0], was[1] + found[1], was[2] + found[2])
    return came


async def _usual(connection: AsyncConnection, queue: str, day: date) -> Sequence[float]:
    """The middle of the same weekdays before, those without a call left out."""
    before: list[Sequence[int]] = []
    for week in range(1, WEEKS + 1):
        then = day - timedelta(weeks=week)
        counts = await reading.read_counts(connection, queue, then, then + timedelta(days=1))
        before += counts.values()
    if not before:
        return [0.0] * QUARTERS
    return [float(statistics.median(slot)) for slot in zip(*before, strict=True)]
