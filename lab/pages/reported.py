"""Days behind the page of reports: what a journal has told, in the database and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice, pairwise
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.engine.clock import now
from contactcentre.features.reports import invariants
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.storage import codec, database, projection
from contactcentre.storage import tables as models
from contactcentre.storage.entry import Entry, JournalRecord
from lab.day import Day
from lab.pages import sample
from lab.pages.people import AGENTS
from lab.pages.sample import Prepared
from routing.calendar import local_day, midnight, number_of

DAYS, CALLS = 10, 40
YESTERDAY_CALLS = 300
QUEUES = ("benefits", "documents", "taxes")


async def prepare(home: Path) -> Prepared:
    """The sample's database, with these days behind it."""
    made = await sample.prepare(home)
    async with database.opened(f"sqlite:///{made.path}") as engine:
        await lay(engine)
    return made


async def lay(engine: AsyncEngine) -> None:
    """Ten days of calls, the last of them yesterday, as the projector would have written them."""
    centres = {one.agent_id: one.scene for one in AGENTS.values()}
    home = {one.hotline: one.scene for one in AGENTS.values()}
    promises = dict.fromkeys(QUEUES, (30.0, 5.0))
    records = [_record(entry) for entry in _entries()]
    rows = projection.rows("reports", records, home=home, centre=centres, promises=promises)
    _ring_again(rows.contacts)
    async with engine.begin() as connection:
        for table, found in (
            (models.contacts, rows.contacts),
            (models.legs, rows.legs),
            (models.services_done, rows.services_done),
        ):
            await database.upsert(connection, table, found)
    keeper = FactKeeper(engine, asyncio.Event())
    await keeper.rebuild()
    await invariants.look(engine, [number_of(day) for day in _days()], now())


def _ring_again(contacts: Sequence[projection.Row]) -> None:
    """Each twelfth citizen had rung right before, about the same."""
    for before, row in islice(pairwise(contacts), 0, None, 12):
        row["caller"] = before["caller"]


def _days() -> list[date]:
    today = local_day(now())
    return [today - timedelta(days=back) for back in range(DAYS, 0, -1)]


def _entries() -> Iterator[Entry]:
    hotlines = [one.hotline for one in AGENTS.values()]
    for place, day in enumerate(_days(), start=1):
        calls = YESTERDAY_CALLS if place == DAYS else CALLS
        yield from Day(
            calls=calls,
            begins=midnight(day) + 8 * 3600,
            ends=midnight(day) + 17 * 3600,
            queues=QUEUES,
            agents=[one.agent_id for one in AGENTS.values()],
            dialled=hotlines[place % len(hotlines)],
            seed=place,
        ).entries()


def _record(entry: Entry) -> JournalRecord:
    return JournalRecord(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        call_id=entry.call_id,
        agent_id=entry.agent_id,
        event=codec.encode(entry.event),
        calls=entry.calls,
        agents=entry.agents,
    )
