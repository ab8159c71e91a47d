"""Drawn talks and assessments in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, and_, delete, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.permissions import Act, around, may, reach
from agents_ui.shell.port import NETWORK, Person
from contactcentre.core.config.network import Network
from contactcentre.features.quality.sampler import is_kept
from contactcentre.storage import tables as models

found, drawn = models.assessments.c, models.samples.c
_contacts, _legs, _users = models.contacts.c, models.legs.c, models.users.c
_agents, _kept = models.agents.c, models.recordings.c

Rows = Sequence[RowMapping]

NAME: Final = func.coalesce(_agents.document["name"].as_string(), found.agent_id)


def led_by(person: Person, network: Network, table: Any) -> ColumnElement[bool]:
    """On either table: talks of agents whom the person leads, or led then, and takes no part in."""
    realms = reach(person.grants, Act.QUALITY_ASSESS)
    centres = [
        one
        for one in network.centres
        if may(person, Act.QUALITY_ASSESS, around(network.place(one)))
    ]
    led: ColumnElement[bool] = true() if NETWORK in realms else table.centre.in_(centres)
    if person.agent_id is None:
        return led
    took_part = select(_legs.leg_id).where(
        _legs.call_id == table.call_id, _legs.agent_id == person.agent_id
    )
    return and_(led, table.agent_id != person.agent_id, ~took_part.exists())


# --- what waits ------------------------------------------------------------------------------


def waiting(person: Person, network: Network) -> ColumnElement[bool]:
    """On `samples`: nobody has begun it, and there is something to be assessed."""
    begun = select(found.call_id).where(found.call_id == drawn.call_id, ~found.calibration)
    there = select(_contacts.call_id).where(
        _contacts.call_id == drawn.call_id, _contacts.forgotten_at.is_(None)
    )
    return led_by(person, network, drawn) & ~begun.exists() & there.exists()


async def count_waiting(connection: AsyncConnection, where: ColumnElement[bool]) -> int:
    """How many."""
    query = select(func.count()).select_from(models.samples).where(where)
    return await connection.scalar(query) or 0


async def next_waiting(
    connection: AsyncConnection, where: ColumnElement[bool]
) -> RowMapping | None:
    """The oldest month first, and there by what chance has said."""
    query = select(models.samples).where(where).order_by(drawn.month, drawn.place).limit(1)
    return (await connection.execute(query)).mappings().first()


async def drawing_of(connection: AsyncConnection, call_id: str) -> RowMapping | None:
    """How it was drawn; None where that is not kept any more."""
    query = select(models.samples).where(drawn.call_id == call_id)
    return (await connection.execute(query)).mappings().one_or_none()


# --- assessments -----------------------------------------------------------------------------


def _listing() -> Select[Any]:
    return (
        select(
            models.assessments,
            NAME.label("agent"),
            func.coalesce(_users.name, "").label("reviewer_name"),
            func.coalesce(_contacts.arrived_at, found.begun_at).label("at"),
            _contacts.queue,
        )
        .outerjoin(models.agents, _agents.agent_id == found.agent_id)
        .outerjoin(models.users, _users.user_id == found.reviewer)
        .outerjoin(models.contacts, _contacts.call_id == found.call_id)
    )


async def listed(
    connection: AsyncConnection, where: ColumnElement[bool], *order: Any, most: int
) -> Rows:
    """With the names of the agent and the reviewer, and when the talk was (`at`)."""
    query = _listing().where(where).order_by(*order, found.assessment_id).limit(most)
    rows: Rows = (await connection.execute(query)).mappings().all()
    return rows


async def one(connection: AsyncConnection, where: ColumnElement[bool]) -> RowMapping:
    """The same of one. Raises `LookupError`."""
    rows = await listed(connection, where, most=1)
    if not rows:
        raise LookupError("no such assessment")
    return rows[0]


async def locked(connection: AsyncConnection, where: ColumnElement[bool]) -> RowMapping:
    """One that is to be changed, for this transaction alone. Raises `LookupError`."""
    query = select(models.assessments).where(where).with_for_update()
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        raise LookupError("no such assessment")
    return row


async def change(
    connection: AsyncConnection, assessment_id: str, values: Mapping[str, Any]
) -> None:
    """Some of its columns."""
    mine = update(models.assessments).where(found.assessment_id == assessment_id)
    await connection.execute(mine.values(**values))


async def read_by(connection: AsyncConnection, row: RowMapping, user_id: str) -> None:
    """Whoever has read a finished one of somebody else can give no second one that is their own.
    The row is locked."""
    if row["finished_at"] is not None and user_id not in {row["reviewer"], *row["readers"]}:
        readers = [*row["readers"], user_id]
        await change(connection, row["assessment_id"], {"readers": readers})


async def drop(connection: AsyncConnection, assessment_id: str) -> None:
    """As if it had not been begun."""
    await connection.execute(delete(models.assessments).where(found.assessment_id == assessment_id))


async def is_there(connection: AsyncConnection, assessment_id: str) -> bool:
    """Whether it was written: somebody else may have been quicker."""
    query = select(found.assessment_id).where(found.assessment_id == assessment_id)
    return await connection.scalar(query) is not None


async def count_drafts(connection: AsyncConnection, reviewer: str) -> int:
    """Of a reviewer."""
    query = select(func.count()).where(found.reviewer == reviewer, found.finished_at.is_(None))
    return await connection.scalar(query) or 0


def is_hidden(person: Person) -> ColumnElement[bool]:
    """On another's: the person is assessing the same talk beside it, and must not know it yet."""
    own = models.assessments.alias().c
    draft = select(own.assessment_id).where(
        own.call_id == found.call_id,
        own.reviewer == person.user_id,
        own.finished_at.is_(None),
        own.assessment_id != found.assessment_id,
    )
    return draft.exists()


def is_first(since: float = 0.0) -> ColumnElement[bool]:
    """Finished, and one that counts."""
    return found.finished_at.is_not(None) & (found.finished_at >= since) & ~found.calibration


async def means(
    connection: AsyncConnection, where: ColumnElement[bool], most: int
) -> Sequence[tuple[str, int, float]]:
    """Name, count and mean of each agent, by name: no order of merit."""
    query = (
        select(func.min(NAME).label("agent"), func.count(), func.avg(found.score))
        .outerjoin(models.agents, _agents.agent_id == found.agent_id)
        .where(where, found.score.is_not(None))
        .group_by(found.agent_id)
        .order_by("agent", found.agent_id)
        .limit(most)
    )
    return [(row[0], row[1], float(row[2])) for row in await connection.execute(query)]


async def beside(
    connection: AsyncConnection, call_ids: Collection[str], *, calibration: bool
) -> Mapping[str, RowMapping]:
    """Finished ones of these calls: the seconds, or the firsts; by call."""
    of = found.call_id.in_(call_ids) & found.finished_at.is_not(None)
    kind = found.calibration if calibration else ~found.calibration
    rows = (await connection.execute(_listing().where(of, kind))).mappings().all()
    return {row["call_id"]: row for row in rows}


# --- the talk --------------------------------------------------------------------------------


async def contact(connection: AsyncConnection, call_id: str) -> RowMapping | None:
    """The call's row."""
    query = select(models.contacts).where(_contacts.call_id == call_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def sounds(connection: AsyncConnection, call_id: str, agent_id: str) -> Rows:
    """What can be heard of the agent's part."""
    query = (
        select(models.recordings)
        .where(_kept.call_id == call_id, _kept.agent_id == agent_id, is_kept())
        .order_by(_kept.from_at)
    )
    return (await connection.execute(query)).mappings().all()


async def services(
    connection: AsyncConnection, codes: Sequence[str]
) -> Sequence[Mapping[str, str]]:
    """Names of these cards; the code of one that is gone."""
    cards = models.services.c
    query = select(cards.code, cards.document).where(cards.code.in_(codes))
    known = {row.code: row.document for row in await connection.execute(query)}
    return [
        {language: known[code][language]["name"] for language in ("lv", "en")}
        if code in known
        else {"lv": code, "en": code}
        for code in codes
    ]
