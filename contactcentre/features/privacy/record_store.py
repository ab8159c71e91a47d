"""Records of people in the database: pointers between them, and what moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.person.port import FoundContact
from contactcentre.storage import database, people
from contactcentre.storage import tables as models
from contactcentre.storage.people import KnownPerson

CONTACTS = 50
MERGED = 50
"""Of one person, that are shown."""

_people, _numbers, _ties = models.people.c, models.person_numbers.c, models.contact_people.c
_contacts, _codes = models.contacts.c, models.person_codes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff:
    """A record of somebody who was taken for somebody else."""

    person_id: str
    name: str
    split_from: str


async def row(connection: AsyncConnection, person_id: str) -> RowMapping | None:
    """One record."""
    query = select(models.people).where(_people.person_id == person_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def rows(connection: AsyncConnection, who: KnownPerson) -> Sequence[RowMapping]:
    """All records of a person; the one that stands for them first."""
    query = select(models.people).where(_people.person_id.in_(who.people))
    ordered = query.order_by(_people.merged_at.desc().nulls_first()).limit(MERGED)
    return (await connection.execute(ordered)).mappings().all()


async def municipality(connection: AsyncConnection, municipality_id: str) -> str:
    """Its name; the id where there is none (any more)."""
    name = models.municipalities.c.document["name"].as_string()
    mine = models.municipalities.c.municipality_id == municipality_id
    return await connection.scalar(select(name).where(mine)) or municipality_id


async def by_code(connection: AsyncConnection, key: str) -> str | None:
    """Whose personal code has that hash."""
    found = await connection.scalar(select(_codes.person_id).where(_codes.hash == key))
    return await people.root(connection, found) if found else None


async def merge(connection: AsyncConnection, person_id: str, into: str, *, at: float) -> bool:
    """Point at the other; False where one of them points elsewhere by now.

    Both are locked in one order: of two people who merge them the two ways round, one is told.
    """
    both = select(_people.person_id).where(_people.person_id.in_((person_id, into)))
    await connection.execute(both.order_by(_people.person_id).with_for_update())
    other = models.people.alias("other")
    stands = select(other.c.person_id).where(
        other.c.person_id == into, other.c.merged_into.is_(None)
    )
    change = (
        update(models.people)
        .where(_people.person_id == person_id, _people.merged_into.is_(None), stands.exists())
        .values(merged_into=into, merged_at=at)
    )
    return (await connection.execute(change)).rowcount == 1


async def part(connection: AsyncConnection, person_id: str) -> bool:
    """Take the pointer away; False where there is none."""
    mine = (_people.person_id == person_id) & _people.merged_into.is_not(None)
    change = update(models.people).where(mine).values(merged_into=None, merged_at=None)
    return (await connection.execute(change)).rowcount == 1


async def add(connection: AsyncConnection, new: SplitOff, *, at: float, by: str) -> None:
    """A record more."""
    await connection.execute(models.people.insert(), {**asdict(new), "made_at": at, "made_by": by})


async def move(
    connection: AsyncConnection,
    who: KnownPerson,
    new: SplitOff,
    numbers: Sequence[str],
    contacts: Sequence[str],
    *,
    at: float,
) -> bool:
    """Give the new record these numbers (by pseudonym) with their contacts, and these contacts with
    their numbers; whether there were any."""
    mine = _numbers.person_id.in_(who.people) & _numbers.pseudonym.in_(numbers)
    moved = (await connection.execute(select(_numbers.number).where(mine))).scalars().all()
    given = update(models.person_numbers).where(mine).values(person_id=new.person_id)
    await connection.execute(given)
    by_number = select(_contacts.call_id).where(
        _contacts.call_id == _ties.call_id, _contacts.caller.in_(moved)
    )
    named = _ties.call_id.in_(contacts) | by_number.exists()
    change = update(models.contact_people).where(_ties.person_id.in_(who.people), named)
    count = (await connection.execute(change.values(person_id=new.person_id))).rowcount
    await _share_numbers(connection, who, new, at=at)
    return bool(moved) or count > 0


async def _share_numbers(
    connection: AsyncConnection, who: KnownPerson, new: SplitOff, *, at: float
) -> None:
    """Who has rung from a number is known by it, also where somebody else has it still."""
    rung = (
        select(_numbers.number, func.min(_numbers.pseudonym).label("pseudonym"))
        .join(models.contacts, _contacts.caller == _numbers.number)
        .join(models.contact_people, _ties.call_id == _contacts.call_id)
        .where(_ties.person_id == new.person_id, _numbers.person_id.in_(who.people))
        .group_by(_numbers.number)
    )
    found = (await connection.execute(rung)).all()
    added = [{**one._asdict(), "person_id": new.person_id, "added_at": at} for one in found]
    await database.insert_new(connection, models.person_numbers, added)


async def numbers(connection: AsyncConnection, who: KnownPerson) -> tuple[tuple[str, str], ...]:
    """What stands for each, and what it looks like."""
    query = select(_numbers.pseudonym, _numbers.number).where(_numbers.person_id.in_(who.people))
    found = await connection.execute(query.distinct().order_by(_numbers.number))
    return tuple((one.pseudonym, masked(one.number)) for one in found)


async def contacts(connection: AsyncConnection, who: KnownPerson) -> tuple[FoundContact, ...]:
    """The newest."""
    query = (
        select(
            _ties.call_id,
            _ties.at,
            models.queues.c.document["labels"].label("labels"),
            _contacts.queue,
            _contacts.caller,
        )
        .join(models.contacts, _contacts.call_id == _ties.call_id)
        .outerjoin(models.queues, _contacts.queue == models.queues.c.queue_id)
        .where(_ties.person_id.in_(who.people))
        .order_by(_ties.at.desc())
        .limit(CONTACTS)
    )
    return tuple(
        FoundContact(
            call_id=one.call_id,
            at=one.at,
            topic=(one.labels or {}).get("lv", one.queue),
            number=masked(one.caller or ""),
        )
        for one in await connection.execute(query)
    )


def masked(number: str) -> str:
    """`+371 ······45`: of a number, or of what stands for it."""
    return f"{number[:4]} ······{number[-2:]}" if number.startswith("+") else ""
