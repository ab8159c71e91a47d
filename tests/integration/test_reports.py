"""Reports over real databases: from the journal by the projector to facts, sums and calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text

from agents_ui.reports.port import ReportQuestion, WrongPeriod
from agents_ui.shell.port import Grant, Person
from contactcentre.engine.figures import Figures
from contactcentre.features.cases import event_store
from contactcentre.features.reports import invariants, keeping
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.features.reports.service import ReportService
from contactcentre.features.reports.verification import verify
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from lab.day import Day
from routing.calendar import LOCAL, midnight, number_of

pytestmark = pytest.mark.integration

LEADER = Person(user_id="leader", name="G", grants=frozenset({Grant(role="supervisor")}))
SUMMER_ENDS, SUMMER_BEGINS = date(2026, 10, 25), date(2026, 3, 29)
TABLES = (
    models.contact_facts,
    models.report_quarters,
    models.report_months,
    models.report_waits,
    models.service_days,
    models.agent_days,
)


def at(day: date, hour: int = 0, minute: int = 0) -> float:
    """That time on the clock of Latvia."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL).timestamp()


class Line:
    """A journal on its way into a database, and what is kept of it there."""

    def __init__(self, spool: Spool, engine, clock) -> None:
        self.spool = spool
        self.engine = engine
        self.projector = Projector(spool, engine)
        self.keeper = FactKeeper(engine, self.projector.wrote, clock=clock)
        self.room = ReportService(engine)
        self.figures = Figures()

    async def take(self, entries) -> None:
        """Let these happen: counted live, and in the reports."""
        safe = []
        for entry in entries:
            safe.append(self.spool.append(entry))
            self.figures.count(entry.left, entry.ended)
        await asyncio.gather(*safe)
        await self.projector.catch_up()
        await self.keeper.catch_up()

    async def report(self, since: date, until: date | None = None, **more):
        """Of these days."""
        asked = ReportQuestion(since=since, until=until or since, **more)
        return await self.room.report(asked, person=LEADER, language="lv")

    async def figure(self, name: str, since: date, until: date | None = None, **more) -> float:
        """One of the totals."""
        found = await self.report(since, until, view="ways", **more)
        values = zip((one.key for one in found.measures), found.total.values, strict=True)
        return dict(values)[name] or 0

    async def rows(self):
        """All that is kept."""
        found = {}
        async with self.engine.connect() as connection:
            for table in TABLES:
                rows = (await connection.execute(select(table))).all()
                found[table.name] = sorted(map(tuple, rows), key=repr)
        return found


@asynccontextmanager
async def line(url: str, folder: Path, clock) -> AsyncIterator[Line]:
    """Its parts, in a folder of their own."""
    spool = Spool(folder / "spool.db", clock=clock)
    await spool.open()
    writing = asyncio.create_task(spool.run())
    async with database.opened(url) as engine:
        yield Line(spool, engine, clock)
    writing.cancel()
    await asyncio.wait([writing])
    await spool.close()


@pytest.fixture
async def opened(database_url: str, tmp_path: Path) -> AsyncIterator[Line]:
    """Over each kind of database, long after the days that tests tell of."""
    async with line(database_url, tmp_path, lambda: at(date(2026, 12, 24))) as made:
        yield made


def day_of(day: date, calls: int, seed: int = 1) -> Day:
    """So many calls from nine to five."""
    return Day(calls=calls, begins=at(day, 9), ends=at(day, 17), seed=seed)


async def test_a_call_that_is_over_is_counted_first(opened, monkeypatch):
    """What goes on still, and the agents' day, a little later, and though nothing else happens."""
    monkeypatch.setattr(keeping, "GATHER_S", 0.01)
    monkeypatch.setattr(keeping, "LATER_S", 1.5)
    (first, *_), (*going_on, _, _), over = batched(day_of(date(2026, 11, 3), 3).entries(), 7)
    calls = [one.call_id for one in (first, going_on[0], over[0])]

    async def happens(entries) -> None:
        for entry in entries:
            await opened.spool.append(entry)
        await opened.projector.catch_up()

    async def counted() -> set[str]:
        async with opened.engine.connect() as connection:
            return set(await connection.scalars(select(models.contact_facts.c.call_id)))

    async def until(some: set[str]) -> float:
        async with asyncio.timeout(10):
            while await counted() != some:  # noqa: ASYNC110 - nobody tells of a row
                await asyncio.sleep(0.02)
        return asyncio.get_running_loop().time()

    following = asyncio.create_task(opened.keeper.run())
    await happens([first])  # with the first round all is counted
    began = await until({calls[0]})
    await happens(going_on)
    await happens(over)
    await until({calls[0], calls[2]})
    assert await until({*calls}) - began >= 1.0
    async with opened.engine.connect() as connection:
        assert await connection.scalar(select(func.sum(models.agent_days.c.offers))) == 2
        assert await connection.scalar(select(func.count()).select_from(models.report_due)) == 0
    following.cancel()
    await asyncio.wait([following])


def batched(entries, size):
    """In pieces of so many."""
    entries = iter(entries)
    return iter(lambda: list(islice(entries, size)), [])


@pytest.mark.parametrize("day", [date(2026, 11, 3), SUMMER_BEGINS, SUMMER_ENDS])
async def test_live_and_report_agree_at_any_moment(opened, day, request):
    """After each piece of a day, round the clock, the report has, to the unit, what the board has:
    offered, answered, abandoned, short ones apart, in time. Also with ten thousand:
    `--day-calls 10000`."""
    calls = request.config.getoption("--day-calls")
    ends = midnight(date.fromordinal(day.toordinal() + 1)) - 3600
    whole = Day(calls=calls, begins=midnight(day), ends=ends, otherwise=0.15)
    told = sorted(whole.entries(), key=lambda one: one.at)
    first = min(one.seq for one in told)
    entries = (replace(one, seq=seq) for seq, one in enumerate(told, first))
    while piece := list(islice(entries, 211)):
        await opened.take(piece)
        for queue in (None, "general", "taxes"):
            live = opened.figures.today(piece[-1].at, queue)
            only = {"only": "queue", "key": queue} if queue else {}
            assert await opened.figure("answered", day, **only) == live.answered
            short = await opened.figure("short_abandoned", day, **only)
            assert short == live.short_abandoned
            assert await opened.figure("abandoned", day, **only) - short == live.abandoned
            waiting = await opened.figure("waiting", day, **only)
            assert await opened.figure("queued", day, **only) - waiting == live.offered
            level = (await opened.report(day, by="queue", **only)).total
            assert level.values[4] == pytest.approx(live.service_level)
            assert level.values[5] == pytest.approx(live.average_speed_of_answer_s, abs=0.001)


@pytest.mark.parametrize(("day", "quarters"), [(SUMMER_BEGINS, 92), (SUMMER_ENDS, 100)])
async def test_days_that_are_not_of_24_hours(opened, day, quarters):
    """A day on which the clock changes has 92 or 100 quarter hours; each call of it is in one, and
    none in another day."""
    whole = Day(calls=quarters * 2, begins=midnight(day), ends=midnight(day) + quarters * 900)
    await opened.take(whole.entries())
    found = await opened.report(day, by="quarter", view="ways")
    assert len(found.rows) == quarters
    assert {row.values[0] for row in found.rows} == {2.0}
    before, after = date.fromordinal(day.toordinal() - 1), date.fromordinal(day.toordinal() + 1)
    assert await opened.figure("rang_in", before) == await opened.figure("rang_in", after) == 0


async def test_rebuilt_to_the_same_numbers(opened, database_url, tmp_path):
    """Kept up piece by piece, in whatever pieces, and made anew from all that happened: every row
    is the same; `verify` finds no difference, and finds one that somebody makes."""
    entries = sorted(
        [
            *day_of(date(2026, 10, 30), 60).entries(),
            *day_of(date(2026, 11, 2), 60, seed=2).entries(),
        ],
        key=lambda one: one.seq,
    )
    rest = iter(entries)
    while piece := list(islice(rest, 37)):
        await opened.take(piece)
    await opened.keeper.make_months()
    kept = await opened.rows()
    assert all(kept.values())
    await opened.keeper.rebuild()
    assert await opened.rows() == kept
    assert await verify(opened.engine) == []
    async with opened.engine.begin() as connection:
        await connection.execute(text("UPDATE report_quarters SET answered = answered + 1"))
        await connection.execute(
            delete(models.contact_facts).where(
                models.contact_facts.c.call_id == kept["contact_facts"][0][0]
            )
        )
    assert {one.split(":")[0] for one in await verify(opened.engine)} == {
        "contact_facts",
        "report_quarters",
        "report_months",
        "service_days",
    }
    await opened.keeper.rebuild()
    assert await opened.rows() == kept
    async with opened.engine.begin() as connection:
        for table in TABLES:
            await connection.execute(delete(table))
    await opened.keeper.rebuild()
    assert await opened.rows() == kept


async def test_a_late_fact_restates_its_interval(opened):
    """What comes days later changes the quarter hour of the arrival, in every sum, and that is on
    record; a month that was made before tells the new number."""
    day = date(2026, 10, 5)
    entries = sorted(day_of(day, 40).entries(), key=lambda one: one.seq)
    *most, last = [one for one in entries if one.calls[0].record.saved_at is not None]
    await opened.take([one for one in entries if one is not last])
    await opened.keeper.make_months()
    before = (await opened.report(day, view="after")).total.values
    assert (await opened.report(day)).restated == 0
    assert len(most) > 10
    await opened.take([last])
    after = await opened.report(day, view="after")
    assert after.total.values != before
    assert after.restated > 0
    month = await opened.report(date(2026, 10, 1), date(2026, 10, 31), by="month", view="after")
    assert month.total.values == after.total.values
    assert await opened.keeper.make_months() == 1
    again = await opened.report(date(2026, 10, 1), date(2026, 10, 31), by="month", view="after")
    assert again.total.values == month.total.values


async def test_months_and_their_rests_say_what_days_say(opened):
    """A period of whole months and parts of others, by each dimension, read off sums of months and
    off facts: the same as from the facts alone."""
    for number_, day in enumerate((date(2026, 8, 20), date(2026, 9, 10), date(2026, 10, 7))):
        await opened.take(day_of(day, 50, seed=number_ + 1).entries())
    asked = {"since": date(2026, 8, 15), "until": date(2026, 10, 20)}
    dimensions = ("queue", "centre", "agent", "language", "dialled", "path", "service", "month")
    plain = [await opened.report(**asked, by=by) for by in dimensions]
    assert await opened.keeper.make_months() == 4
    rolled = [await opened.report(**asked, by=by) for by in dimensions]
    assert rolled == plain
    assert plain[0].total.values[0] > 100


async def test_the_rules_of_every_day(opened):
    """All of them hold of a simulated day; each fact that goes missing breaks one, and it is
    written down."""
    day = date(2026, 11, 3)
    await opened.take(day_of(day, 120).entries())
    await join_to_event(opened)
    found = await invariants.look(opened.engine, [number_of(day)], 1.0)
    assert [one for one in found if not one.holds] == []
    assert min(one.left for one in found) > 0
    async with opened.engine.begin() as connection:
        facts = models.contact_facts
        gone = await connection.scalar(select(func.min(facts.c.call_id)).where(facts.c.within > 0))
        await connection.execute(delete(facts).where(facts.c.call_id == gone))
        await connection.execute(text("UPDATE contact_facts SET within = 0"))
    broken = {
        one.rule
        for one in await invariants.look(opened.engine, [number_of(day)], 2.0)
        if not one.holds
    }
    assert broken == {"journaled", "level", "rolled_up"}
    assert {one.rule for one in await opened.room.checks() if not one.holds} == broken


@pytest.mark.parametrize("begins", [1, 40, 100])
async def test_the_rules_of_a_first_and_a_cut_day(opened, begins):
    """A database that first hears of a night in the middle of it (installed then, or restored),
    with calls under way and some that last over midnight: every rule holds of both days, and of the
    day before there was anything."""
    day, following = date(2026, 11, 3), date(2026, 11, 4)
    night = Day(calls=60, begins=at(day, 23, 30), ends=at(following, 0, 30), seed=3)
    await opened.take(list(night.entries())[begins:])
    days = [number_of(one) for one in (date(2026, 11, 2), day, following)]
    found = await invariants.look(opened.engine, days, 1.0)
    assert [one for one in found if not one.holds] == []
    assert await opened.figure("answered", day, following) > 20


async def join_to_event(opened: Line) -> None:
    """A few of the calls that rang in."""
    facts, case = models.contact_facts.c, {"kind": "fault", "state": "open", "subject": "s"}
    case |= dict.fromkeys(("service", "municipality", "owner", "begun_at", "opened_by"), "")
    joined = {"municipality": "", "joined_at": 1.0, "joined_by": "a1", "wants_word": False}
    async with opened.engine.begin() as connection:
        await connection.execute(
            insert(models.cases).values(case_id=1, opened_at=1.0, due_on="2026-12-31", **case)
        )
        rang_in = select(facts.call_id).where(facts.rang_in > 0).limit(5)
        for call_id in (await connection.scalars(rang_in)).all():
            await event_store.join(connection, {"case_id": 1, "call_id": call_id, **joined})
    await opened.keeper.catch_up()


async def test_presence_adds_up(opened):
    """An agent's states of a day add up to the time between the first and the last of them."""
    day = date(2026, 11, 3)
    await opened.take(day_of(day, 200).entries())
    async with opened.engine.connect() as connection:
        intervals, days = models.agent_intervals.c, models.agent_days.c
        spans = (
            await connection.execute(
                select(
                    intervals.agent_id, func.min(intervals.from_at), func.max(intervals.from_at)
                ).group_by(intervals.agent_id)
            )
        ).all()
        names = [one for one in days if one.name.endswith("_ms")]
        total = await connection.scalar(select(func.sum(sum(names[1:], start=names[0]))))
    assert len(spans) > 50
    assert int(total or 0) == sum(
        round(last * 1000) - round(first * 1000) for _, first, last in spans
    )


@pytest.mark.parametrize(
    "asked", [{"until": date(2026, 11, 2)}, {"until": date(2027, 1, 3), "by": "quarter"}]
)
async def test_wrong_periods(opened, asked):
    """The last day is not before the first, and by quarter hours a month is the most."""
    with pytest.raises(WrongPeriod):
        await opened.report(date(2026, 11, 3), **asked)
