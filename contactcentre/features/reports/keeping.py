"""Keeps the facts level with what happened: whatever the projector has written is reckoned anew,
in one transaction with the sums that it is part of.

`report_due` says what; a row of it goes when that is done, unless the projector has written to it
again meanwhile. So whatever stops in the middle is taken up again, and nothing is counted twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Never

import structlog
from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.engine.clock import now
from contactcentre.features.reports import reading, rollups
from contactcentre.features.reports.failure_demand import later
from contactcentre.features.reports.presence_days import keep_agent, keep_agent_days
from contactcentre.features.reports.reading import Histories
from contactcentre.storage import database, writes
from contactcentre.storage import tables as models
from routing.calendar import QUARTER_S, day_number

log = structlog.get_logger(__name__)

PORTION: Final = 400
"""So many are due at a time: a transaction takes some tenths of a second."""

GATHER_S: Final = 0.5
LATER_S: Final = 5.0
"""What goes on still is counted so seldom, and agents' days: a call that is over, at once."""

PERIOD_S: Final = 600.0
"""Months that are over are looked after so often."""

_due, _intervals = models.report_due, models.agent_intervals.c
_contacts = models.contacts.c
_facts = models.contact_facts.c


# Made once, for each is asked every second.
_DUE = select(_due).order_by(_due.c.kind, _due.c.key, _due.c.day).limit(PORTION)
_OVER = _DUE.where(
    _due.c.kind.in_(("call", "again")),
    exists().where(_contacts.call_id == _due.c.key, _contacts.ended_at.is_not(None)),
)
_DONE = delete(_due).where(
    tuple_(_due.c.kind, _due.c.key, _due.c.day, _due.c.seq).in_(bindparam("rows", expanding=True))
)
_made = models.report_months_made
_UNMADE = delete(_made).where(_made.c.month.in_(bindparam("months", expanding=True)))


class FactKeeper:
    """`wrote` is set whenever the database has new rows of what happened."""

    def __init__(
        self,
        engine: AsyncEngine,
        wrote: asyncio.Event,
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._wrote = wrote
        self._clock = clock
        self._months_at = 0.0
        self._all_at = float("-inf")  # when all was done last, by the loop's clock

    async def run(self) -> Never:
        """Follow, until cancelled; an outage of the database is waited out."""
        while True:
            self._wrote.clear()
            try:
                patience_s = await self._follow()
                if self._clock() - self._months_at >= PERIOD_S:
                    self._months_at = self._clock()
                    await self.make_months()
            except database.AWAY as error:
                log.warning("reports.database_away", error=type(error).__name__)
                await asyncio.sleep(GATHER_S)
                continue
            await self._news(patience_s)

    async def _follow(self) -> float:
        """Do what is due by now; how long nothing else is, in seconds."""
        at = asyncio.get_running_loop().time()
        if at - self._all_at < LATER_S:
            await self.catch_up(_OVER)
            return LATER_S
        await self.catch_up()
        self._all_at = at
        return PERIOD_S

    async def _news(self, patience_s: float) -> None:
        try:
            async with asyncio.timeout(patience_s):
                await self._wrote.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_S)

    async def catch_up(self, which: Select[Any] = _DUE, *, quiet: bool = False) -> int:
        """Do all that is due, or these; how much that was. Raises `AWAY` errors."""
        total = 0
        while True:
            total += (count := await self._portion(which, quiet=quiet))
            if count < PORTION:
                return total
            await asyncio.sleep(0)

    async def _portion(self, which: Select[Any], *, quiet: bool) -> int:
        async with self._engine.begin() as connection:
            return await connection.run_sync(self._reckon, which, quiet=quiet)

    def _reckon(self, connection: Connection, which: Select[Any], *, quiet: bool) -> int:
        due = connection.execute(which).all()
        agents = {(row.key, row.day) for row in due if row.kind == "agent"}
        calls = {row.key for row in due if row.kind in ("call", "again")}
        calls |= reading.wrapped_up(connection, agents)
        if calls:
            read = reading.histories(connection, calls)
            if others := (reading.earlier(read) | later(connection, calls)) - calls:
                read = reading.histories(connection, calls | others)
            self._keep(connection, read, quiet=quiet)
        keep_agent_days(connection, agents)
        _done_with(connection, due)
        return len(due)

    def _keep(self, connection: Connection, read: Histories, *, quiet: bool) -> None:
        before = reading.stored(connection, [one["call_id"] for one in read.contacts])
        after = reading.made(connection, read, before)
        changed = {key: row for key, row in after.items() if before.get(key) != row}
        writes.upsert(connection, models.contact_facts, list(changed.values()))
        touched = [*changed.values(), *(before[key] for key in changed if key in before)]
        quarters = {(row["quarter"], row["queue"]) for row in touched}
        rollups.keep_quarters(connection, quarters, self._clock(), quiet=quiet)
        # What was done is told apart by more than the fact: so of all that were looked at.
        places = [*touched, *after.values()]
        days = {(row["day"], row["centre"]) for row in places if row["recorded"]}
        rollups.keep_service_days(connection, days)
        this = day_number(self._clock()) // 100  # is made when it is over
        if months := {row["day"] // 100 for row in touched} - {this}:
            connection.execute(_UNMADE, {"months": list(months)})

    async def make_months(self) -> int:
        """Add up the months that are over and are not made, or not any more; how many."""
        async with self._engine.connect() as connection:
            first = await connection.scalar(select(func.min(_facts.quarter)))
            made = set(await connection.scalars(select(models.report_months_made.c.month)))
        if first is None:
            return 0
        this = day_number(self._clock()) // 100
        wanted = [
            month
            for month in months(day_number(first * QUARTER_S) // 100, this)
            if month not in made
        ]
        for month in wanted:
            async with self._engine.begin() as connection:
                await connection.run_sync(rollups.make_month, month, self._clock())
            await asyncio.sleep(0)
        return len(wanted)

    async def rebuild(self) -> int:
        """Reckon everything anew from what happened; how many rows. Raises `AWAY` errors."""
        contacts, told = models.contacts.c, ["kind", "key", "day", "seq"]
        async with self._engine.begin() as connection:
            await connection.execute(delete(_due))
            await connection.execute(delete(models.report_months_made))
            every = select(literal("call"), contacts.call_id, literal(0), contacts.last_seq)
            await connection.execute(insert(_due).from_select(told, every))
            agents = (await connection.execute(select(_intervals.agent_id).distinct())).scalars()
            await connection.execute(delete(models.agent_days))
            for agent in list(agents):
                await connection.run_sync(keep_agent, agent)
        total = await self.catch_up(quiet=True)
        await self._sum_up()
        await self.make_months()
        return total

    async def _sum_up(self) -> None:
        """All sums from the facts, whatever stands there: day by day, beside a running service."""
        async with self._engine.connect() as connection:
            days = await connection.run_sync(rollups.days)
        for day in days:
            async with self._engine.begin() as connection:
                await connection.run_sync(self._sum_up_day, day)
            await asyncio.sleep(0)

    def _sum_up_day(self, connection: Connection, day: int) -> None:
        quarters, places = rollups.parts(connection, day)
        rollups.keep_quarters(connection, quarters, self._clock(), quiet=True)
        rollups.keep_service_days(connection, places)


def months(first: int, end: int) -> Iterable[int]:
    """As numbers (202612, 202701), without the last."""
    while first < end:
        yield first
        first += 89 if first % 100 == 12 else 1


def _done_with(connection: Connection, due: Sequence[Row[Any]]) -> None:
    """What the projector has written to meanwhile is due once more."""
    if due:
        connection.execute(_DONE, {"rows": [tuple(row) for row in due]})
