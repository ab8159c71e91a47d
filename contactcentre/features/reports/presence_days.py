"""The rows of agents' days: their time by state, and what was offered to them."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.call.leg import Purpose
from contactcentre.core.outcomes import Result
from contactcentre.features.reports.presence import by_day, next_midnight
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import STATES
from routing.calendar import date_of, day_number, midnight

_intervals, _legs = models.agent_intervals.c, models.legs.c

_COLUMNS = (*(f"{state}_ms" for state in STATES), "offers", "missed")


async def keep_agent_days(connection: AsyncConnection, agent: str, day: int) -> None:
    """Reckon a day anew, and those into which the interval before it reaches."""
    before = await _latest_before(connection, agent, start_of(day))
    first = day if before is None else day_number(before)
    await _keep(connection, agent, first, day)


async def keep_agent(connection: AsyncConnection, agent: str) -> None:
    """Reckon all of the agent's days anew."""
    await _keep(connection, agent, 0, None)


async def _keep(connection: AsyncConnection, agent: str, first: int, last: int | None) -> None:
    since = start_of(first) if first else 0.0
    until = next_midnight(start_of(last)) if last else 2.0**40
    reaches_in = await _latest_before(connection, agent, since)
    query = select(models.agent_intervals).where(
        _intervals.agent_id == agent,
        _intervals.from_at >= (since if reaches_in is None else reaches_in),
        _intervals.from_at < until,
    )
    days: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = (await connection.execute(query)).mappings()
    days.update(by_day(dict(row) for row in rows))
    for leg_day, offered in (await _offered(connection, agent, since, until)).items():
        days[leg_day] += offered
    values = [
        {"day": day, "agent": agent, **{name: counts[name] for name in _COLUMNS}}
        for day, counts in days.items()
        if day >= first and (last is None or day <= last)
    ]
    await database.upsert(connection, models.agent_days, values)


async def _latest_before(connection: AsyncConnection, agent: str, at: float) -> float | None:
    query = select(func.max(_intervals.from_at)).where(
        _intervals.agent_id == agent, _intervals.from_at < at
    )
    found: float | None = await connection.scalar(query)
    return found


async def _offered(
    connection: AsyncConnection, agent: str, since: float, until: float
) -> dict[int, Counter[str]]:
    query = select(_legs.from_at, _legs.why, _legs.answered_at, _legs.to_at).where(
        _legs.agent_id == agent,
        _legs.purpose.in_((Purpose.OFFER, Purpose.PASSED)),
        _legs.from_at >= since,
        _legs.from_at < until,
    )
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for from_at, why, answered_at, to_at in await connection.execute(query):
        if answered_at is not None or to_at is not None:
            missed = why == Result.MISSED and answered_at is None
            found[day_number(from_at)].update({"offers": 1, "missed": int(missed)})
    return found


def start_of(day: int) -> float:
    """The beginning of that day (20261031) in Latvia."""
    return midnight(date_of(day))
