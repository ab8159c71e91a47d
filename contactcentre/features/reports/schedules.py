"""Everybody's schedules of reports, kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.reports.port import ScheduleRefused, ScheduleRow, ScheduleText
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config.document import Refused
from contactcentre.engine.clock import now
from contactcentre.features.reports import schedule
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import configured

MOST: Final = 20
"""Of one person."""

_rows, _box = models.report_schedules.c, models.outbox.c


class ScheduleService:
    """Keeps `agents_ui.reports.port.ReportSchedules`. `sends`: whether mail goes out at all."""

    def __init__(
        self, engine: AsyncEngine, *, sends: bool, clock: Callable[[], float] = now
    ) -> None:
        self._engine = engine
        self._clock = clock
        self.sends = sends

    async def mine(self, person: Person) -> Sequence[ScheduleRow]:
        """See `ReportSchedules`. What this software can't read is left out."""
        query = select(models.report_schedules).where(_rows.user_id == person.user_id)
        failures = (
            select(_box.cause, func.count())
            .where(_box.cause.like("schedule/%"), _box.state == "failed")
            .group_by(_box.cause)
        )
        async with self._database() as connection:
            rows = (await connection.execute(query.order_by(_rows.name))).mappings().all()
            failed = {row[0]: row[1] for row in await connection.execute(failures)}
        found = []
        for row in rows:
            try:
                text = schedule.text_of(schedule.kept(row["document"]))
            except Refused:
                text = ScheduleText(name=row["name"])
            found.append(
                ScheduleRow(
                    schedule_id=row["schedule_id"],
                    text=text,
                    next_at=row["next_at"],
                    last_at=row["last_at"],
                    result=row["last_result"],
                    failed=failed.get(cause(row["schedule_id"], row["last_at"]), 0),
                )
            )
        return found

    async def save(
        self, schedule_id: str, text: ScheduleText, *, person: Person, language: str
    ) -> None:
        """See `ReportSchedules`."""
        one, at = schedule.read(text, language), self._clock()
        async with self._database() as connection:
            if schedule_id:
                before = await self._own(connection, schedule_id, person)
            elif await self._count(connection, person) >= MOST:
                raise ScheduleRefused(["name"])
            else:
                before = None
            key = schedule_id or uuid.uuid4().hex
            row = {
                "schedule_id": key,
                "user_id": person.user_id,
                "name": one.name,
                "document": schedule.written(one),
                "made_at": at,
                "next_at": one.next_at(at),
            }
            await database.upsert(connection, models.report_schedules, [row])
            await self._note(connection, key, before, row["document"], at, person)

    async def remove(self, schedule_id: str, *, person: Person) -> None:
        """See `ReportSchedules`."""
        async with self._database() as connection:
            before = await self._own(connection, schedule_id, person)
            gone = delete(models.report_schedules).where(_rows.schedule_id == schedule_id)
            await connection.execute(gone)
            await self._note(connection, schedule_id, before, None, self._clock(), person)

    async def _own(self, connection: AsyncConnection, schedule_id: str, person: Person) -> Any:
        query = select(_rows.document).where(
            _rows.schedule_id == schedule_id, _rows.user_id == person.user_id
        )
        found = await connection.scalar(query)
        if found is None:
            raise LookupError(schedule_id)
        return found

    async def _count(self, connection: AsyncConnection, person: Person) -> int:
        mine = select(func.count()).where(_rows.user_id == person.user_id)
        return await connection.scalar(mine) or 0

    async def _note(
        self,
        connection: AsyncConnection,
        schedule_id: str,
        before: Any,
        after: Any,
        at: float,
        person: Person,
    ) -> None:
        name = f"report_schedules/{schedule_id}"
        entry = configured(name, before, after, at=at, by=person.user_id)
        if entry is not None:
            await audit.write(connection, entry)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="reports", away=Unavailable)


def cause(schedule_id: str, at: float | None) -> str:
    """By which the messages of one time are known."""
    return f"schedule/{schedule_id}/{at or 0:.0f}"
