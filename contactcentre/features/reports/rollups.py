"""Sums of facts, made anew where a fact has changed: by quarter hour and queue, by day and centre,
by month and each dimension."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    tuple_,
)

from contactcentre.storage import tables as models
from contactcentre.storage import writes
from contactcentre.storage.tables.reports import COUNTED, DIMENSIONS
from contactcentre.storage.test_calls import is_a_citizens
from routing.calendar import QUARTER_S, midnight

STANDS_AFTER_S: Final = 2 * 3600.0
"""So long after a quarter hour its figures stand: what changes them later is written down."""

_facts, _quarters = models.contact_facts.c, models.report_quarters.c
_months, _waits = models.report_months, models.report_waits
_days, _done, _contacts = models.service_days, models.services_done.c, models.contacts.c

Pair = tuple[int, str]
"""A quarter hour and a queue; or a day and a centre."""


def sums(table: Table, names: Iterable[str] = COUNTED) -> list[ColumnElement[int]]:
    """The columns that are added up."""
    return [cast(func.sum(table.c[name]), BigInteger).label(name) for name in names]


def longest(table: Table) -> ColumnElement[int]:
    """The one that is not."""
    return func.max(table.c.longest_ms).label("longest_ms")


def days(connection: Connection) -> list[int]:
    """Those of which anything is kept."""
    every = select(_facts.day).union(select(_quarters.day), select(_days.c.day))
    return sorted(connection.execute(every).scalars())


def parts(connection: Connection, day: int) -> tuple[set[Pair], set[Pair]]:
    """What is added up of a day: its quarter hours by queue, and itself by centre."""
    facts = select(_facts.quarter, _facts.queue).where(_facts.day == day)
    kept = select(_quarters.quarter, _quarters.queue).where(_quarters.day == day)
    centres = select(_facts.day, _facts.centre).where(_facts.day == day)
    served = select(_days.c.day, _days.c.centre).where(_days.c.day == day)
    return _pairs(connection, facts.union(kept)), _pairs(connection, centres.union(served))


def _pairs(connection: Connection, query: CompoundSelect[Any]) -> set[Pair]:
    return {(row[0], row[1]) for row in connection.execute(query)}


# Made once, for they are asked with every call.
_pairs_asked: BindParameter[Any] = bindparam("pairs", expanding=True)
_kept_quarters = select(models.report_quarters).where(
    tuple_(_quarters.quarter, _quarters.queue).in_(_pairs_asked)
)
_added_up = (
    select(
        _facts.quarter,
        _facts.queue,
        func.min(_facts.day).label("day"),
        longest(models.contact_facts),
        *sums(models.contact_facts),
    )
    .where(tuple_(_facts.quarter, _facts.queue).in_(_pairs_asked))
    .group_by(_facts.quarter, _facts.queue)
)


def keep_quarters(
    connection: Connection, pairs: Collection[Pair], at: float, *, quiet: bool
) -> None:
    """Add these quarter hours up anew; `quiet`: what changes of them is no restatement."""
    if not pairs:
        return
    asked = {"pairs": list(pairs)}
    rows = connection.execute(_kept_quarters, asked).mappings()
    before = {(row["quarter"], row["queue"]): dict(row) for row in rows}
    after = [dict(row) for row in connection.execute(_added_up, asked).mappings()]
    gone = set(before) - {(row["quarter"], row["queue"]) for row in after}
    if gone:
        which = tuple_(_quarters.quarter, _quarters.queue).in_(gone)
        connection.execute(delete(models.report_quarters).where(which))
    writes.upsert(connection, models.report_quarters, after)
    if not quiet:
        none = dict.fromkeys(COUNTED, 0)
        emptied = [{**none, "quarter": quarter, "queue": queue} for quarter, queue in gone]
        found = _restated(before, [*after, *emptied], at)
        writes.insert_new(connection, models.restatements, list(found))


def _restated(
    before: Mapping[Pair, Mapping[str, Any]], after: Iterable[Mapping[str, Any]], at: float
) -> Iterable[dict[str, Any]]:
    for row in after:
        pair = row["quarter"], row["queue"]
        was = before.get(pair)
        if was is None or at < (row["quarter"] + 1) * QUARTER_S + STANDS_AFTER_S:
            continue
        for name in COUNTED:
            if was[name] != row[name]:
                change = {"measure": name, "was": was[name], "became": row[name]}
                yield {"quarter": row["quarter"], "queue": row["queue"], "at": at, **change}


def keep_service_days(connection: Connection, pairs: Collection[Pair]) -> None:
    """Count anew what was done on these days in these centres."""
    if not pairs:
        return
    connection.execute(delete(_days).where(tuple_(_days.c.day, _days.c.centre).in_(pairs)))
    query = services().where(tuple_(_facts.day, _facts.centre).in_(pairs))
    rows = [dict(row) for row in connection.execute(query).mappings()]
    writes.upsert(connection, _days, rows)


def services() -> Select[Any]:
    """How often each service was done for citizens, under all columns of `service_days`."""
    told = case((_done.municipality == "", _facts.municipality), else_=_done.municipality)
    columns = (
        _facts.day,
        _facts.centre,
        _done.service,
        _done.kind,
        _done.level,
        _done.institution,
        told.label("municipality"),
        _contacts.came_by,
    )
    return (
        select(*columns, func.count().label("count"))
        .select_from(models.contact_facts)
        .join(models.services_done, _done.call_id == _facts.call_id)
        .join(models.contacts, _contacts.call_id == _facts.call_id)
        .where(is_a_citizens(_facts.call_id))
        .group_by(*columns)
    )


def quarters_of(month: int) -> tuple[int, int]:
    """The first quarter hour of a month, and the one after its last."""
    year, number = divmod(month, 100)
    following = date(year + number // 12, number % 12 + 1, 1)
    starts, ends = midnight(date(year, number, 1)), midnight(following)
    return int(starts // QUARTER_S), int(ends // QUARTER_S)


def make_month(connection: Connection, month: int, at: float) -> None:
    """Add a month up by each dimension, and its waits."""
    for table in (_months, _waits):
        connection.execute(delete(table).where(table.c.month == month))
    first, end = quarters_of(month)
    here = and_(_facts.quarter >= first, _facts.quarter < end)  # by the index
    for name in DIMENSIONS:
        told = _literal(name), _literal(month), _facts[name]
        query = (
            select(*told, longest(models.contact_facts), *sums(models.contact_facts))
            .where(here)
            .group_by(_facts[name])
        )
        columns = ["dimension", "month", "key", "longest_ms", *COUNTED]
        connection.execute(_months.insert().from_select(columns, query))
        waited = select(*told, _facts.band, func.count()).where(here, _facts.band.is_not(None))
        waited = waited.group_by(_facts[name], _facts.band)
        columns = ["dimension", "month", "key", "band", "count"]
        connection.execute(_waits.insert().from_select(columns, waited))
    row = {"month": month, "at": at}
    writes.upsert(connection, models.report_months_made, [row])


def _literal(value: str | int) -> ColumnElement[Any]:
    return literal(value, Integer if isinstance(value, int) else String(20))
