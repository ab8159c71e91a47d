"""People, their numbers and codes, and whose a contact is, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.call.state import Call
from contactcentre.storage import database, people
from contactcentre.storage import tables as models

FORMER = 5
"""Codes of a person that are shown."""

_people, _codes, _ties = models.people.c, models.person_codes.c, models.contact_people.c


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """As they have told it."""

    person_id: str
    name: str
    municipality: str
    language: str

    @property
    def brief(self) -> str:
        """`Jānis B.`: enough to tell two apart, and no more."""
        first, *more = self.name.split()
        return f"{first} {more[-1][0]}." if more else first


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNumber:
    """A number (E.164), and what stands for it."""

    number: str
    pseudonym: str


async def named(connection: AsyncConnection, person_id: str) -> NamedPerson:
    """Raises `LookupError` where there is none."""
    query = select(_people.person_id, _people.name, _people.municipality, _people.language)
    row = (await connection.execute(query.where(_people.person_id == person_id))).one_or_none()
    if row is None:
        raise LookupError("no such person")
    return NamedPerson(**row._asdict())


async def add(connection: AsyncConnection, made: NamedPerson, *, at: float, by: str) -> None:
    """Somebody who was not known."""
    await connection.execute(models.people.insert(), {**asdict(made), "made_at": at, "made_by": by})


async def add_number(
    connection: AsyncConnection, person_id: str, number: PersonNumber, *, at: float
) -> None:
    """The person has this number, if that is not known already."""
    row = {"person_id": person_id, **asdict(number), "added_at": at}
    await database.insert_new(connection, models.person_numbers, [row])


async def tie(
    connection: AsyncConnection, call: Call, person_id: str, *, at: float, by: str
) -> bool:
    """The contact is that person's; whether it was not so before.

    The first who is chosen may have been identified already. Whoever is chosen instead, or after
    nobody was, has not.
    """
    query = select(_ties.person_id).where(_ties.call_id == call.call_id)
    before = (await connection.execute(query)).one_or_none()
    if before is not None and before.person_id == person_id:
        return False
    row = {
        "call_id": call.call_id,
        "person_id": person_id,
        "at": call.arrived_at,
        "chosen_at": at,
        "chosen_by": by,
        "proof_from": 0.0 if before is None else at,
    }
    await database.upsert(connection, models.contact_people, [row])
    return True


async def release(connection: AsyncConnection, call_id: str) -> None:
    """The contact is nobody's; that somebody was chosen is remembered, so that whoever comes next
    has to be identified."""
    mine = update(models.contact_people).where(_ties.call_id == call_id)
    await connection.execute(mine.values(person_id=None))


async def owner(connection: AsyncConnection, key: str) -> str | None:
    """Whose code it is, or was."""
    found = await connection.scalar(select(_codes.person_id).where(_codes.hash == key))
    return await people.root(connection, found) if found else None


async def take_code(
    connection: AsyncConnection, person_id: str, key: str, sealed: str, *, at: float
) -> bool:
    """The person's code is this one, and no other any more; whether that is new."""
    mine = _codes.person_id.in_(people.same_as((person_id,)))
    present = select(_codes.hash).where(mine, _codes.former_at.is_(None))
    if (await connection.execute(present)).scalars().all() == [key]:
        return False
    over = update(models.person_codes).where(mine, _codes.hash != key, _codes.former_at.is_(None))
    await connection.execute(over.values(former_at=at))
    row = {"hash": key, "person_id": person_id, "sealed": sealed, "added_at": at}
    await database.insert_new(connection, models.person_codes, [row])
    again = update(models.person_codes).where(mine, _codes.hash == key).values(former_at=None)
    return (await connection.execute(again)).rowcount > 0


async def codes(connection: AsyncConnection, person_id: str) -> Sequence[str]:
    """Sealed, the present one first."""
    mine = _codes.person_id.in_(people.same_as((person_id,)))
    ordered = select(_codes.sealed).where(mine).order_by(_codes.former_at.desc().nulls_first())
    return (await connection.execute(ordered.limit(FORMER))).scalars().all()
