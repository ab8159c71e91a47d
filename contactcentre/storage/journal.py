"""The projector: moves the spool's records into the database, in order and exactly once.

Every write is idempotent by id and guarded by the record's number, so a batch that was cut off
in the middle, or repeated, leads to the same rows. The database may be away for as long as the
spool's disk has room, and may come back without its latest rows: it gets them again. A record that
it will never take, or that makes no rows, is set aside, and the others go on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Never

import structlog
from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.storage import database, projection, writes
from contactcentre.storage import tables as models
from contactcentre.storage.entry import JournalRecord
from contactcentre.storage.present_network import PresentNetwork
from contactcentre.storage.settings import VERSION_NOW
from contactcentre.storage.spool import Spool
from contactcentre.storage.write_pace import WritePace
from routing.calendar import day_number

log = structlog.get_logger(__name__)

BATCH = 200
"""Records of one transaction: small enough not to hold up the event loop noticeably."""
LONGEST_RETRY_S = 2.0
"""Whoever waits for the database's return, for a report or a log-in, is not to wait for us too."""

_INTERVALS = models.agent_intervals
_CLOSE_EARLIER = (
    update(_INTERVALS)
    .where(
        _INTERVALS.c.agent_id == bindparam("of_agent"),
        # The addition keeps SQLite from going through all of the agent's past by the primary key.
        _INTERVALS.c.from_at + 0.0 < bindparam("at"),
        _INTERVALS.c.to_at.is_(None),
    )
    .values(to_at=bindparam("at"))
)

_DONE = models.services_done
_FORMER_SERVICES = delete(_DONE).where(
    _DONE.c.call_id == bindparam("of_call"), _DONE.c.last_seq < bindparam("seq")
)
"""A record that is closed anew says all of it."""

_JOURNAL = models.journal.c
# Made once, as the others here: to build one takes longer than to answer it.
_HIGHEST = select(func.max(_JOURNAL.seq)).where(_JOURNAL.source == bindparam("source"))
_PRESENT = select(VERSION_NOW, _HIGHEST.scalar_subquery())
_WRITTEN = select(_JOURNAL.seq).where(
    _JOURNAL.source == bindparam("source"),
    _JOURNAL.seq.in_(bindparam("counting", expanding=True)),
)

_LEFT = ("left_queue", "within_s", "short_s")

_FORGOTTEN = writes.Frozen("forgotten_at", ("caller", "note"))
"""What was erased does not come back with a record that is sent later, or once more."""


class RowsLost(Exception):
    """The database has had rows that it lacks now; the argument is the highest number there."""


class Unfit(Exception):
    """There are no rows for some of these records; the cause says why."""


class Projector:
    """Keeps the database level with the spool."""

    def __init__(
        self,
        spool: Spool,
        engine: AsyncEngine,
        *,
        clock: Callable[[], float] = time.time,
        retry_s: float = 0.25,
    ) -> None:
        self._spool = spool
        self._engine = engine
        self._clock = clock
        self._retry_s = retry_s
        self._oldest_at: float | None = None
        self._away = False
        self._pace = WritePace()
        self._at_work = asyncio.Lock()
        self._network = PresentNetwork()
        self._begun: dict[str, projection.Row] = {}
        """The latest interval that is written of each agent: most that is told of one changes no
        more than what the agent's page shows. As many as there are agents."""
        self.wrote = asyncio.Event()
        """Set by each batch; whoever reckons by the database's rows clears it."""

    async def run(self) -> Never:
        """Work until cancelled; an outage of the database is waited out."""
        while True:
            await self._spool.news()
            await self._pace.gather()
            with self._pace.timed():
                await self.catch_up()

    async def catch_up(self) -> None:
        """Move everything that is in the spool now, and again what the database has lost."""
        if self._spool.confirmed is None:
            await self._compare()
        while await self._moved_some():
            pass
        self._oldest_at = None

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Nothing is on its way while the block runs."""
        async with self._at_work:
            yield

    async def _moved_some(self) -> bool:
        """Whether there may be more."""
        async with self._at_work:
            records = await self._spool.unsent(BATCH)
            if records:
                self._oldest_at = records[0].at
                try:
                    await self._persist(records)
                except RowsLost as lost:
                    await self._send_again(*lost.args)
                    return True
                await self._spool.sent(records[-1].seq)
                self.wrote.set()
            return len(records) == BATCH

    def lag(self) -> tuple[int, float]:
        """How many records the database lacks, and the age of the oldest of them in seconds."""
        count = self._spool.unsent_count + self._spool.unwritten_count
        if not count or self._oldest_at is None:
            return count, 0.0
        return count, max(0.0, self._clock() - self._oldest_at)

    async def _compare(self) -> None:
        """A standby that takes over may not have had the last rows of the one that is gone."""
        try:
            async with self._engine.connect() as connection:
                known = await connection.scalar(_HIGHEST, {"source": self._spool.source})
        except database.AWAY:
            return  # whoever writes next says so, and waits
        await self._send_again(known or 0)

    async def _send_again(self, known: int) -> None:
        """What it ought to have above that number."""
        if await self._spool.compare(known):
            self._begun.clear()
            log.error("projector.rows_lost", records=self._spool.unsent_count, advice="sent again")

    async def _persist(self, records: Sequence[JournalRecord]) -> None:
        for wait_s in retries(self._retry_s):
            if await self._tried(records):
                return
            await asyncio.sleep(wait_s)

    async def _tried(self, records: Sequence[JournalRecord]) -> bool:
        """Whether these are done with; False when it is worth trying again."""
        # The class alone is logged: a driver's text may quote a citizen's number.
        try:
            async with self._engine.begin() as connection:
                begun = await connection.run_sync(self._write, records)
            self._begun |= begun
        except Exception as error:  # one record must not stop all reports, whatever is wrong in it
            if not isinstance(error, Unfit) and not database.refused(error):
                if not isinstance(error, database.AWAY):
                    raise
                if not self._away:
                    log.warning("projector.waits", error=type(error).__name__)
                self._away = True
                return False
            await self._one_by_one(records, error)
        if self._away:
            log.warning("projector.goes_on", records=self._spool.unsent_count)
        self._away = False
        return True

    async def _one_by_one(self, records: Sequence[JournalRecord], error: Exception) -> None:
        """Of several, whichever it is; one alone is set aside."""
        if len(records) > 1:
            for record in records:
                await self._persist([record])
            return
        (record,) = records
        reason = database.reason(error.__cause__ or error if isinstance(error, Unfit) else error)
        log.error("projector.refused", seq=record.seq, kind=record.kind, error=reason)
        await self._spool.set_aside(record, reason)

    def _write(
        self, connection: Connection, records: Sequence[JournalRecord]
    ) -> dict[str, projection.Row]:
        """The agents' latest intervals, to be known once this is committed. Raises `RowsLost`."""
        version, highest = connection.execute(_PRESENT, {"source": self._spool.source}).one()
        if self._spool.confirmed is not None and (highest or 0) < self._spool.confirmed:
            raise RowsLost(highest or 0)
        self._network.as_of(version)
        dialled = {call.dialled for record in records for call in record.calls}
        talks = (call.talk for record in records for call in record.calls)
        agents = {talk.agent_id for talk in talks if talk.agent_id}
        home = self._network.centres(connection, models.hotlines, dialled)
        centre = self._network.centres(connection, models.agents, agents)
        cards = _cards(connection, _closed_services(records))
        promises = self._network.promises(connection, _left_queues(records))
        known = self._known(connection, records)
        try:
            rows = projection.rows(
                self._spool.source,
                records,
                home=home,
                centre=centre,
                cards=cards,
                promises=promises,
                known=known,
            )
        except Exception as fault:
            raise Unfit from fault
        intervals = [row for row in rows.agent_intervals if not self._is_known(row)]
        writes.insert_new(connection, models.journal, rows.journal)
        writes.upsert(
            connection,
            models.contacts,
            rows.contacts,
            newer_by="last_seq",
            frozen=_FORGOTTEN,
            first=_LEFT,
        )
        if closed := [_former(row) for row in rows.contacts if row["recorded_at"] is not None]:
            connection.execute(_FORMER_SERVICES, closed)
        for table, found in (
            (models.legs, rows.legs),
            (models.services_done, rows.services_done),
            (_INTERVALS, intervals),
            (models.crises, rows.crises),
        ):
            writes.upsert(connection, table, found, newer_by="last_seq")
        writes.add(connection, models.flow_counts, rows.flow_counts, "count")
        if starts := [_start(row) for row in intervals]:
            connection.execute(_CLOSE_EARLIER, starts)
        due = list(_due(rows.contacts, intervals))
        writes.upsert(connection, models.report_due, due, newer_by="seq")
        return {row["agent_id"]: row for row in intervals}

    def _is_known(self, row: projection.Row) -> bool:
        known = self._begun.get(row["agent_id"])
        return known is not None and known == {**row, "last_seq": known["last_seq"]}

    def _known(self, connection: Connection, records: Sequence[JournalRecord]) -> frozenset[int]:
        """Which of those that count something are written already, as after a crash."""
        counting = [record.seq for record in records if record.passages]
        if not counting:
            return frozenset()
        given = {"source": self._spool.source, "counting": counting}
        return frozenset(connection.execute(_WRITTEN, given).scalars())


def retries(first_s: float) -> Iterator[float]:
    """Seconds from one try to the next, for as long as it takes."""
    wait_s = first_s
    while True:
        yield wait_s
        wait_s = min(2 * wait_s, LONGEST_RETRY_S)


def _start(row: projection.Row) -> dict[str, object]:
    return {"of_agent": row["agent_id"], "at": row["from_at"]}


def _due(
    contacts: Iterable[projection.Row], intervals: Iterable[projection.Row]
) -> Iterator[projection.Row]:
    """Whose rows the reports are made of, to be reckoned anew."""
    for row in contacts:
        yield {"kind": "call", "key": row["call_id"], "day": 0, "seq": row["last_seq"]}
    days: dict[tuple[str, int], int] = {}
    for row in intervals:
        key = row["agent_id"], day_number(row["from_at"])
        days[key] = max(row["last_seq"], days.get(key, 0))
    for (agent_id, day), seq in days.items():
        yield {"kind": "agent", "key": agent_id, "day": day, "seq": seq}


def _former(row: projection.Row) -> dict[str, object]:
    return {"of_call": row["call_id"], "seq": row["last_seq"]}


def _closed_services(records: Sequence[JournalRecord]) -> frozenset[str]:
    calls = (call for record in records for call in record.calls)
    closed = (call.record.services for call in calls if call.record.saved_at is not None)
    return frozenset(service for services in closed for service in services)


def _left_queues(records: Sequence[JournalRecord]) -> frozenset[str]:
    """Those that somebody has left."""
    calls = (call for record in records for call in record.calls)
    return frozenset(call.queue for call in calls if projection.has_left_line(call))


def _cards(connection: Connection, codes: Collection[str]) -> dict[str, projection.Card]:
    """What the cards of these services say, as they are now."""
    if not codes:
        return {}
    table = models.services
    institution = table.c.document["institution"]["lv"].as_string()
    level = table.c.document["level"].as_string()
    query = select(table.c.code, institution, level).where(table.c.code.in_(codes))
    found = connection.execute(query)
    return {code: projection.Card(owner or "", rank or "") for code, owner, rank in found}
