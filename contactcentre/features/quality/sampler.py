"""Draws talks to be assessed: each night for everybody, or at once for some.

By the end of a day as many of a month are drawn as the rule's number comes to by then; in its first
week the month before is made up. What is drawn stays drawn. An agent's month is read by the legs of
that agent: some hundreds of rows, whatever the network has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, Never

import structlog
from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.call.leg import OFFERS, Party, Purpose
from contactcentre.core.call.state import NOT_RECORDED
from contactcentre.core.config.document import Refused
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.quality import documents, drawing
from contactcentre.features.quality.document import SamplingRule
from contactcentre.features.quality.drawing import SampledTalk
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from routing.calendar import local_day, local_minute, midnight

log = structlog.get_logger(__name__)

PERIOD_S: Final = 600.0
NIGHT: Final = (3 * 60, 7 * 60)
"""Minutes of the local day between which it is done by itself."""

MADE_UP_DAYS: Final = 7
DRAFT_S: Final = 30 * 86_400.0
MOST_TALKS: Final = 5_000
"""Of an agent in a month."""

_TALKED: Final = (*OFFERS, Purpose.PASSED)
_legs, _contacts, _kept = models.legs.c, models.contacts.c, models.recordings.c
_samples, _tests = models.samples.c, models.scripted_calls.c


class Sampler:
    """`network` is the one in force: whose agents there are."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        network: Callable[[], Network],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._network = network
        self._clock = clock
        self._drawn_on: date | None = None

    async def run(self) -> Never:
        """Look, until cancelled; an outage of the database is waited out."""
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.look()
            except database.AWAY as error:
                log.warning("quality.database_away", error=type(error).__name__)
            except Refused as refused:
                log.error("quality.refused", problems=refused.problems)

    async def look(self) -> int:
        """Draw, once a night; how many."""
        at = self._clock()
        today, minute = local_day(at), local_minute(at)[1]
        if self._drawn_on == today or not NIGHT[0] <= minute < NIGHT[1]:
            return 0
        await self._put_back(at - DRAFT_S)
        count = await self.draw(self._network().agents, by="")
        self._drawn_on = today
        return count

    async def _put_back(self, before_at: float) -> None:
        """Drafts that nobody has finished for so long: their talks are offered again."""
        begun = models.assessments.c
        old = delete(models.assessments).where(
            begun.finished_at.is_(None), begun.begun_at < before_at
        )
        async with self._engine.begin() as connection:
            await connection.execute(old)

    async def draw(self, agents: Collection[str], *, by: str) -> int:
        """What is due of these agents; how many. Raises `AWAY` errors, and `Refused`."""
        async with self._engine.connect() as connection:
            rules = await documents.newest(connection, "rule")
        count = 0
        for key, edited in rules.items():
            rule = documents.as_rule(edited)
            if not rule.active:
                continue
            for month, wanted in due(rule.each_month, local_day(self._clock())):
                lacking = await self._lacking(key, month, wanted, agents)
                for agent_id, missing in lacking:
                    count += await self._draw_of(agent_id, key, rule, month, missing, by)
                    await asyncio.sleep(0)
        return count

    async def _lacking(
        self, rule: str, month: date, wanted: int, agents: Collection[str]
    ) -> Sequence[tuple[str, int]]:
        """Of whom less is drawn than is due."""
        query = (
            select(_samples.agent_id, func.count())
            .where(_samples.month == number(month), _samples.rule == rule)
            .group_by(_samples.agent_id)
        )
        async with self._engine.connect() as connection:
            have = {row[0]: row[1] for row in await connection.execute(query)}
        missing = ((one, wanted - have.get(one, 0)) for one in sorted(agents))
        return [(one, count) for one, count in missing if count > 0]

    async def _draw_of(
        self, agent_id: str, key: str, rule: SamplingRule, month: date, missing: int, by: str
    ) -> int:
        profile = self._network().agents.get(agent_id)
        seed, at = drawing.seed(number(month), agent_id, key), self._clock()
        async with self._engine.begin() as connection:
            talks = drawing.population(await talks_of(connection, agent_id, month, rule.queues))
            rows = [
                {
                    "call_id": talk.call_id,
                    "leg_id": talk.leg_id,
                    "agent_id": agent_id,
                    "centre": profile.centre_id if profile is not None else "",
                    "month": number(month),
                    "rule": key,
                    "scorecard": rule.scorecard,
                    "place": place,
                    "among": len(talks),
                    "drawn_at": at,
                }
                for place, talk in drawing.drawn(talks, seed, missing)
            ]
            if rows:
                await database.insert_new(connection, models.samples, rows)
                details = {"seed": seed, "count": len(rows), "among": len(talks)}
                entry = AuditEntry(
                    at=at, who=by, action=Action.SAMPLES_DRAWN, object=agent_id, details=details
                )
                await audit.write(connection, entry)
        return len(rows)


async def talks_of(
    connection: AsyncConnection, agent_id: str, month: date, queues: Sequence[str]
) -> Sequence[SampledTalk]:
    """The agent's talks of a month that are written down and were not drawn yet; no test call, and
    nothing whose citizen's data are gone."""
    query = (
        select(_legs.call_id, func.min(_legs.leg_id), func.count(_kept.leg_id))
        .join(models.contacts, _contacts.call_id == _legs.call_id)
        .outerjoin(models.recordings, and_(_kept.leg_id == _legs.leg_id, is_kept()))
        .where(
            _legs.agent_id == agent_id,
            _legs.from_at >= midnight(month),
            _legs.from_at < midnight(following(month)),
            _legs.party == Party.AGENT,
            _legs.purpose.in_(_TALKED),
            _legs.answered_at.is_not(None),
            _legs.to_at.is_not(None),
            _contacts.agent_id == agent_id,
            is_written(),
            ~select(_samples.call_id).where(_samples.call_id == _legs.call_id).exists(),
            ~select(_tests.call_id).where(_tests.call_id == _legs.call_id).exists(),
        )
        .group_by(_legs.call_id)
        .order_by(_legs.call_id)
        .limit(MOST_TALKS)
    )
    if queues:
        query = query.where(func.coalesce(_contacts.left_queue, _contacts.queue).in_(queues))
    rows = await connection.execute(query)
    return [SampledTalk(call_id=row[0], leg_id=row[1], kept=row[2] > 0) for row in rows]


def is_kept() -> ColumnElement[bool]:
    """On `recordings`: it can be heard."""
    return _kept.deleted_at.is_(None) & (_kept.state != "missing")


def is_written() -> ColumnElement[bool]:
    """On `contacts`: it is over, somebody has said what was done, and it is somebody's still."""
    return and_(
        _contacts.ended_at.is_not(None),
        _contacts.recorded_at.is_not(None),
        _contacts.kind != NOT_RECORDED,
        _contacts.forgotten_at.is_(None),
    )


def due(each_month: int, today: date) -> Iterator[tuple[date, int]]:
    """Of which months, by their first day, how many; the month before first."""
    first = today.replace(day=1)
    if today.day <= MADE_UP_DAYS:
        last = first - timedelta(days=1)
        yield last.replace(day=1), each_month
    yield first, drawing.due(each_month, today)


def following(month: date) -> date:
    """The first day of the next one."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def number(month: date) -> int:
    """202611."""
    return month.year * 100 + month.month
