"""What follows from answers and from time: the agent is told, the citizen is promised the call,
and what is late is counted.

An answer is written down first, wherever it comes from; this looks every half minute, and at once
where it is told of one, and does the rest until it is done. So nothing of it is lost by a restart,
or while the database or the agent is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, Never

import structlog
from sqlalchemy import ColumnElement, RowMapping, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Texts
from contactcentre.core import events
from contactcentre.core.agent.memo import Memo, MemoKind
from contactcentre.core.agent.signals import MemoLeft
from contactcentre.core.agent.state import State
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm, standing
from contactcentre.engine.clock import now
from contactcentre.engine.inbox import Crowded, NotSafeYet
from contactcentre.features.upkeep import promise, store
from contactcentre.storage import database
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)

PERIOD_S: Final = 30.0
PORTION: Final = 100
TELL_S: Final = 30 * 24 * 3600.0
"""Whoever has not logged in since reads it in the list, if anywhere."""

Submit = Callable[[events.Event], Awaitable[bool]]


class UpkeepWatch:
    """Keep `run` running; `late` and `flagged` are as they were seen last."""

    def __init__(
        self,
        engine: AsyncEngine,
        world: World,
        submit: Submit,
        *,
        named: Callable[[str], Texts],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._world = world
        self._submit = submit
        self._named = named
        self._clock = clock
        self._wanted = asyncio.Event()
        self._looking = asyncio.Lock()
        self.late = 0
        self.late_since: float | None = None
        self.flagged: frozenset[str] = frozenset()  # cards, which are bounded

    def note(self) -> None:
        """Something is answered, settled or asked: look now."""
        self._wanted.set()

    def note_flag(self, service: str) -> None:
        """An error of that card is told."""
        self.flagged |= {service}

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            self._wanted.clear()
            try:
                await self.look()
            except database.AWAY as error:
                log.warning("upkeep.database_away", error=type(error).__name__)
            try:
                async with asyncio.timeout(PERIOD_S):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Count, promise and tell. Raises `AWAY` errors."""
        try:
            async with self._looking:
                await self._count()
                await self._promise()
                await self._tell_answers()
                await self._tell_settled()
        except (Crowded, NotSafeYet):  # it is told once more
            log.warning("upkeep.waits", action="upkeep.waits")

    async def _count(self) -> None:
        asked, flags = store.asked, store.flags
        late = store.is_open() & (asked.due_at <= self._clock())
        query = select(func.count(), func.min(asked.due_at)).where(late)
        async with self._engine.connect() as connection:
            self.late, self.late_since = (await connection.execute(query)).one()
            cards = await connection.scalars(
                select(flags.service).where(store.unsettled()).distinct()
            )
            self.flagged = frozenset(cards)

    async def _promise(self) -> None:
        asked, contacts = store.asked, models.contacts
        wanted = asked.wants_call & asked.answered_at.is_not(None) & asked.promised_at.is_(None)
        query = (
            select(models.enquiries)
            .where(wanted, asked.answered_at >= self._clock() - TELL_S)
            .limit(PORTION)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
            of = contacts.c.call_id.in_([row["call_id"] for row in rows])
            found = (await connection.execute(select(contacts).where(of))).mappings().all()
        by_call = {row["call_id"]: row for row in found}
        for row in rows:
            if contact := by_call.get(row["call_id"]):
                given = promise.given(dict(row), dict(contact), self._world.network, self._clock())
                if given is not None:
                    await self._submit(given)
                one = asked.enquiry_id == row["enquiry_id"]
                await self._done(models.enquiries, one, "promised_at")

    async def _tell_answers(self) -> None:
        table, asked = models.enquiries, store.asked
        since = func.coalesce(asked.answered_at, asked.over_at)
        of = asked.told_at.is_(None) & (since >= self._clock() - TELL_S)
        for row in await self._untold(table, of):
            if await self._told(row, "answered", row["enquiry_id"]):
                await self._done(table, asked.enquiry_id == row["enquiry_id"], "told_at")

    async def _tell_settled(self) -> None:
        table, flags = models.card_flags, store.flags
        of = flags.told_at.is_(None) & (flags.settled_at >= self._clock() - TELL_S)
        for row in await self._untold(table, of):
            if await self._told(row, "settled", row["flag_id"]):
                await self._done(table, flags.flag_id == row["flag_id"], "told_at")

    async def _untold(self, table: Table, of: ColumnElement[bool]) -> Sequence[RowMapping]:
        """Of agents who are at work."""
        agents = self._world.agents.values()
        here = [one.agent_id for one in agents if one.state is not State.LOGGED_OUT]
        query = select(table).where(of, table.c.agent_id.in_(here)).limit(PORTION)
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).mappings().all()

    async def _told(self, row: RowMapping, kind: MemoKind, key: str) -> bool:
        name = self._named(row["service"]).get("lv", row["service"])
        at, by = self._clock(), row["institution"]
        memo = Memo(memo_id=f"{kind}-{key}", at=at, kind=kind, by=by, text=name)
        return await self._submit(MemoLeft(at=at, agent_id=row["agent_id"], memo=memo))

    async def _done(self, table: Table, which: ColumnElement[bool], column: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(which).values({column: self._clock()}))

    def alarms(self) -> Iterator[Alarm]:
        """Questions to owners whose time is over."""
        yield from standing("enquiries-late", self.late > 0, since=self.late_since)
