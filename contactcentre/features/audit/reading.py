"""Rows of the audit log as somebody asks for them, the newest first and a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models

_audit = models.audit.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked for; "" and None are anything. Times are seconds since the epoch, UTC."""

    who: str = ""
    people: frozenset[str] | None = None  # their ids; None is anybody
    action: str = ""  # `person` means all that begin so
    object: str = ""
    person: str = ""
    citizen: Collection[str] | None = None  # all that names one; None is anybody, and nobody
    since: float | None = None
    until: float | None = None
    below: int | None = None  # the number of the last row of the page before
    limit: int = 100


async def find(connection: AsyncConnection, search: Search) -> Sequence[RowMapping]:
    """A page of rows."""
    rows: Sequence[RowMapping] = (await connection.execute(asked(search))).mappings().all()
    return rows


def asked(search: Search) -> Select[Any]:
    """The query."""
    query: Select[Any] = select(models.audit).order_by(_audit.number.desc()).limit(search.limit)
    for column, text in ((_audit.object, search.object), (_audit.person, search.person)):
        query = query.where(column == text) if text else query
    for column, text in ((_audit.who, search.who), (_audit.action, search.action)):
        query = query.where(column.startswith(text, autoescape=True)) if text else query
    if search.citizen is not None:
        query = query.where(_audit.person.in_(search.citizen), models.AUDIT_OF_SOMEBODY)
    if search.people is not None:
        query = query.where(_audit.who.in_(search.people))
    if search.since is not None:
        query = query.where(_audit.at >= search.since)
    if search.until is not None:
        query = query.where(_audit.at < search.until)
    if search.below is not None:
        query = query.where(_audit.number < search.below)
    return query
