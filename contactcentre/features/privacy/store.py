"""Terms, holds and the report of what was deleted, in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy.document import DataClass, RetentionRule, rules
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models

_deletions, _holds, _contacts = models.deletions.c, models.legal_holds.c, models.contacts.c


@dataclass(frozen=True, slots=True)
class Night:
    """One class's work in one night: what is older than `before_at` goes."""

    day: str
    class_id: DataClass
    before_at: float


async def terms(
    connection: AsyncConnection, usual: Mapping[DataClass, int]
) -> Mapping[DataClass, RetentionRule]:
    """How long each class is kept now. Raises `Refused`."""
    return rules(await documents.read(connection, models.retention), usual)


# --- the report ------------------------------------------------------------------------------


async def is_done(connection: AsyncConnection, day: str, class_id: str) -> bool:
    """Whether that night's work on a class has come to its end."""
    mine = (_deletions.day == day) & (_deletions.class_id == class_id)
    finished_at = select(_deletions.finished_at).where(mine)
    return await connection.scalar(finished_at) is not None


async def note(connection: AsyncConnection, night: Night, count: int, at: float) -> None:
    """So many more were deleted, in this transaction."""
    row = {**asdict(night), "began_at": at, "count": count, "finished_at": None}
    await database.add(connection, models.deletions, [row], "count")


async def finish(connection: AsyncConnection, night: Night, at: float) -> None:
    """That was all."""
    mine = (_deletions.day == night.day) & (_deletions.class_id == night.class_id)
    await connection.execute(update(models.deletions).where(mine).values(finished_at=at))


async def report(connection: AsyncConnection, since: str) -> Sequence[RowMapping]:
    """The nights since that day, the latest first."""
    query = select(models.deletions).where(_deletions.day >= since)
    ordered = query.order_by(_deletions.day.desc(), _deletions.class_id)
    return (await connection.execute(ordered)).mappings().all()


async def messages_deleted(connection: AsyncConnection, since_at: float, until_at: float) -> int:
    """Recordings: they go one by one, at any hour."""
    at = _contacts.message_deleted_at
    query = select(func.count()).select_from(models.contacts)
    return await connection.scalar(query.where(at >= since_at, at < until_at)) or 0


async def forget_reports(connection: AsyncConnection, before_at: float) -> None:
    """Those that are old themselves."""
    await connection.execute(delete(models.deletions).where(_deletions.began_at < before_at))


# --- holds -----------------------------------------------------------------------------------


async def hold(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Keep a person's data until further notice."""
    await connection.execute(models.legal_holds.insert(), row)


async def lift(connection: AsyncConnection, person: str, *, at: float, by: str) -> int:
    """End every hold on a person; how many there were."""
    open_ = (_holds.person == person) & _holds.lifted_at.is_(None)
    change = update(models.legal_holds).where(open_).values(lifted_at=at, lifted_by=by)
    return (await connection.execute(change)).rowcount


async def held(connection: AsyncConnection) -> frozenset[str]:
    """Whose data must stay, by pseudonym."""
    query = select(_holds.person).where(_holds.lifted_at.is_(None))
    return frozenset((await connection.execute(query)).scalars())


async def holds(connection: AsyncConnection) -> Sequence[RowMapping]:
    """All, the latest first."""
    query = select(models.legal_holds).order_by(_holds.placed_at.desc())
    return (await connection.execute(query)).mappings().all()


async def caller_of(connection: AsyncConnection, call_id: str) -> str | None:
    """The number of a contact, or its pseudonym."""
    found: str | None = await connection.scalar(
        select(_contacts.caller).where(_contacts.call_id == call_id)
    )
    return found


async def open_case(connection: AsyncConnection, callers: Collection[str]) -> bool:
    """Whether a case of one of these is not over."""
    cases = models.cases.c
    query = select(cases.case_id).where(cases.caller.in_(callers), cases.over_at.is_(None))
    return await connection.scalar(query.limit(1)) is not None
