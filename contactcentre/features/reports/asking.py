"""From a question to sums: which table answers it, and what its rows come to.

Whole months that are over are read off `report_months`, the rest from the facts, by the index on
their quarter hour; quarter hours and days of all queues, or of one, off `report_quarters`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, get_args

from sqlalchemy import ColumnElement, String, Table, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.reports.port import Dimension, Measure, ReportQuestion, Step
from contactcentre.features.reports.facts import quarter
from contactcentre.features.reports.names import Map
from contactcentre.features.reports.presence_days import start_of
from contactcentre.features.reports.rollups import longest, sums
from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import COUNTED
from routing.calendar import date_of, midnight, number_of

STEPS: Final = frozenset(get_args(Step))
_facts, _quarters = models.contact_facts, models.report_quarters
_months, _waits, _agent_days = models.report_months, models.report_waits, models.agent_days

PRESENCE: Final = tuple(
    column.name for column in models.agent_days.c if column.name.endswith("_ms")
)

Key = int | str


@dataclass(slots=True)
class Gathered:
    """Sums by row, and how many waited how long."""

    sums: defaultdict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    bands: defaultdict[Key, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, key: Key, row: dict[str, Any]) -> None:
        """More of that row; of the longest wait, the longer one."""
        longest_ms = max(self.sums[key]["longest_ms"], row.pop("longest_ms", None) or 0)
        self.sums[key].update(row)
        self.sums[key]["longest_ms"] = longest_ms

    def merged(self, other: Gathered) -> None:
        """All of another one's."""
        for key, row in other.sums.items():
            self.add(key, dict(row))
        for key, counts in other.bands.items():
            self.bands[key].update(counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A question, with the keys of what it is of alone, and the columns that are asked for."""

    asked: ReportQuestion
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    bands: bool

    @property
    def first(self) -> int:
        """Its first quarter hour."""
        return quarter(midnight(self.asked.since))

    @property
    def end(self) -> int:
        """The one after its last."""
        return quarter(midnight(self.asked.until + timedelta(days=1)))

    @property
    def dimension(self) -> Dimension:
        """By which months are read."""
        by = self.asked.by
        return self.asked.only or ("queue" if by in STEPS else by)  # type: ignore[return-value]

    @property
    def by_months(self) -> bool:
        """Whether months that are over answer it."""
        by, only = self.asked.by, self.asked.only
        if by in STEPS:
            return by in ("month", "year")
        return only is None or only == by


def columns_of(measures: Iterable[Measure]) -> tuple[str, ...]:
    """Of which sums these are made, as far as they are those of contacts."""
    names = {name for one in measures for name in (*one.plus, *one.minus, *one.by, *one.less)}
    return tuple(name for name in COUNTED if name in names)


async def gather(connection: AsyncConnection, wanted: Wanted) -> Gathered:
    """What its rows come to."""
    found = Gathered()
    rest = [(wanted.first, wanted.end)]
    if wanted.by_months:
        made = await _made_months(connection, wanted)
        found.merged(await _of_months(connection, wanted, made))
        rest = list(_between(wanted, made))
    by, only = wanted.asked.by, wanted.asked.only
    counted = by in ("quarter", "day", "week") and only in (None, "queue")
    for first, end in rest:
        table = _quarters if counted else _facts
        await _of_range(connection, wanted, found, table, first, end)
        if wanted.bands:
            await _bands_of_range(connection, wanted, found, first, end)
    return found


async def gather_presence(connection: AsyncConnection, wanted: Wanted) -> dict[Key, Counter[str]]:
    """Of agents' days, by step of time or by agent; `keys` are agents where it is of one alone."""
    table = _agent_days.c
    by = wanted.asked.by
    key = _time(_agent_days, by) if by in STEPS else table.agent
    query = (
        select(key, *(func.sum(table[name]).label(name) for name in PRESENCE))
        .where(table.day.between(number_of(wanted.asked.since), number_of(wanted.asked.until)))
        .group_by(key)
    )
    if wanted.asked.only == "agent":
        query = query.where(table.agent.in_(wanted.keys))
    found: dict[Key, Counter[str]] = {}
    for row in await connection.execute(query):
        named = dict(zip(PRESENCE, map(int, row[1:]), strict=True))
        found.setdefault(_step(by, row[0]), Counter()).update(named)
    return found


async def _made_months(connection: AsyncConnection, wanted: Wanted) -> list[int]:
    whole = list(_whole_months(wanted.asked.since, wanted.asked.until))
    column = models.report_months_made.c.month
    query = select(column).where(column.in_(whole)).order_by(column)
    return list((await connection.execute(query)).scalars()) if whole else []


async def _of_months(connection: AsyncConnection, wanted: Wanted, made: Sequence[int]) -> Gathered:
    found = Gathered()
    if not made:
        return found
    for table, is_bands in ((_months, False), (_waits, True)):
        if is_bands and not wanted.bands:
            continue
        key = _month_key(wanted, table)
        chosen = and_(table.c.dimension == wanted.dimension, table.c.month.in_(made))
        if wanted.asked.only is not None:
            chosen = and_(chosen, table.c.key.in_(wanted.keys))
        if is_bands:
            query = select(key, table.c.band, func.sum(table.c["count"])).where(chosen)
            for row in await connection.execute(query.group_by(key, table.c.band)):
                found.bands[row[0]][row[1]] += int(row[2])
        else:
            named = select(key.label("of"), longest(table), *sums(table, wanted.columns))
            for one in (await connection.execute(named.where(chosen).group_by(key))).mappings():
                given = dict(one)
                found.add(given.pop("of"), given)
    return found


def _month_key(wanted: Wanted, table: Table) -> ColumnElement[Any]:
    if wanted.asked.by == "month":
        return table.c.month
    return table.c.month // 100 if wanted.asked.by == "year" else table.c.key


async def _of_range(
    connection: AsyncConnection, wanted: Wanted, found: Gathered, table: Table, first: int, end: int
) -> None:
    key = _key(wanted, table)
    query = select(key.label("of"), longest(table), *sums(table, wanted.columns))
    query = query.where(_chosen(wanted, table, first, end)).group_by(key)
    for row in (await connection.execute(query)).mappings():
        given = dict(row)
        found.add(_step(wanted.asked.by, given.pop("of")), given)


async def _bands_of_range(
    connection: AsyncConnection, wanted: Wanted, found: Gathered, first: int, end: int
) -> None:
    key, band = _key(wanted, _facts).label("of"), _facts.c.band
    here = and_(_chosen(wanted, _facts, first, end), band.is_not(None))
    if wanted.asked.by == "quarter":
        await _bands_by_quarter(connection, found, here)
        return
    query = select(key, band, func.count()).where(here).group_by(key, band)
    for of, number, count in await connection.execute(query):
        found.bands[_step(wanted.asked.by, of)][number] += count


async def _bands_by_quarter(
    connection: AsyncConnection, found: Gathered, here: ColumnElement[bool]
) -> None:
    """A row's come as one text, each wait with its band, in the order of the index: a month has
    1,200 rows, and 37,000 pairs of row and band, which are sooner counted here than there."""
    quarter_of, band = _facts.c.quarter, cast(_facts.c.band, String)
    query = select(quarter_of, func.aggregate_strings(band, ",")).where(here).group_by(quarter_of)
    for of, waited in await connection.execute(query):
        counts = Counter(waited.split(",")).items()
        found.bands[of].update({int(number): count for number, count in counts})


def _key(wanted: Wanted, table: Table) -> ColumnElement[Any]:
    by = wanted.asked.by
    return _time(table, by) if by in STEPS else table.c[by]


def _time(table: Table, by: str) -> ColumnElement[Any]:
    if by == "quarter":
        return table.c.quarter
    if by == "month":
        return table.c.day // 100
    return table.c.day // 10_000 if by == "year" else table.c.day


def _step(by: str, key: Key) -> Key:
    """Weeks are told from days here: by the number of their Monday."""
    if by != "week":
        return key
    day = date_of(int(key))
    return number_of(day - timedelta(days=day.weekday()))


def _chosen(wanted: Wanted, table: Table, first: int, end: int) -> ColumnElement[bool]:
    here = and_(table.c.quarter >= first, table.c.quarter < end)
    if wanted.asked.only is None:
        return here
    return and_(here, table.c[wanted.asked.only].in_(wanted.keys))


def calls_of(wanted: Wanted, measure: str, row: str, where: Map) -> ColumnElement[bool]:
    """The facts beneath a count, of one row or ("") of all.

    Raises `LookupError` where it is no count of contacts.
    """
    if measure not in COUNTED or measure.endswith("_ms"):
        raise LookupError(measure)
    beneath = and_(_chosen(wanted, _facts, wanted.first, wanted.end), _facts.c[measure] > 0)
    by = wanted.asked.by
    if not row:
        return beneath
    if by not in STEPS:
        keys = where.keys_of(row) if by == "municipality" else (row,)
        return and_(beneath, _facts.c[by].in_(keys))
    if not row.isdecimal() or len(row) > 8:
        raise LookupError(row)
    if by == "week":
        try:
            monday = date_of(int(row))
        except ValueError:
            raise LookupError(row) from None
        days = number_of(monday), number_of(monday + timedelta(days=6))
        return and_(beneath, _facts.c.day.between(*days))
    return and_(beneath, _time(_facts, by) == int(row))


def _whole_months(since: date, until: date) -> Iterator[int]:
    month = since if since.day == 1 else _next_month(since)
    while _next_month(month) <= until + timedelta(days=1):
        yield month.year * 100 + month.month
        month = _next_month(month)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _between(wanted: Wanted, made: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The quarter hours beside those months."""
    at = wanted.first
    for month in made:
        starts = quarter(start_of(month * 100 + 1))
        if at < starts:
            yield at, starts
        at = quarter(midnight(_next_month(date_of(month * 100 + 1))))
    if at < wanted.end:
        yield at, wanted.end
