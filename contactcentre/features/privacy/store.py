"""Terms, holds and the report of what was deleted, in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy.document import DataClass, RetentionRule, rules
from contactcentre.storage import database, documents, people
from contactcentre.storage import tables as models
from contactcentre.storage.people import KnownPerson

_numbers, _ties = models.person_numbers.c, models.contact_people.c
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


async def recordings_deleted(
    connection: AsyncConnection, since_at: float, until_at: float
) -> Mapping[str, int]:
    """Those of talks, in the same way; by why."""
    rows = models.recordings.c
    query = select(rows.deleted_why, func.count()).where(
        rows.deleted_at >= since_at, rows.deleted_at < until_at
    )
    found = await connection.execute(query.group_by(rows.deleted_why))
    return {row[0]: row[1] for row in found}


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
    """Whose data must stay, by pseudonym: of a number that is held, and of all other numbers of
    whoever has it."""
    query = select(_holds.person).where(_holds.lifted_at.is_(None))
    names = frozenset((await connection.execute(query)).scalars())
    having = select(_numbers.person_id).where(_numbers.pseudonym.in_(names)).distinct()
    roots = {
        await people.root(connection, one) for one in (await connection.execute(having)).scalars()
    }
    rows = people.same_as([one for one in roots if one])
    others = select(_numbers.pseudonym).where(_numbers.person_id.in_(rows))
    return names | frozenset((await connection.execute(others)).scalars())


async def not_held(
    connection: AsyncConnection, rows: Sequence[RowMapping], key: str, of: Callable[[str], str]
) -> list[str]:
    """The keys of those rows whose `caller` nobody wants kept; `of` makes the pseudonym."""
    names = await held(connection)
    return [row[key] for row in rows if of(row["caller"] or "") not in names]


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


async def open_case(connection: AsyncConnection, theirs: ColumnElement[bool]) -> bool:
    """Whether a case of these is not over."""
    cases = models.cases.c
    query = select(cases.case_id).where(theirs, cases.over_at.is_(None))
    return await connection.scalar(query.limit(1)) is not None


async def open_contact(connection: AsyncConnection, who: KnownPerson) -> bool:
    """Whether a contact that was said to be theirs goes on, or its record is in hand."""
    unrecorded = _contacts.answered_at.is_not(None) & _contacts.recorded_at.is_(None)
    query = (
        select(_contacts.call_id)
        .join(models.contact_people, _ties.call_id == _contacts.call_id)
        .where(_ties.person_id.in_(who.people), _contacts.forgotten_at.is_(None))
        .where(_contacts.ended_at.is_(None) | (unrecorded & _contacts.agent_id.is_not(None)))
    )
    return await connection.scalar(query.limit(1)) is not None


async def calls_of(connection: AsyncConnection, who: KnownPerson) -> Sequence[str]:
    """The contacts that were said to be theirs, and that no number finds which is theirs alone."""
    elsewhere = _contacts.caller.is_(None) | _contacts.caller.not_in(who.own)
    query = (
        select(_ties.call_id)
        .join(models.contacts, _ties.call_id == _contacts.call_id)
        .where(_ties.person_id.in_(who.people), elsewhere)
    )
    return (await connection.execute(query)).scalars().all()


async def forget_person(connection: AsyncConnection, who: KnownPerson) -> None:
    """Name, numbers and codes, and whose the contacts were."""
    for table in (models.contact_people, models.person_codes, models.person_numbers, models.people):
        await connection.execute(delete(table).where(table.c.person_id.in_(who.people)))
