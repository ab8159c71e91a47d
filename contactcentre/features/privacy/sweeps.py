"""What is deleted of each class, a portion at a time, the oldest first.

A portion is one short transaction. It begins behind the last row of the one before, so what a hold
keeps is passed over and not met again that night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, RowMapping, bindparam, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy import store
from contactcentre.features.privacy.document import DataClass
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms

PORTION = 200
"""Contacts of one transaction."""

EVENTS = 1000
"""Events of one transaction: they are small, and many."""

_contacts, _journal, _decisions = models.contacts.c, models.journal.c, models.decisions.c


class Reached(NamedTuple):
    """How far a night has come."""

    at: float = float("-inf")
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    """What one transaction came to. `reached` is None where there is no more."""

    count: int
    reached: Reached | None


class Sweep(Protocol):
    """One class's work."""

    class_id: DataClass

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """Delete the next rows that are from before that instant."""


class NumberSweep:
    """Numbers become pseudonyms."""

    class_id: DataClass = "numbers"

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        there = _contacts.caller.is_not(None) & _contacts.forgotten_at.is_(None)
        rows = await _old(connection, there, before_at, reached)
        held = await store.held(connection)
        named = [(row["call_id"], self._pseudonyms.of(row["caller"])) for row in rows]
        free = [{"of": key, "to": name} for key, name in named if name not in held]
        if free:
            change = update(models.contacts).where(_contacts.call_id == bindparam("of"))
            await connection.execute(change.values(caller=bindparam("to"), forgotten_at=at), free)
        return Portion(len(free), _next(rows))


class NoteSweep:
    """Notes go; what was done stays."""

    class_id: DataClass = "notes"

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        rows = await _old(connection, _contacts.note != "", before_at, reached)
        free = await store.not_held(connection, rows, "call_id", self._pseudonyms.of)
        if free:
            change = update(models.contacts).where(_contacts.call_id.in_(free))
            await connection.execute(change.values(note=""))
        return Portion(len(free), _next(rows))


class EventSweep:
    """The journal and the log of decisions go."""

    class_id: DataClass = "events"

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        gone = 0
        for table in (models.journal, models.decisions):
            key = tuple_(*table.primary_key.columns)
            old = select(*table.primary_key.columns).where(table.c.at < before_at)
            oldest = old.order_by(table.c.at).limit(EVENTS)
            gone += (await connection.execute(delete(table).where(key.in_(oldest)))).rowcount
        return Portion(gone, reached if gone else None)


async def _old(
    connection: AsyncConnection, there: ColumnElement[bool], before_at: float, reached: Reached
) -> Sequence[RowMapping]:
    """Contacts that are over. By when they began: that is what there is an index of."""
    behind = tuple_(_contacts.arrived_at, _contacts.call_id) > tuple_(reached.at, reached.call_id)
    query = (
        select(_contacts.call_id, _contacts.caller, _contacts.arrived_at)
        .where(there, _contacts.arrived_at < before_at, _contacts.ended_at < before_at, behind)
        .order_by(_contacts.arrived_at, _contacts.call_id)
        .limit(PORTION)
    )
    return (await connection.execute(query)).mappings().all()


def _next(rows: Sequence[RowMapping]) -> Reached | None:
    if len(rows) < PORTION:
        return None
    return Reached(rows[-1]["arrived_at"], rows[-1]["call_id"])
