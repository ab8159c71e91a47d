"""The chain in the database: where it begins and ends, and its rows in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import RowMapping, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.audit.chain import BEGINNING, Anchor, Checkpoint
from contactcentre.storage import tables as models

PORTION = 1000
"""Rows that are read at once."""

_audit, _seals, _checkpoints = models.audit.c, models.audit_seals.c, models.audit_checkpoints.c


async def head(connection: AsyncConnection) -> Anchor:
    """The last link; of a chain that is gone whole, where it went."""
    last = select(_seals.position, _seals.hash).order_by(_seals.position.desc()).limit(1)
    row = (await connection.execute(last)).one_or_none()
    if row is not None:
        return Anchor(*row)
    found = await checkpoint(connection)
    return found[0].anchor if found is not None else BEGINNING


async def checkpoint(connection: AsyncConnection) -> tuple[Checkpoint, str] | None:
    """The last one, and its signature."""
    query = select(models.audit_checkpoints).order_by(_checkpoints.position.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    names = ("position", "hash", "made_at", "before_at")
    return Checkpoint(**{name: row[name] for name in names}), row["signature"]


async def links(connection: AsyncConnection, after: int = 0) -> AsyncIterator[RowMapping]:
    """Every link behind that position with its row; the row's columns are None where it is gone."""
    while portion := await some_links(connection, after, PORTION):
        for row in portion:
            yield row
        after = portion[-1]["position"]


async def some_links(connection: AsyncConnection, after: int, limit: int) -> Sequence[RowMapping]:
    """The next of them, at most `limit`. `number` is the row's, `sealed` the link's."""
    query = (
        select(_seals.position, _seals.hash, _seals.number.label("sealed"), models.audit)
        .outerjoin_from(models.audit_seals, models.audit, _audit.number == _seals.number)
        .where(_seals.position > after)
        .order_by(_seals.position)
        .limit(limit)
    )
    return (await connection.execute(query)).mappings().all()


async def links_between(
    connection: AsyncConnection, since: float, until: float, after: int
) -> Sequence[RowMapping]:
    """The next rows of that time behind that position, a portion of them, with their links."""
    query = (
        select(_seals.position, _seals.hash, models.audit)
        .join_from(models.audit_seals, models.audit, _audit.number == _seals.number)
        .where(_audit.at >= since, _audit.at < until, _seals.position > after)
        .order_by(_seals.position)
        .limit(PORTION)
    )
    return (await connection.execute(query)).mappings().all()


_sealed = select(_seals.number).where(_seals.number == _audit.number).exists()
_numbers = models.audit.alias("numbers").c
_looked_at = (
    select(func.coalesce(func.max(_numbers.number), 0))
    .where(_numbers.number <= bindparam("up_to"))
    .scalar_subquery()
)
# Made once: it is asked every second, and to build it takes longer than to answer it.
_unsealed = (
    select(models.audit)
    .where(_audit.number > _looked_at - bindparam("again"), ~_sealed)
    .order_by(_audit.number)
    .limit(bindparam("most"))
)


async def unsealed(
    connection: AsyncConnection, *, up_to: int, again: int, limit: int
) -> Sequence[RowMapping]:
    """Rows that are not in the chain yet, the oldest first: those above the number that was looked
    at last, or above the highest that is left of them, and so many of the numbers before it."""
    given = {"up_to": up_to, "again": again, "most": limit}
    return (await connection.execute(_unsealed, given)).mappings().all()


async def last_number(connection: AsyncConnection) -> int:
    """The highest of a row's numbers; 0 where there is none."""
    return await connection.scalar(select(func.max(_audit.number))) or 0


async def unsealed_count(connection: AsyncConnection) -> int:
    """How many rows are not in the chain yet."""
    query = select(func.count()).select_from(models.audit).where(~_sealed)
    return await connection.scalar(query) or 0
