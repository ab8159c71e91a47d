"""`contactcentre forecast`: made now, shown, and held against what came."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

import msgspec
from cyclopts import Parameter

from contactcentre.cli.command import program
from contactcentre.cli.console import complain, say, telling
from contactcentre.cli.tables import percent, table
from contactcentre.engine.clock import now
from contactcentre.features.forecast import reading, store
from contactcentre.features.forecast.accuracy import look_back
from contactcentre.features.forecast.keeping import ForecastKeeper
from contactcentre.features.forecast.model import FEWEST_DAYS
from contactcentre.settings import Settings
from contactcentre.storage import database
from routing.calendar import local_day, number_of

app = program("forecast")

AsJson = Annotated[bool, Parameter("--json", help="for programs")]


class NoForecast(LookupError):
    """Nothing was told of that day and queue."""


class NoSuchDay(ValueError):
    """It is not written as 2026-12-31."""


@app.command
@telling()
async def make(*, settings: Settings) -> None:
    """Make the forecasts of the next six weeks now; the service does so each night by itself."""
    async with database.opened(settings.database) as engine:
        made = await ForecastKeeper(engine).make()
    say(f"{len(made.rows)} days of queues forecast")
    for queue, days in sorted(made.too_little.items()):
        whose = f"queue {queue}" if queue else "the hotline"
        complain(f"{whose}: {days} days of calls are known, {FEWEST_DAYS} are the fewest")


@app.command
@telling(NoForecast, NoSuchDay)
async def show(
    day: str = "", /, *, queue: str = "", as_json: AsJson = False, settings: Settings
) -> None:
    """What is expected of a day (2026-12-31, or today), by quarter hour; of all queues or one."""
    wanted = _day(day)
    async with database.opened(settings.database) as engine, engine.connect() as connection:
        found = await store.newest(connection, queue, [number_of(wanted)])
    row = found.get(number_of(wanted))
    if row is None:
        raise NoForecast(f"nothing is forecast of {wanted}; run: contactcentre forecast make")
    quarters = [
        {"at": f"{slot // 4:02}:{slot % 4 * 15:02}", "calls": calls, "low": low, "high": high}
        | {"agents": need}
        for slot, (calls, low, high, need) in enumerate(
            zip(row.calls, row.low, row.high, row.need, strict=True)
        )
        if calls >= 0.05
    ]
    if as_json:
        told = {"day": wanted.isoformat(), "queue": queue, "calls": round(sum(row.calls), 1)}
        say(msgspec.json.encode({**told, "quarters": quarters}).decode())
        return
    heads = ("at", "calls", "low", "high", "agents")
    rows = [
        [f"{one[name]:g}" if name != "at" else str(one[name]) for name in heads] for one in quarters
    ]
    say(table([list(heads), *rows]))
    say(f"in all {sum(row.calls):.0f}, between {row.day_low:.0f} and {row.day_high:.0f}")


@app.command
@telling()
async def check(*, as_json: AsJson = False, settings: Settings) -> None:
    """How right the forecasts of the last four weeks were, for each queue."""
    async with database.opened(settings.database) as engine, engine.connect() as connection:
        queues = ("", *sorted(await reading.read_queues(connection)))
        today = local_day(now())
        found = {queue: await look_back(connection, queue, today) for queue in queues}
    if as_json:
        plain = {queue: [asdict(one) for one in some] for queue, some in found.items()}
        say(msgspec.json.encode(plain).decode())
        return
    heads = ["queue", "days ahead", "days", "off by quarter hour %", "off by day %", "too many %"]
    rows = [
        [queue or "all", str(one.ahead), str(one.days)]
        + [percent(share) for share in (one.wape_quarter, one.wape_day, one.bias)]
        for queue, some in found.items()
        for one in some
        if one.days
    ]
    say(table([heads, *rows]) if rows else "no day has passed that was forecast")


def _day(text: str) -> date:
    if not text:
        return local_day(now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NoSuchDay(f"'{text}' is no day such as 2026-12-31") from None
