"""Requests for a second person, in the database; each changes by one statement that looks first."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.port import Realm
from contactcentre.storage import tables as models

LISTED = 100
_rows = models.approvals.c
_people = models.users.c


class NotApproved(Exception):
    """Nobody else has approved that, or it was too long ago, or it was used already."""


async def waiting(connection: AsyncConnection, now: float) -> Sequence[RowMapping]:
    """What can still be decided, the oldest first; `name` is that of who has asked."""
    query = (
        select(models.approvals, _people.name)
        .outerjoin_from(models.approvals, models.users, _people.user_id == _rows.asked_by)
        .where(_rows.decision == "", _rows.expires_at > now)
        .order_by(_rows.asked_at)
        .limit(LISTED)
    )
    return (await connection.execute(query)).mappings().all()


async def add(
    connection: AsyncConnection,
    approval_id: str,
    *,
    act: str,
    of: str,
    realms: AbstractSet[Realm],
    why: str,
    by: str,
    at: float,
    expires_at: float,
) -> None:
    """Keep a request."""
    row = {
        "approval_id": approval_id,
        "act": act,
        "object": of,
        "realms": sorted(map(list, realms)),
        "why": why,
        "asked_by": by,
        "asked_at": at,
        "expires_at": expires_at,
    }
    await connection.execute(models.approvals.insert(), row)


async def one(connection: AsyncConnection, approval_id: str) -> RowMapping | None:
    """A request, whatever has become of it."""
    query = select(models.approvals).where(_rows.approval_id == approval_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def decide(
    connection: AsyncConnection, approval_id: str, decision: str, *, by: str, at: float
) -> bool:
    """Decide one that waits, and that somebody else has asked for; whether it was so."""
    change = (
        update(models.approvals)
        .where(_rows.approval_id == approval_id, _rows.decision == "")
        .where(_rows.expires_at > at, _rows.asked_by != by)
        .values(decision=decision, decided_by=by, decided_at=at)
    )
    return (await connection.execute(change)).rowcount == 1


async def use(connection: AsyncConnection, *, act: str, of: str, by: str, at: float) -> str:
    """Use up what was approved, in the transaction of what is done; who has approved it.

    Raises `NotApproved`.
    """
    found = (
        select(_rows.approval_id)
        .where(_rows.act == act, _rows.object == of, _rows.asked_by == by)
        .where(_rows.decision == "approved", _rows.used_at.is_(None), _rows.expires_at > at)
        .limit(1)
        .scalar_subquery()
    )
    change = (
        update(models.approvals)
        .where(_rows.approval_id == found, _rows.used_at.is_(None))
        .values(used_at=at)
        .returning(_rows.decided_by)
    )
    second: str | None = await connection.scalar(change)
    if second is None:
        raise NotApproved
    return second


async def usable(connection: AsyncConnection, act: str, *, by: str, at: float) -> Sequence[str]:
    """The objects of what was approved, and is not used up, the oldest first."""
    query = (
        select(_rows.object)
        .where(_rows.act == act, _rows.asked_by == by, _rows.decision == "approved")
        .where(_rows.used_at.is_(None), _rows.expires_at > at)
        .order_by(_rows.asked_at)
        .limit(LISTED)
    )
    return (await connection.execute(query)).scalars().all()


async def forget(connection: AsyncConnection, before_at: float) -> None:
    """Delete those that expired before that moment."""
    await connection.execute(delete(models.approvals).where(_rows.expires_at < before_at))


def realms_of(row: RowMapping) -> frozenset[Realm]:
    """In which the object of a request lies."""
    return frozenset((kind, key) for kind, key in row["realms"])
