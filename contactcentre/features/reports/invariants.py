"""What must be true of every day's figures; looked at each night, the last fourteen days anew.

1. received = closed + blocked + saturated + queued
2. queued = answered + abandoned + timed out + ... + unknown (nobody waits of a day that is over)
3. an agent's states add up to the time logged in, without a gap or an overlap
4. answered contacts = contacts with an agent's leg that talked
5. whatever the journal tells of a call has a contact, and every contact has its facts
6. the service level read off the bands = that of the rows
7. the sums of quarter hours = those of the facts
8. failure demand = its parts
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import aliased

from agents_ui.reports.port import CheckRow
from contactcentre.features.reports import bands
from contactcentre.features.reports.presence import next_midnight
from contactcentre.features.reports.presence_days import start_of
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import FAILURES
from routing.calendar import date_of

NIGHTS: Final = 14
KEPT_DAYS: Final = 730

_facts, _contacts, _legs = models.contact_facts.c, models.contacts.c, models.legs.c
_quarters, _intervals = models.report_quarters.c, models.agent_intervals
_journal, _checks = models.journal.c, models.report_checks

_RECEIVED: Final = ("closed", "blocked", "saturated", "queued")
_QUEUED: Final = (
    *("answered", "abandoned", "timed_out", "flow_out", "callback", "technical", "unknown"),
)


async def look(engine: AsyncEngine, days: Sequence[int], at: float) -> list[CheckRow]:
    """Look at these days, and write down what is found. Raises `AWAY` errors."""
    found = []
    for day in days:
        async with engine.begin() as connection:
            rows = [row async for row in _of_day(connection, day, at)]
            values = [
                {
                    "day": day,
                    "rule": r.rule,
                    "holds": r.holds,
                    "left": r.left,
                    "right": r.right,
                    "at": at,
                }
                for r in rows
            ]
            await database.upsert(connection, _checks, values)
        found += rows
    return found


async def latest(connection: AsyncConnection) -> list[CheckRow]:
    """What was found of the latest days, the latest first."""
    query = select(_checks).order_by(_checks.c.day.desc(), _checks.c.rule).limit(NIGHTS * 8)
    rows = (await connection.execute(query)).mappings()
    return [CheckRow(**{**row, "day": date_of(row["day"])}) for row in rows]


async def _of_day(connection: AsyncConnection, day: int, at: float) -> AsyncIterator[CheckRow]:
    for rule, question in _RULES.items():
        left, right = await question(connection, day)
        yield CheckRow(
            day=date_of(day), rule=rule, holds=left == right, left=left, right=right, at=at
        )


async def _numbers(connection: AsyncConnection, query: Select[Any]) -> tuple[int, int]:
    left, right = (await connection.execute(query)).one()
    return int(left or 0), int(right or 0)


async def _received(connection: AsyncConnection, day: int) -> tuple[int, int]:
    parts = sum((_facts[name] for name in _RECEIVED[1:]), start=_facts[_RECEIVED[0]])
    query = select(func.sum(_facts.received), func.sum(parts)).where(_facts.day == day)
    return await _numbers(connection, query.where(_of_this(day)))


async def _queued(connection: AsyncConnection, day: int) -> tuple[int, int]:
    parts = sum((_facts[name] for name in _QUEUED[1:]), start=_facts[_QUEUED[0]])
    query = select(func.sum(_facts.queued), func.sum(parts)).where(_of_this(day))
    return await _numbers(connection, query)


async def _presence(connection: AsyncConnection, day: int) -> tuple[int, int]:
    """Intervals of that day, and those that end where the next one of their agent begins."""
    one, next_ = aliased(_intervals), aliased(_intervals)
    starts, ends = start_of(day), next_midnight(start_of(day))
    here = and_(one.c.from_at >= starts, one.c.from_at < ends, one.c.to_at.is_not(None))
    whole = await connection.scalar(select(func.count()).select_from(one).where(here))
    joined = select(func.count()).select_from(
        one.join(next_, and_(next_.c.agent_id == one.c.agent_id, next_.c.from_at == one.c.to_at))
    )
    return whole or 0, await connection.scalar(joined.where(here)) or 0


async def _answered(connection: AsyncConnection, day: int) -> tuple[int, int]:
    counted = select(func.sum(_facts.answered)).where(_of_this(day))
    left = await connection.scalar(counted)
    talked = (
        select(func.count(_legs.call_id.distinct()))
        .join(models.contact_facts, _facts.call_id == _legs.call_id)
        .where(_of_this(day), _facts.rang_in > 0, _legs.party == "agent")
        .where(_legs.answered_at.is_not(None))
        .where(or_(_legs.to_at.is_(None), _legs.to_at > _legs.answered_at))
        .where(_legs.purpose != "consult")
    )
    return int(left or 0), int(await connection.scalar(talked) or 0)


async def _journaled(connection: AsyncConnection, day: int) -> tuple[int, int]:
    """Contacts that arrived on that day, and those of them that have facts; what the journal tells
    of without a contact is one more on the left."""
    starts, ends = start_of(day), next_midnight(start_of(day))
    here = and_(_contacts.arrived_at >= starts, _contacts.arrived_at < ends)
    contacts = await connection.scalar(
        select(func.count()).select_from(models.contacts).where(here)
    )
    facts = await connection.scalar(
        select(func.count()).select_from(models.contact_facts).where(_of_this(day))
    )
    lost = (
        select(func.count(_journal.call_id.distinct()))
        .outerjoin(models.contacts, _contacts.call_id == _journal.call_id)
        .where(_journal.at >= starts, _journal.at < ends, _journal.kind == "CallArrived")
        .where(_contacts.call_id.is_(None), _journal.call_id.is_not(None))
    )
    return (contacts or 0) + (await connection.scalar(lost) or 0), facts or 0


async def _level(connection: AsyncConnection, day: int) -> tuple[int, int]:
    """Answered in time: as counted call by call, and as the bands have it, of each promise."""
    query = (
        select(_contacts.within_s, _facts.band, func.count(), func.sum(_facts.within))
        .join(models.contacts, _contacts.call_id == _facts.call_id)
        .where(_of_this(day), _facts.answered > 0)
        .group_by(_contacts.within_s, _facts.band)
    )
    left = right = 0
    for within_s, band, count, within in await connection.execute(query):
        in_time = bands.within({band: count}, within_s or 0.0)
        if in_time is not None:
            left, right = left + int(within), right + in_time
    return left, right


async def _rolled_up(connection: AsyncConnection, day: int) -> tuple[int, int]:
    by_quarter = select(func.sum(_quarters.rang_in + _quarters.answered + _quarters.wait_ms))
    left = await connection.scalar(by_quarter.where(_quarters.day == day))
    by_fact = select(func.sum(_facts.rang_in + _facts.answered + _facts.wait_ms))
    return int(left or 0), int(await connection.scalar(by_fact.where(_of_this(day))) or 0)


async def _failure(connection: AsyncConnection, day: int) -> tuple[int, int]:
    parts = sum((_facts[name] for name in FAILURES[1:]), start=_facts[FAILURES[0]])
    query = select(func.sum(_facts.failure_demand), func.sum(parts)).where(_of_this(day))
    return await _numbers(connection, query)


def _of_this(day: int) -> ColumnElement[bool]:
    first, end = int(start_of(day) // 900), int(next_midnight(start_of(day)) // 900)
    return and_(_facts.quarter >= first, _facts.quarter < end)


_RULES: Final = {
    "received": _received,
    "queued": _queued,
    "presence": _presence,
    "answered": _answered,
    "journaled": _journaled,
    "level": _level,
    "rolled_up": _rolled_up,
    "failure": _failure,
}
