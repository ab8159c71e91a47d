"""Half a year behind the page of forecast and staffing: calls, nights of forecasts, shifts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.engine.clock import now
from contactcentre.features.forecast.calendar import DayKinds
from contactcentre.features.forecast.keeping import ForecastKeeper
from contactcentre.features.forecast.reading import first_quarter
from contactcentre.storage import database
from contactcentre.storage import tables as models
from lab.pages import sample
from lab.pages.sample import Prepared
from routing.calendar import local_day, local_minute, midnight, number_of

PAST_DAYS: Final = 180
SIZES: Final = {"municipal": 700.0, "eservices": 240.0, "general": 60.0}
"""Calls on a plain day of queues that no other scene tells of."""

WEEK: Final = (1.18, 1.04, 1.0, 0.98, 0.8, 0.0, 0.0, 0.0)
OPENS, SHUTS = 32, 68
NIGHTS: Final = (*range(31, 27, -1), *range(9, -1, -1))
"""How many nights ago forecasts were made: some days can be held against what came."""

SEED: Final = 18111918


async def prepare(home: Path) -> Prepared:
    """The sample's database, with these days behind it."""
    made = await sample.prepare(home)
    async with database.opened(f"sqlite:///{made.path}") as engine:
        await lay(engine)
    return made


async def lay(engine: AsyncEngine) -> None:
    """Until this quarter hour; forecasts of some nights, an event, and shifts of every week."""
    async with engine.begin() as connection:
        await database.upsert(connection, models.report_quarters, list(_rows()))
        await database.upsert(connection, models.forecast_events, [_event()])
        await database.upsert(connection, models.shifts, list(_shifts()))
    today = local_day(now())
    for ago in NIGHTS:
        at = midnight(today - timedelta(days=ago)) + 3 * 3600 + 60
        await ForecastKeeper(engine, clock=lambda at=at: at).make()  # type: ignore[misc]


def _rows() -> Iterator[dict[str, Any]]:
    chance, today = Random(SEED), local_day(now())  # noqa: S311  # a scene is always the same
    first = today - timedelta(days=PAST_DAYS)
    kinds = DayKinds(first.year)
    until = local_minute(now())[1] // 15
    for number in range(PAST_DAYS + 1):
        day = first + timedelta(days=number)
        usual = WEEK[kinds.kind(day).pattern] * chance.gauss(1, 0.06)
        for queue, size in SIZES.items():
            for slot in range(OPENS, until if day == today else SHUTS):
                if calls := _count(chance, size * usual * _share(slot)):
                    yield _quarter(day, slot, queue, calls, chance)


def _share(slot: int) -> float:
    """Of a day: a hump before noon, and a lower one after it."""
    return (
        0.006
        + 0.036 * math.exp(-(((slot - 40) / 6) ** 2))
        + 0.025 * math.exp(-(((slot - 56) / 7) ** 2))
    )


def _count(chance: Random, mean: float) -> int:
    return max(0, round(chance.gauss(mean, math.sqrt(mean)))) if mean > 0 else 0


def _quarter(day: date, slot: int, queue: str, calls: int, chance: Random) -> dict[str, Any]:
    left = sum(chance.random() < 0.05 for _ in range(calls))
    answered = calls - left
    return {
        "quarter": first_quarter(day) + slot,
        "queue": queue,
        "day": number_of(day),
        "longest_ms": 60_000,
        **dict.fromkeys(("rang_in", "received", "queued"), calls),
        **dict.fromkeys(("answered", "handled", "legs"), answered),
        "abandoned": left,
        "within": round(0.8 * answered),
        "talk_ms": 200_000 * answered,
        "acw_ms": 60_000 * answered,
        "hold_ms": 0,
        "wait_ms": 6_000 * answered,
        "abandoned_wait_ms": 20_000 * left,
    }


def _event() -> dict[str, Any]:
    """A letter that will make people ring: the Monday after the next."""
    today = local_day(now())
    monday = today + timedelta(days=7 - today.weekday())
    days = {"first": number_of(monday), "last": number_of(monday + timedelta(days=1))}
    note = "Vēstule 40 tūkstošiem saņēmēju par pabalstu maiņu"
    return {"event_id": "letter", **days, "queue": "municipal", "factor": 1.4, "note": note}


def _shifts() -> Iterator[dict[str, Any]]:
    for weekday in range(5):
        for number, (begins, ends, agents) in enumerate(((480, 990, 9), (600, 1020, 6))):
            yield {
                "shift_id": f"{weekday}-{number}",
                "weekday": weekday,
                "day": None,
                "begins_min": begins,
                "ends_min": ends,
                "agents": agents,
                "centre": "ludza" if number else "",
                "queue": "",
            }
