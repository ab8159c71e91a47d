"""How right forecasts were: what was told a day, a week and four weeks ahead, beside what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.staffing.port import Accuracy
from contactcentre.features.forecast import reading, store
from contactcentre.features.forecast.model import QUARTERS, bias, wape
from contactcentre.features.forecast.reading import Counts
from contactcentre.features.forecast.store import KEPT_AHEAD
from routing.calendar import date_of

LOOKED_AT_DAYS: Final = 28


async def look_back(connection: AsyncConnection, queue: str, today: date) -> tuple[Accuracy, ...]:
    """Over the last weeks, yesterday the last day. Raises `AWAY` errors."""
    since = today - timedelta(days=LOOKED_AT_DAYS)
    days = [since + timedelta(days=number) for number in range(LOOKED_AT_DAYS)]
    told = await store.told(connection, queue, reading.numbers(days))
    return accuracy(told, await reading.read_counts(connection, queue, since, today))


def accuracy(told: Sequence[Row[Any]], came: Counts) -> tuple[Accuracy, ...]:
    """By how far ahead it was told. A day on which nobody rang is one that came to nothing."""
    found = []
    for ahead in KEPT_AHEAD:
        rows = {date_of(row.day): row.calls for row in told if row.ahead == ahead}
        found.append(_of(ahead, rows, came))
    return tuple(found)


def _of(ahead: int, told: Mapping[date, Sequence[float]], came: Counts) -> Accuracy:
    none = (0,) * QUARTERS
    days = [(tuple(came.get(day, none)), said) for day, said in told.items()]
    quarters = [pair for here, said in days for pair in zip(here, said, strict=True)]
    totals = [(float(sum(here)), sum(said)) for here, said in days]
    return Accuracy(
        ahead=ahead,
        days=len(days),
        wape_quarter=wape(quarters),
        wape_day=wape(totals),
        bias=bias(totals),
    )
