"""Cases in the database. A change says in its condition what it was decided on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models
from contactcentre.storage.people import KnownPerson, theirs

SHOWN: Final = 100
LATEST: Final = 10
"""So many of a citizen's cases that are over stand beside the call."""
NEXT: Final = 5
OVER: Final = ("done", "closed")
REPEAT_S: Final = 7 * 24 * 3600.0
_cases, _entries, _people = models.cases.c, models.case_entries.c, models.users.c
_contacts = models.contacts

_owed_at = (
    select(func.min(_entries.promised_at))
    .where(_entries.case_id == _cases.case_id, _entries.kept_at.is_(None))
    .scalar_subquery()
)
_OWED = _owed_at.label("owed_at")


async def listed(
    connection: AsyncConnection,
    within: Collection[str] | None,
    *,
    over: bool = False,
    late: tuple[str, float] | None = None,
) -> Sequence[RowMapping]:
    """Those that lie `within` (realms; None: all), the most urgent first; of those that are over,
    the latest first. `late`: whose term was over before that day, or a promise at that instant."""
    state = _cases.state.in_(OVER) if over else _cases.state.not_in(OVER)
    query = select(models.cases, _OWED).where(state)
    if within is not None:
        query = query.where(or_(_cases.owner.in_(within), _cases.begun_at.in_(within)))
    if late is not None:
        query = query.where(or_(_cases.due_on < late[0], _owed_at < late[1]))
    order = (_cases.over_at.desc(),) if over else (_cases.due_on, _cases.case_id)
    return (await connection.execute(query.order_by(*order).limit(SHOWN))).mappings().all()


async def of_caller(
    connection: AsyncConnection, caller: str, who: KnownPerson | None = None
) -> Sequence[RowMapping]:
    """The cases of a person, over all numbers, or of a number: the open ones, the most urgent
    first, then the latest of those that are over."""
    both = _OF_NUMBER if who is None else _OF_PERSON
    asked = {"caller": caller} if who is None else {"people": who.people, "own": who.own}
    return [
        row for query in both for row in (await connection.execute(query, asked)).mappings().all()
    ]


def _open_and_over(mine: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    every = select(models.cases, _OWED).where(mine)
    still = every.where(_cases.state.not_in(OVER)).order_by(_cases.due_on).limit(SHOWN)
    past = every.where(_cases.state.in_(OVER)).order_by(_cases.over_at.desc()).limit(LATEST)
    return still, past


# Made once: an agent waits for them with each call, and to make one costs more than to ask it.
_people_asked: BindParameter[Any] = bindparam("people", expanding=True)
_own_asked: BindParameter[Any] = bindparam("own", expanding=True)
_OF_PERSON = _open_and_over(
    theirs(_people_asked, _cases.caller, _cases.call_id, _own_asked)
    | (_cases.caller.in_(_own_asked) & _cases.call_id.is_(None))
)
_OF_NUMBER = _open_and_over(_cases.caller == bindparam("caller"))


async def promised_by(connection: AsyncConnection, user_id: str) -> Sequence[RowMapping]:
    """The next promises of somebody in cases that are not over."""
    owed = (_entries.by == user_id) & _entries.promised_at.is_not(None)
    query = (
        select(_entries.case_id, _entries.promised_at, _cases.subject)
        .join(models.cases, _cases.case_id == _entries.case_id)
        .where(owed, _entries.kept_at.is_(None), _cases.state.not_in(OVER))
        .order_by(_entries.promised_at)
        .limit(NEXT)
    )
    return (await connection.execute(query)).mappings().all()


async def one(connection: AsyncConnection, case_id: int) -> RowMapping | None:
    """A case."""
    query = select(models.cases, _OWED).where(_cases.case_id == case_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def entries(connection: AsyncConnection, case_id: int) -> Sequence[RowMapping]:
    """What happened to it, the oldest first, each with the name of whose doing it was."""
    query = (
        select(models.case_entries, _people.name)
        .outerjoin(models.users, _people.user_id == _entries.by)
        .where(_entries.case_id == case_id)
        .order_by(_entries.entry_id)
    )
    return (await connection.execute(query)).mappings().all()


async def begin(connection: AsyncConnection, row: Mapping[str, Any]) -> int:
    """A new case; its id."""
    made = await connection.execute(insert(models.cases).returning(_cases.case_id), row)
    return int(made.scalar_one())


async def add(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """What happened to it."""
    await connection.execute(models.case_entries.insert(), row)


async def change(
    connection: AsyncConnection, case_id: int, values: Mapping[str, Any], *when: ColumnElement[bool]
) -> bool:
    """Whether it was so, and has changed."""
    statement = update(models.cases).where(_cases.case_id == case_id, *when).values(**values)
    return (await connection.execute(statement)).rowcount == 1


def is_in(state: str) -> ColumnElement[bool]:
    """A condition of `change`."""
    return _cases.state == state


def is_dictated(text: str) -> ColumnElement[bool]:
    """A condition of `change`: that text, and nobody has confirmed it."""
    return (_cases.submission == text) & _cases.submission_confirmed_at.is_(None)


async def keep(connection: AsyncConnection, case_id: int, at: float) -> None:
    """What was promised has been done."""
    owed = (_entries.case_id == case_id) & _entries.promised_at.is_not(None)
    statement = update(models.case_entries).where(owed, _entries.kept_at.is_(None))
    await connection.execute(statement.values(kept_at=at))


async def contact(connection: AsyncConnection, call_id: str) -> RowMapping | None:
    """A contact of which the live world knows no more."""
    query = select(_contacts).where(_contacts.c.call_id == call_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def institutions(connection: AsyncConnection) -> Sequence[str]:
    """As they stand on the cards of services."""
    name = models.services.c.document["institution"]["lv"].as_string()
    return tuple((await connection.execute(select(name).distinct().order_by(name))).scalars())


async def promises(connection: AsyncConnection, since: float, until: float) -> tuple[int, int]:
    """How many ran out in that time, and how many of them were not kept by then."""
    late = or_(_entries.kept_at.is_(None), _entries.kept_at > _entries.promised_at)
    query = select(func.count(), func.count().filter(late)).where(
        _entries.promised_at >= since, _entries.promised_at < until
    )
    promised, broken = (await connection.execute(query)).one()
    return promised, broken


async def repeats(connection: AsyncConnection, since: float, until: float) -> tuple[int, int]:
    """Answered calls of that time, and how many of them were about the same matter as one of the
    same number in the week before. By indices: of the time, then of each number."""
    now, past = _contacts.alias("now").c, _contacts.alias("past").c
    before = exists().where(
        past.caller == now.caller,
        past.arrived_at < now.arrived_at,
        past.arrived_at >= now.arrived_at - REPEAT_S,
        past.answered_at.is_not(None),
        past.queue == now.queue,
    )
    counted = and_(
        now.arrived_at >= since,
        now.arrived_at < until,
        now.answered_at.is_not(None),
        now.caller.is_not(None),
    )
    query = select(func.count(), func.count().filter(before)).where(counted)
    answered, repeated = (await connection.execute(query)).one()
    return answered, repeated
