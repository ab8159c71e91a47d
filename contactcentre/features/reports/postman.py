"""The one who sends reports when their time has come, with the rights that their owner has then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Never

import structlog
from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.reports.port import ReportQuestion, ReportTable, Sheet, WrongPeriod
from agents_ui.shell.permissions import Act, may
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config.document import Refused
from contactcentre.engine.clock import now
from contactcentre.features.reports import schedule
from contactcentre.features.reports.schedule import ReportSchedule
from contactcentre.features.reports.schedules import cause
from contactcentre.features.reports.service import ReportService
from contactcentre.storage import database, outbox
from contactcentre.storage import tables as models
from contactcentre.storage.outbox import Full, Outgoing, TooLarge

log = structlog.get_logger(__name__)

PERIOD_S: Final = 20.0
BEHIND_S: Final = 300.0
"""So long a report waits for facts that are still to be counted."""
PORTION: Final = 20

PersonOf = Callable[[str], Awaitable[Person | None]]
"""Who it is, with the roles of this moment; None where the account is off or no more."""
SheetOf = Callable[[ReportQuestion, ReportTable, str], Sheet]
Words = Callable[[ReportSchedule, ReportQuestion], tuple[str, str]]
"""Subject and text of the letter."""

_rows = models.report_schedules.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one time. `stops`: there is no next one."""

    result: str
    messages: tuple[Outgoing, ...] = ()
    stops: bool = False
    later: bool = False  # it is tried again


class Postman:
    """Looks twice a minute what is due."""

    def __init__(
        self,
        engine: AsyncEngine,
        reports: ReportService,
        *,
        person_of: PersonOf,
        sheet_of: SheetOf,
        words: Words,
        sends: bool,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._reports = reports
        self._person_of = person_of
        self._sheet_of = sheet_of
        self._words = words
        self._sends = sends
        self._clock = clock

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            try:
                await self.look()
            except (Unavailable, *database.AWAY) as error:
                log.warning("reports.schedules_wait", error=type(error).__name__)
            await asyncio.sleep(PERIOD_S)

    async def look(self) -> int:
        """Send what is due; how many there were. Raises `AWAY` errors and `Unavailable`."""
        due = await self._due(self._clock())
        for row in due:
            await self._do(row)
        return len(due)

    async def _due(self, at: float) -> Sequence[RowMapping]:
        query = select(models.report_schedules).where(_rows.next_at <= at)
        async with self._engine.connect() as connection:
            found = await connection.execute(query.order_by(_rows.next_at).limit(PORTION))
            return found.mappings().all()

    async def _do(self, row: RowMapping) -> None:
        at = self._clock()
        try:
            one = schedule.kept(row["document"])
        except Refused:
            await self._note(row, Delivery(result="unreadable", stops=True), at, None)
            return
        due_at = one.latest_at(row["next_at"], at)
        done = await self._made(row, one, due_at, at)
        if not done.later:
            await self._note(row, done, due_at, None if done.stops else one.next_at(at))

    async def _made(
        self, row: RowMapping, one: ReportSchedule, due_at: float, at: float
    ) -> Delivery:
        person = await self._person_of(row["user_id"])
        if person is None:
            return Delivery(result="no-account", stops=True)
        if not may(person, Act.FIGURES_EXPORT):
            return Delivery(result="no-right", stops=True)
        if not self._sends:
            return Delivery(result="no-mail")
        asked = one.question(due_at)
        try:
            report = await self._reports.report(asked, person=person, language=one.language)
        except WrongPeriod:
            return Delivery(result="unreadable", stops=True)
        if report.behind and at - due_at < BEHIND_S:
            return Delivery(result="", later=True)
        sheet = self._sheet_of(asked, report, one.language)
        file = await self._reports.written(sheet, "xlsx")
        subject, body = self._words(one, asked)
        return Delivery(
            result="sent",
            messages=tuple(
                Outgoing(
                    kind="mail",
                    to=to,
                    cause=cause(row["schedule_id"], due_at),
                    subject=subject,
                    body=body,
                    attachment=file,
                    attachment_name=f"{sheet.name}.xlsx",
                )
                for to in one.to
            ),
        )

    async def _note(
        self, row: RowMapping, done: Delivery, due_at: float | None, next_at: float | None
    ) -> None:
        """With the letters, in one transaction; whoever has changed it meanwhile is not undone."""
        same = (_rows.schedule_id == row["schedule_id"], _rows.next_at == row["next_at"])
        change = update(models.report_schedules).where(*same)
        values: dict[str, Any] = {"next_at": next_at, "last_at": due_at, "last_result": done.result}
        async with self._engine.begin() as connection:
            if (await connection.execute(change.values(**values))).rowcount != 1:
                return
            try:
                await outbox.add(connection, *done.messages, at=self._clock())
            except (Full, TooLarge) as error:
                result = "full" if isinstance(error, Full) else "too-large"
                mine = update(models.report_schedules).where(
                    _rows.schedule_id == row["schedule_id"]
                )
                await connection.execute(mine.values(last_result=result))
                done = Delivery(result=result)
        log.info("report_sent", id=row["schedule_id"], result=done.result)
