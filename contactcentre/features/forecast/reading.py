"""What a forecast is learnt from: calls that stood in each queue, how long they took, crises."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.config import document
from contactcentre.core.config.document import Refused
from contactcentre.features.calendars.national_days import DayOff
from contactcentre.features.forecast.model import QUARTERS
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from routing.calendar import QUARTER_S, local_day, local_minute, midnight, number_of
from routing.model import Queue

HISTORY_DAYS: Final = 3 * 366
"""Older days tell little of those to come."""

PORTION_DAYS: Final = 5
"""Read in so many days at a time: calls wait for no more than some milliseconds of it."""

RECENT_DAYS: Final = 28
CRISIS_DAYS: Final = 14
"""What goes on for longer is the usual from then on."""

ENOUGH_CALLS: Final = 100
"""With fewer, how long they take and wait is the network's."""

HANDLING_S: Final = 300.0
PATIENCE_S: Final = 120.0
"""Where nobody knows."""

LEAST_PATIENCE_S, MOST_PATIENCE_S = 20.0, 1800.0

_quarters = models.report_quarters.c

Counts = dict[date, "array[int]"]
"""Calls by quarter hour of each day that had some; years of lists would keep the collector busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanTimes:
    """Means in seconds: of a call with its hold and its wrap-up, and of who would wait for ever."""

    handling_s: float = HANDLING_S
    patience_s: float = PATIENCE_S


@dataclass(slots=True)
class Past:
    """All of it; "" is all queues together."""

    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(dict))
    means: dict[str, MeanTimes] = field(default_factory=dict)
    crises: frozenset[date] = frozenset()

    def first(self, queue: str) -> date | None:
        """Its first day with a call."""
        return min(self.counts.get(queue, ()), default=None)


async def read_past(connection: AsyncConnection, today: date) -> Past:
    """Until yesterday. Raises `AWAY` errors."""
    past = Past()
    since = today - timedelta(days=HISTORY_DAYS)
    while since < today:
        until = min(since + timedelta(days=PORTION_DAYS), today)
        await _read_all(connection, past.counts, since, until)
        since = until
    past.means = await _means(connection, today)
    past.crises = await _crises(connection)
    return past


async def read_counts(connection: AsyncConnection, queue: str, since: date, until: date) -> Counts:
    """Of a queue, or ("") of all, on these days, the last not among them."""
    query = (
        select(_quarters.quarter, func.sum(_quarters.queued))
        .where(_quarters.quarter >= first_quarter(since), _quarters.quarter < first_quarter(until))
        .group_by(_quarters.quarter)
    )
    if queue:
        query = query.where(_quarters.queue == queue)
    found: Counts = {}
    for quarter, count in await connection.execute(query):
        day, slot = place(quarter)
        if count:
            found.setdefault(day, _no_calls())[slot] += int(count)
    return found


async def _read_all(
    connection: AsyncConnection, into: dict[str, Counts], since: date, until: date
) -> None:
    first, end = first_quarter(since), first_quarter(until)
    query = select(_quarters.quarter, _quarters.queue, _quarters.queued).where(
        _quarters.quarter >= first, _quarters.quarter < end, _quarters.queued > 0
    )
    for quarter, queue, count in (await connection.execute(query)).all():
        day, slot = place(quarter)
        for key in (queue, ""):
            into[key].setdefault(day, _no_calls())[slot] += count


def _no_calls() -> array[int]:
    return array("L", bytes(array("L").itemsize * QUARTERS))


@lru_cache(maxsize=8192)
def place(quarter: int) -> tuple[date, int]:
    """The day of a quarter hour in Latvia, and which of the day it is on the wall's clock."""
    at = float(quarter * QUARTER_S)
    return local_day(at), local_minute(at)[1] // 15


def first_quarter(day: date) -> int:
    """The number of a day's first."""
    return int(midnight(day) // QUARTER_S)


async def _means(connection: AsyncConnection, today: date) -> dict[str, MeanTimes]:
    """By queue, of the last weeks."""
    names = ("handled", "talk_ms", "hold_ms", "acw_ms", "wait_ms", "abandoned_wait_ms", "abandoned")
    query = (
        select(_quarters.queue, *(func.sum(_quarters[name]).label(name) for name in names))
        .where(_quarters.quarter >= first_quarter(today - timedelta(days=RECENT_DAYS)))
        .group_by(_quarters.queue)
    )
    rows = [dict(row) for row in (await connection.execute(query)).mappings()]
    whole = {name: sum(int(row[name]) for row in rows) for name in names}
    usual = _mean_times(whole, MeanTimes())
    return {"": usual, **{str(row["queue"]): _mean_times(row, usual) for row in rows}}


def _mean_times(row: Mapping[str, Any], usual: MeanTimes) -> MeanTimes:
    """Patience is what all have waited, by who has hung up: as if it had no memory."""
    handled, left = int(row["handled"]), int(row["abandoned"])
    worked = int(row["talk_ms"]) + int(row["hold_ms"]) + int(row["acw_ms"])
    waited = int(row["wait_ms"]) + int(row["abandoned_wait_ms"])
    patience = waited / left / 1000 if left >= ENOUGH_CALLS // 5 else usual.patience_s
    return MeanTimes(
        handling_s=max(1.0, worked / handled / 1000)
        if handled >= ENOUGH_CALLS
        else usual.handling_s,
        patience_s=min(MOST_PATIENCE_S, max(LEAST_PATIENCE_S, patience)),
    )


async def _crises(connection: AsyncConnection) -> frozenset[date]:
    """The days that had one, as far as it was no new usual."""
    rows = await connection.execute(select(models.crises.c.began_at, models.crises.c.ended_at))
    found: set[date] = set()
    for began_at, ended_at in rows:
        day = local_day(began_at)
        last = local_day(ended_at) if ended_at is not None else date.max
        for number in range(CRISIS_DAYS):
            if (one := day + timedelta(days=number)) <= last:
                found.add(one)
    return frozenset(found)


async def read_queues(connection: AsyncConnection) -> Mapping[str, Queue]:
    """Those of the network as they are written now; one that can't be read is as usual."""
    found = {}
    for one in await documents.read(connection, models.queues):
        key = str(one["queue_id"])
        try:
            found[key] = document.read(Queue, one, f"queue {key}")
        except Refused:
            found[key] = Queue(queue_id=key, labels={})
    return found


async def read_days_off(connection: AsyncConnection) -> Sequence[DayOff]:
    """Of the documents, as far as they can be read."""
    found = []
    for one in await documents.read(connection, models.days_off):
        try:
            found.append(document.read(DayOff, one, "day off"))
        except Refused:
            continue
    return found


def numbers(days: Sequence[date]) -> list[int]:
    """As the tables have them."""
    return [number_of(day) for day in days]
