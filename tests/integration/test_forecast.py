"""Forecasts over real databases: made each night, kept by how far ahead, told by a command."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from agents_ui.staffing.port import AHEAD_DAYS
from contactcentre.cli.command import work
from contactcentre.cli.forecast import app
from contactcentre.engine.clock import now
from contactcentre.features.forecast import store
from contactcentre.features.forecast.keeping import HOUR, ForecastKeeper
from contactcentre.features.forecast.reading import first_quarter
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import COUNTED
from routing.calendar import local_day, midnight, number_of

pytestmark = pytest.mark.integration

TODAY = date(2026, 9, 7)
AUTUMN = date(2026, 10, 25)
NONE = {**dict.fromkeys(COUNTED, 0), "longest_ms": 0}


def quarter(day: date, slot: int, calls: int, queue: str = "taxes") -> dict[str, object]:
    """A row of what came."""
    number = first_quarter(day) + slot
    counts = {"queued": calls, "answered": calls, "handled": calls, "talk_ms": 240_000 * calls}
    return {**NONE, **counts, "quarter": number, "queue": queue, "day": number_of(day)}


async def fill(engine, days: int, until: date = TODAY) -> None:
    """Thirty calls an hour from nine to noon, but on Sundays, on each of these days."""
    rows = [
        quarter(day, slot, 8)
        for day in (until - timedelta(days=back) for back in range(1, days + 1))
        if day.weekday() < 6
        for slot in range(36, 48)
    ]
    async with engine.begin() as connection:
        await database.upsert(connection, models.report_quarters, rows)


class Night:
    """A clock at some time of a day."""

    def __init__(self, day: date = TODAY, hour: float = HOUR + 0.1) -> None:
        self.day, self.hour = day, hour

    def __call__(self) -> float:
        return midnight(self.day) + 3600 * self.hour


async def kept(engine) -> list[tuple[int, int]]:
    """Day and how far ahead it was told, of the whole."""
    column = models.forecasts.c
    query = select(column.day, column.ahead).where(column.queue == "")
    async with engine.connect() as connection:
        return sorted((row.day, row.ahead) for row in await connection.execute(query))


async def test_once_a_night_after_three(database_url):
    """Not before, and not again after a restart; what was asked for is made at once."""
    await database.migrate(database_url)
    async with database.opened(database_url) as engine:
        await fill(engine, 28)
        early = ForecastKeeper(engine, clock=Night(hour=1.0))
        assert await early.look() is None
        keeper = ForecastKeeper(engine, clock=Night())
        made = await keeper.look()
        assert made is not None
        assert len(made.rows) == 2 * (AHEAD_DAYS + 1)
        assert await keeper.look() is None
        assert await ForecastKeeper(engine, clock=Night(hour=9.0)).look() is None
        keeper.wanted.set()
        assert await keeper.look() is not None


async def test_what_was_told_a_day_a_week_and_four_weeks_before_stays(database_url):
    """Of all else the newest alone: the table does not grow by the night."""
    await database.migrate(database_url)
    async with database.opened(database_url) as engine:
        await fill(engine, 28)
        for number in range(3):
            await ForecastKeeper(engine, clock=Night(TODAY + timedelta(days=number))).make()
        found = await kept(engine)
        eighth = number_of(TODAY + timedelta(days=8))
        assert [ahead for day, ahead in found if day == eighth] == [6, 7]
        assert len(found) == AHEAD_DAYS + 1 + 2 * len(store.KEPT_AHEAD)
        later = TODAY + timedelta(days=store.KEPT_DAYS + 60)
        async with engine.begin() as connection:
            await store.forget(connection, later, midnight(later))
            count = select(func.count()).select_from(models.forecasts)
            assert await connection.scalar(count) == 0


async def test_the_hour_that_comes_twice(database_url):
    """On the day when summer time ends a call of ten o'clock is one of ten o'clock."""
    await database.migrate(database_url)
    async with database.opened(database_url) as engine:
        days = [AUTUMN + timedelta(days=n) for n in range(-20, 20)]
        rows = []
        for day in days:
            ten = int((midnight(day + timedelta(days=1)) - 14 * 3600) // 900)
            rows.append({**quarter(day, 0, 20), "quarter": ten})
        async with engine.begin() as connection:
            await database.upsert(connection, models.report_quarters, rows)
        keeper = ForecastKeeper(engine, clock=Night(AUTUMN + timedelta(days=20)))
        made = await keeper.make()
        row = next(one for one in made.rows if one["queue"] == "taxes" and one["ahead"] == 1)
        assert row["calls"][40] == pytest.approx(sum(row["calls"]), rel=0.01)


async def test_too_little_is_told(database_url, capsys):
    """And nothing is kept; the command line says how much there is."""
    await database.migrate(database_url)
    settings = Settings.model_validate({"database_url": database_url})
    assert await work(app, ["make"], settings) == 0
    out = capsys.readouterr()
    assert "0 days of queues forecast" in out.out
    assert "the hotline: 0 days of calls are known, 14 are the fewest" in out.err
    assert await work(app, ["show", "2026-09-08"], settings) == 1
    assert "contactcentre forecast make" in capsys.readouterr().err


async def test_made_shown_and_checked(database_url, capsys):
    """A day by quarter hour, and how right the past was."""
    await database.migrate(database_url)
    async with database.opened(database_url) as engine:
        today = local_day(now())
        await fill(engine, 60, today)
        for ago in (2, 1):
            await ForecastKeeper(engine, clock=Night(today - timedelta(days=ago))).make()
    settings = Settings.model_validate({"database_url": database_url})
    assert await work(app, ["make"], settings) == 0
    capsys.readouterr()
    day = next(d for n in range(1, 9) if (d := today + timedelta(days=n)).weekday() == 2)
    assert await work(app, ["show", day.isoformat(), "--queue", "taxes", "--json"], settings) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["at"] for one in told["quarters"]] == [
        f"{hour:02}:{minute:02}" for hour in (9, 10, 11) for minute in (0, 15, 30, 45)
    ] or told["calls"] < 1
    assert await work(app, ["check", "--json"], settings) == 0
    (day_ahead, *_) = json.loads(capsys.readouterr().out)[""]
    assert (day_ahead["ahead"], day_ahead["days"]) == (1, 1)
