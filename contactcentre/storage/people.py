"""Citizens as persons: which rows are the same person's, which numbers, and which contacts.

Two rows that were found to be one person stay as they are: one of them points at the other. So
a merge is undone by taking the pointer away. A contact is a person's where an agent has said so;
else it is that of the number, and so of whoever alone has the number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.call.state import Call
from contactcentre.storage import tables as models

_people, _numbers, _ties = models.people.c, models.person_numbers.c, models.contact_people.c

OF_NUMBER = 50
"""People of one number who are looked at: the newest."""

Several = Collection[str] | BindParameter[Any]
"""Ids or numbers, or an expanding parameter for them."""


class SharedNumber(ValueError):
    """Several people have that number: which of them is meant has to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person, or (`person_id` is "") whoever is behind a number that nobody is known by."""

    person_id: str = ""
    people: tuple[str, ...] = ()  # the rows that are this person
    own: tuple[str, ...] = ()  # numbers that nobody else has
    shared: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.own, *self.shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Whose a contact is; an identification counts where it was made from `proof_from` on."""

    person_id: str
    proof_from: float


def same_as(people: Several) -> Select[Any]:
    """The ids of these rows and of all that were merged into them."""
    rows = select(_people.person_id).where(_people.person_id.in_(people))
    same = rows.cte("same", recursive=True)
    merged = select(_people.person_id).join(same, _people.merged_into == same.c.person_id)
    return select(same.union(merged).c.person_id)


async def root(connection: AsyncConnection, person_id: str) -> str | None:
    """The row for which this one stands by now; None where there is none."""
    found: str | None = await connection.scalar(_ROOT, {"person_id": person_id})
    return found


def _upwards(people: Select[Any]) -> CTE:
    """These rows, and those that they were merged into."""
    rows = select(_people.person_id, _people.merged_into).where(_people.person_id.in_(people))
    up = rows.cte("up", recursive=True)
    above = select(_people.person_id, _people.merged_into).join(
        up, _people.person_id == up.c.merged_into
    )
    return up.union(above)


def _roots(whole: CTE) -> Select[Any]:
    return select(whole.c.person_id).where(whole.c.merged_into.is_(None))


# Made once: an agent waits for them with each call, and to make one costs more than to ask it.
_ROOT = _roots(
    _upwards(select(_people.person_id).where(_people.person_id == bindparam("person_id")))
)


async def known(connection: AsyncConnection, person_id: str) -> KnownPerson:
    """The person with all rows and numbers. Raises `LookupError` where there is none."""
    found = await root(connection, person_id)
    if found is None:
        raise LookupError("no such person")
    return await of_root(connection, found)


async def of_root(connection: AsyncConnection, person_id: str) -> KnownPerson:
    """The same of a row that was merged into no other; in one statement, for a caller waits."""
    rows = (await connection.execute(_WHOLE, {"people": [person_id]})).all()
    people = tuple(row.person_id for row in rows if row.number is None)
    numbers = sorted({row.number for row in rows if row.number is not None})
    shared = {row.number for row in rows if row.person_id not in people}
    return KnownPerson(
        person_id=person_id,
        people=people,
        own=tuple(one for one in numbers if one not in shared),
        shared=tuple(one for one in numbers if one in shared),
    )


def _whole() -> CompoundSelect[Any]:
    """The rows that are one person, and whoever has a number of theirs."""
    them = same_as(bindparam("people", expanding=True)).cte("them")
    mine = select(_numbers.number).where(_numbers.person_id.in_(select(them.c.person_id)))
    having = select(_numbers.person_id, _numbers.number).where(_numbers.number.in_(mine))
    return select(them.c.person_id, literal(None, Text).label("number")).union_all(having)


_WHOLE = _whole()


async def of_number(connection: AsyncConnection, number: str) -> Sequence[str]:
    """Whoever is known by it, each once; the one who was added last first."""
    found = [
        await root(connection, row.merged_into) if row.merged_into else row.person_id
        for row in await connection.execute(_KNOWN_BY, {"number": number})
    ]
    return tuple(dict.fromkeys(one for one in found if one is not None))


_KNOWN_BY = (
    select(_people.person_id, _people.merged_into)
    .join(models.person_numbers, _people.person_id == _numbers.person_id)
    .where(_numbers.number == bindparam("number"))
    .order_by(_numbers.added_at.desc())
    .limit(OF_NUMBER)
)


async def behind(connection: AsyncConnection, asked: str) -> KnownPerson:
    """Who is meant by a number (E.164) or a person's id.

    Raises `SharedNumber`, and `LookupError` where there is no such person.
    """
    if not asked.startswith("+"):
        return await known(connection, asked)
    people = await of_number(connection, asked)
    if len(people) > 1:
        raise SharedNumber("several people have this number: say which of them")
    return await known(connection, people[0]) if people else KnownPerson(own=(asked,))


async def tied(connection: AsyncConnection, call_id: str) -> Tie | None:
    """Whose a contact is; None: nobody has said it."""
    row = (await connection.execute(_TIED, {"call_id": call_id})).one_or_none()
    return Tie(person_id=row.person_id, proof_from=row.proof_from) if row else None


def _tied() -> Select[Any]:
    of_call = _ties.call_id == bindparam("call_id")
    proof = select(_ties.proof_from).where(of_call).scalar_subquery()
    whole = _upwards(select(_ties.person_id).where(of_call))
    return _roots(whole).add_columns(proof.label("proof_from"))


_TIED = _tied()


async def of_contact(
    connection: AsyncConnection, call_id: str, stands_for: Callable[[str], str]
) -> str:
    """Whose a contact is, as the audit log names them: a person's id, or what stands for the number
    where nobody has said it; "" of a number that was withheld."""
    if (tie := await tied(connection, call_id)) is not None:
        return tie.person_id
    contacts = models.contacts.c
    caller = await connection.scalar(select(contacts.caller).where(contacts.call_id == call_id))
    return stands_for(caller) if caller else ""


def is_proved(call: Call, tie: Tie | None) -> bool:
    """Whether the identification is that of the person who is chosen now, and of no other."""
    return tie is None or call.identity.at > tie.proof_from


async def is_alone(
    connection: AsyncConnection, number: str | None, who: KnownPerson | None
) -> bool:
    """Whether what came from the number can be nobody's but that person's, as far as is known; of
    nobody: whether nobody is known by it."""
    if not number:
        return False
    if who is not None:
        return number in who.own
    return await connection.scalar(_HAVING, {"number": number}) is None


_HAVING = select(_numbers.person_id).where(_numbers.number == bindparam("number")).limit(1)


def theirs(
    people: Several,
    caller: ColumnElement[Any],
    call_id: ColumnElement[Any],
    own: Several,
) -> ColumnElement[bool]:
    """Whether a row that has these columns is that person's. `people` are the rows that are the
    person, `own` the numbers that are this person's alone, and what stands for them."""
    mine = select(_ties.call_id).where(_ties.person_id.in_(people))
    of_somebody = (
        select(_ties.call_id).where(_ties.call_id == call_id, _ties.person_id.is_not(None)).exists()
    )
    return call_id.in_(mine) | (caller.in_(own) & ~of_somebody)
