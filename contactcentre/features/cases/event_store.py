"""Known events in the database: cases that contacts are joined to. Whose a contact is stands in
`contacts` alone, so that a number that is forgotten there is forgotten here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.recount import recount

SHOWN: Final = 50
NEAR: Final = 5
PLACES: Final = 10
TRIES: Final = 3
"""So often somebody is rung who does not answer."""
TAKEN_S: Final = 1800.0
"""So long a caller who is to be told is one agent's, and then the next one's."""
_cases, _joined, _contacts = models.cases.c, models.case_contacts.c, models.contacts.c

_OWED = and_(
    _joined.wants_word,
    _joined.told_at.is_(None),
    _joined.tries < TRIES,
    _contacts.caller.is_not(None),
    _contacts.forgotten_at.is_(None),
)
_REACHABLE = models.case_contacts.join(models.contacts, _contacts.call_id == _joined.call_id)


def _of_case(query: Select[Any]) -> Select[Any]:
    return query.where(_joined.case_id == _cases.case_id).correlate(models.cases)


def _events(call_id: str) -> Select[Any]:
    every = _of_case(select(func.count()).select_from(models.case_contacts))
    owed = _of_case(select(func.count(_contacts.caller.distinct())).select_from(_REACHABLE))
    stands_in = _of_case(select(_joined.call_id).where(_joined.call_id == call_id)).exists()
    return select(
        models.cases,
        every.scalar_subquery().label("contacts"),
        owed.where(_OWED).scalar_subquery().label("to_tell"),
        stands_in.label("joined"),
    ).where(_cases.event != "")


async def listed(connection: AsyncConnection, call_id: str) -> Sequence[RowMapping]:
    """Those that are open, the latest first; then those that are over with somebody to be told."""
    owed = exists(select(_joined.call_id).select_from(_REACHABLE).where(_OWED, _mine()))
    query = (
        _events(call_id)
        .where(or_(_cases.over_at.is_(None), owed))
        .order_by(_cases.over_at.is_not(None), _cases.opened_at.desc())
    )
    return await _rows(connection, query.limit(SHOWN))


async def near(
    connection: AsyncConnection, call_id: str, municipality: str, service: str
) -> Sequence[RowMapping]:
    """Open ones of that municipality ("" is all), of that service first."""
    place = _cases.municipality.in_((municipality, "")) if municipality else _cases.event != ""
    alike = case((_cases.service == service, 0), (_cases.service == "", 1), else_=2)
    query = _events(call_id).where(_cases.over_at.is_(None), place)
    query = query.order_by(alike, _cases.opened_at.desc()).limit(NEAR)
    return await _rows(connection, query)


async def one(connection: AsyncConnection, case_id: int, call_id: str) -> RowMapping | None:
    """A known event, open or over."""
    rows = await _rows(connection, _events(call_id).where(_cases.case_id == case_id))
    return rows[0] if rows else None


async def places(connection: AsyncConnection, case_id: int) -> Sequence[tuple[str, int]]:
    """From which municipalities most of its contacts are."""
    count = func.count()
    query = (
        select(_joined.municipality, count)
        .where(_joined.case_id == case_id)
        .group_by(_joined.municipality)
        .order_by(count.desc(), _joined.municipality)
        .limit(PLACES)
    )
    return [(row[0], row[1]) for row in await connection.execute(query)]


async def join(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """A contact; one that stands in it already may want to be told now."""
    await database.insert_new(connection, models.case_contacts, [row])
    await recount(connection, row["call_id"], row["joined_at"])
    if row["wants_word"]:
        mine = (_joined.case_id == row["case_id"]) & (_joined.call_id == row["call_id"])
        await connection.execute(update(models.case_contacts).where(mine).values(wants_word=True))


async def leave(connection: AsyncConnection, case_id: int, call_id: str, at: float) -> bool:
    """Whether it stood there, and nobody was about to ring back."""
    mine = (_joined.case_id == case_id) & (_joined.call_id == call_id) & (_joined.taken_by == "")
    await recount(connection, call_id, at)
    return (await connection.execute(delete(models.case_contacts).where(mine))).rowcount == 1


async def taken(connection: AsyncConnection, case_id: int, by: str) -> Sequence[RowMapping]:
    """Whom somebody is about to ring, each number once."""
    query = (
        select(
            func.min(_joined.call_id).label("call_id"),
            _contacts.caller,
            func.min(_joined.joined_at).label("joined_at"),
        )
        .select_from(_REACHABLE)
        .where(_joined.case_id == case_id, _joined.taken_by == by, _OWED)
        .group_by(_contacts.caller)
        .order_by(func.min(_joined.joined_at))
    )
    return await _rows(connection, query)


async def take(connection: AsyncConnection, case_id: int, by: str, at: float) -> str | None:
    """The number of who is to be rung next, who is now that person's; None where there is nobody,
    or somebody was faster."""
    free = or_(_joined.taken_by == "", _joined.taken_at < at - TAKEN_S)
    query = (
        select(_contacts.caller)
        .select_from(_REACHABLE)
        .where(_joined.case_id == case_id, free, _OWED)
        .order_by(func.coalesce(_joined.taken_at, 0.0), _joined.joined_at)
        .limit(1)
    )
    caller = (await connection.execute(query)).scalar_one_or_none()
    if caller is None:
        return None
    mine = update(models.case_contacts).where(_of_number(case_id, caller), free)
    done = await connection.execute(mine.values(taken_by=by, taken_at=at))
    return caller if done.rowcount else None


async def told(
    connection: AsyncConnection, case_id: int, call_id: str, by: str, *, at: float | None
) -> str | None:
    """The number of whom that person took and told `at`, or did not reach (None), and who comes
    last then. None: it was not that person's, or is no more."""
    query = select(_contacts.caller).select_from(_REACHABLE)
    this = (_joined.case_id == case_id) & (_joined.call_id == call_id)
    caller = (await connection.execute(query.where(this, _OWED))).scalar_one_or_none()
    if caller is None:
        return None
    values = {"told_at": at} if at else {"taken_by": "", "tries": _joined.tries + 1}
    mine = update(models.case_contacts).where(_of_number(case_id, caller), _joined.taken_by == by)
    return caller if (await connection.execute(mine.values(**values))).rowcount else None


async def _rows(connection: AsyncConnection, query: Select[Any]) -> Sequence[RowMapping]:
    found: Sequence[RowMapping] = (await connection.execute(query)).mappings().all()
    return found


def _mine() -> ColumnElement[bool]:
    return _joined.case_id == _cases.case_id


def _of_number(case_id: int, caller: str) -> ColumnElement[bool]:
    """The contacts of a number that are still to be told."""
    theirs = select(_contacts.call_id).where(
        _contacts.caller == caller, _contacts.forgotten_at.is_(None)
    )
    waits = _joined.wants_word & _joined.told_at.is_(None)
    return (_joined.case_id == case_id) & waits & _joined.call_id.in_(theirs)
