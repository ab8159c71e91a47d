"""Which files there are, and what stands in their columns (docs/handbook/analysts.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, select

from contactcentre.features.analysts.month import quarters
from contactcentre.features.analysts.names import AnalystNames
from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import COUNTED, DIMENSIONS, STATES
from contactcentre.storage.test_calls import is_a_citizens
from routing.calendar import QUARTER_S, date_of

_facts, _contacts, _legs = models.contact_facts.c, models.contacts.c, models.legs.c
_done, _days = models.services_done.c, models.agent_days.c

Kept = Mapping[str, Any]
"""A row as the database has it."""
Cells = tuple[Any, ...]
"""A row as the file has it, in the order of its columns."""


@dataclass(frozen=True, slots=True)
class AnalystSheet:
    """One kind of file: `columns` are names and their types in DuckDB's words, `rows` asks for the
    rows of a month (202610), `cells` makes one of each."""

    name: str
    columns: Mapping[str, str]
    rows: Callable[[int], Select[Any]]
    cells: Callable[[Kept, AnalystNames], Cells]


def _text(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "VARCHAR")


def _whole(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "BIGINT")


def _here(month: int) -> ColumnElement[bool]:
    first, end = quarters(month)
    return and_(_facts.quarter >= first, _facts.quarter < end)


# --- contacts -------------------------------------------------------------------------------------

_SAID: Final = ("direction", "came_by", "outcome", "kind")
_TOLD_APART: Final = tuple(name for name in DIMENSIONS if name != "agent")


def _contact_rows(month: int) -> Select[Any]:
    return (
        select(models.contact_facts, _contacts.caller, *(_contacts[name] for name in _SAID))
        .join(models.contacts, _contacts.call_id == _facts.call_id)
        .where(_here(month))
        .order_by(_facts.quarter, _facts.call_id)
    )


def _contact_cells(row: Kept, names: AnalystNames) -> Cells:
    return (
        names.contact(row["call_id"]),
        names.caller(row["caller"]),
        names.agent(row["agent"]),
        datetime.fromtimestamp(row["quarter"] * QUARTER_S, UTC).replace(tzinfo=None),
        date_of(row["day"]),
        *(row[name] for name in (*_TOLD_APART, *_SAID, "band", "longest_ms", *COUNTED)),
    )


# --- legs -----------------------------------------------------------------------------------------


def _leg_rows(month: int) -> Select[Any]:
    return (
        select(models.legs, _contacts.arrived_at, _facts.quarter)
        .join(models.contact_facts, _facts.call_id == _legs.call_id)
        .join(models.contacts, _contacts.call_id == _legs.call_id)
        .where(_here(month))
        .order_by(_facts.quarter, _legs.call_id, _legs.from_at, _legs.leg_id)
    )


def _leg_cells(row: Kept, names: AnalystNames) -> Cells:
    return (
        names.contact(row["call_id"]),
        names.agent(row["agent_id"]),
        *(row[name] for name in ("party", "purpose", "why", "circle")),
        _ms(row["arrived_at"], row["from_at"]),
        _ms(row["from_at"], row["answered_at"] if row["answered_at"] is not None else row["to_at"]),
        _ms(row["answered_at"], row["to_at"]),
    )


def _ms(since: float | None, until: float | None) -> int | None:
    """As reports have it: whole, and never negative."""
    return None if since is None or until is None else max(0, round((until - since) * 1000))


# --- services recorded ----------------------------------------------------------------------------

_DONE: Final = ("service", "kind", "outcome", "institution", "level")


def _service_rows(month: int) -> Select[Any]:
    told = case((_done.municipality == "", _facts.municipality), else_=_done.municipality)
    return (
        select(*(_done[name] for name in _DONE), told.label("municipality"))
        .add_columns(_facts.call_id, _facts.day, _facts.centre, _contacts.came_by)
        .join(models.contact_facts, _facts.call_id == _done.call_id)
        .join(models.contacts, _contacts.call_id == _done.call_id)
        .where(_here(month), is_a_citizens(_done.call_id))
        .order_by(_facts.quarter, _done.call_id, _done.service)
    )


def _service_cells(row: Kept, names: AnalystNames) -> Cells:
    more = (*_DONE, "municipality", "centre", "came_by")
    return (names.contact(row["call_id"]), date_of(row["day"]), *(row[name] for name in more))


# --- agents' days ---------------------------------------------------------------------------------

_SPENT: Final = (*(f"{state}_ms" for state in STATES), "offers", "missed")


def _day_rows(month: int) -> Select[Any]:
    here = _days.day.between(month * 100, month * 100 + 99)
    return select(models.agent_days).where(here).order_by(_days.day, _days.agent)


def _day_cells(row: Kept, names: AnalystNames) -> Cells:
    spent = (row[name] for name in _SPENT)
    return (date_of(row["day"]), names.agent(row["agent"]), *spent)


SHEETS: Final = (
    AnalystSheet(
        "contacts",
        {
            **_text("contact", "caller", "agent"),
            "quarter_at": "TIMESTAMP",
            "day": "DATE",
            **_text(*_TOLD_APART, *_SAID),
            **_whole("band", "longest_ms", *COUNTED),
        },
        _contact_rows,
        _contact_cells,
    ),
    AnalystSheet(
        "legs",
        {
            **_text("contact", "agent", "party", "purpose", "why"),
            **_whole("circle", "began_ms", "rang_ms", "talk_ms"),
        },
        _leg_rows,
        _leg_cells,
    ),
    AnalystSheet(
        "services",
        {
            "contact": "VARCHAR",
            "day": "DATE",
            **_text(*_DONE, "municipality", "centre", "came_by"),
        },
        _service_rows,
        _service_cells,
    ),
    AnalystSheet(
        "agent_days",
        {"day": "DATE", "agent": "VARCHAR", **_whole(*_SPENT)},
        _day_rows,
        _day_cells,
    ),
)
