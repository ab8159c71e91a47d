"""What leaves the house each month: for the ministry, and between municipalities."""

from __future__ import annotations

from collections import Counter
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.reports.port import Sheet
from contactcentre.features.reports import names
from contactcentre.storage import tables as models
from contactcentre.storage.test_calls import is_a_citizens

MINISTRY: Final = (
    *("month", "municipality", "centre_id", "centre", "channel", "level", "kind"),
    *("institution", "service_id", "service", "count"),
)
BALANCE: Final = ("month", "asked_about", "answered_by", "calls", "talk_minutes")

_days, _facts = models.service_days.c, models.contact_facts.c


async def ministry(connection: AsyncConnection, month: int) -> Sheet:
    """Consultations and applications, state and municipal, by centre, service and channel."""
    query = (
        select(
            _days.centre,
            _days.came_by,
            _days.level,
            _days.kind,
            _days.institution,
            _days.service,
            func.sum(_days["count"]),
        )
        .where(_days.day.between(month * 100, month * 100 + 99))
        .group_by(
            _days.centre, _days.came_by, _days.level, _days.kind, _days.institution, _days.service
        )
        .order_by(
            _days.centre, _days.came_by, _days.level, _days.kind, _days.institution, _days.service
        )
    )
    rows = (await connection.execute(query)).all()
    where = await names.read_map(connection)
    centres = await names.labels(connection, "centre", "lv", {row[0] for row in rows})
    services = await names.labels(connection, "service", "lv", {row[5] for row in rows})
    towns = await names.labels(connection, "municipality", "lv")
    made = []
    for centre, came_by, level, kind, institution, service, count in rows:
        town = where.place(centre).municipality
        here = (month, towns.get(town, town), centre, centres.get(centre, ""), came_by, level, kind)
        made.append((*here, institution, service, services.get(service, ""), int(count)))
    return Sheet(name=f"ministry-{month}", heads=MINISTRY, rows=tuple(made))


async def balance(connection: AsyncConnection, month: int) -> Sheet:
    """Calls by the municipality that was asked about and that of the centre which answered."""
    query = (
        select(_facts.municipality, _facts.centre, func.sum(_facts.answered), _talked())
        .where(_facts.day.between(month * 100, month * 100 + 99), _facts.answered > 0)
        .where(is_a_citizens(_facts.call_id))
        .group_by(_facts.municipality, _facts.centre)
    )
    where = await names.read_map(connection)
    towns = await names.labels(connection, "municipality", "lv")
    calls: Counter[tuple[str, str]] = Counter()
    talk_ms: Counter[tuple[str, str]] = Counter()
    for asked, centre, count, length_ms in await connection.execute(query):
        pair = where.municipality(asked), where.place(centre).municipality
        calls[pair] += int(count)
        talk_ms[pair] += int(length_ms)
    rows = tuple(
        (month, towns.get(a, a), towns.get(b, b), calls[a, b], round(talk_ms[a, b] / 60_000, 1))
        for a, b in sorted(calls)
    )
    return Sheet(name=f"balance-{month}", heads=BALANCE, rows=rows)


def _talked() -> ColumnElement[int]:
    return func.sum(_facts.talk_ms + _facts.hold_ms)
