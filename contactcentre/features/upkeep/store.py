"""Questions to owners and reported errors in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.permissions import Act, reach
from agents_ui.shell.port import NETWORK, Person, Realm
from contactcentre.core.config.network import Network
from contactcentre.features.upkeep.document import CardOwner
from contactcentre.storage import documents
from contactcentre.storage import tables as models

OVER_SHOWN: Final = 20

asked, flags = models.enquiries.c, models.card_flags.c
_users = models.users.c

Rows = Sequence[RowMapping]


def hashed(secret: str) -> str:
    """As it is kept: whoever reads the database can open no link."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def cause(enquiry_id: str) -> str:
    """Of the messages that tell of it."""
    return f"enquiry/{enquiry_id}"


# --- of whom ---------------------------------------------------------------------------------


def seen_by(person: Person, network: Network, table: Any) -> ColumnElement[bool]:
    """On either table: the cards of the person's realms, and what agents there have said."""
    realms = reach(person.grants, Act.UPKEEP_SEE)
    if NETWORK in realms:
        return true()
    return or_(
        table.institution.in_(_keys(realms, "institution")),
        table.municipality.in_(_keys(realms, "municipality")) & (table.municipality != ""),
        table.centre.in_(_centres(realms, network)),
    )


def _keys(realms: Collection[Realm], kind: str) -> list[str]:
    return [key for of, key in realms if of == kind]


def _centres(realms: Collection[Realm], network: Network) -> list[str]:
    inside = (
        one.centre_id
        for one in network.centres.values()
        if ("municipality", one.municipality) in realms
    )
    return [*_keys(realms, "centre"), *inside]


# --- questions -------------------------------------------------------------------------------


async def enquiry(
    connection: AsyncConnection, where: ColumnElement[bool], *, lock: bool = False
) -> RowMapping | None:
    """One of them, for this transaction alone where it is to be changed."""
    query = select(models.enquiries).where(where)
    found = await connection.execute(query.with_for_update() if lock else query)
    return found.mappings().first()


async def listed(
    connection: AsyncConnection, where: ColumnElement[bool], *order: Any, most: int
) -> Rows:
    """With the name of whoever asked, of whoever answered, and how it is with the message."""
    askers, answerers = models.users.alias(), models.users.alias()
    box = models.outbox.alias()
    last = (
        select(box.c.state)
        .where(box.c.cause == "enquiry/" + asked.enquiry_id)
        .order_by(box.c.made_at.desc())
        .limit(1)
        .correlate(models.enquiries)
        .scalar_subquery()
    )
    query = (
        select(
            models.enquiries,
            askers.c.name.label("asker"),
            answerers.c.name.label("answerer"),
            last.label("mailed"),
        )
        .outerjoin(askers, askers.c.user_id == asked.asked_by)
        .outerjoin(answerers, answerers.c.user_id == asked.answered_by)
        .where(where)
        .order_by(*order, asked.enquiry_id)
        .limit(most)
    )
    return (await connection.execute(query)).mappings().all()


def is_not_over() -> ColumnElement[bool]:
    """There is something to be done about it."""
    return asked.over_at.is_(None)


def is_open() -> ColumnElement[bool]:
    """Nobody has answered, and it is not closed."""
    return is_not_over() & asked.answered_at.is_(None)


def is_answered() -> ColumnElement[bool]:
    """And nobody has looked whether it belongs on the card."""
    return is_not_over() & asked.answered_at.is_not(None)


async def count(connection: AsyncConnection, where: ColumnElement[bool]) -> int:
    """Of questions."""
    query = select(func.count()).select_from(models.enquiries).where(where)
    return await connection.scalar(query) or 0


async def change(
    connection: AsyncConnection,
    enquiry_id: str,
    values: Mapping[str, Any],
    still: ColumnElement[bool],
) -> None:
    """Some of its columns, if that still holds. Raises `LookupError`: somebody else was quicker."""
    one = update(models.enquiries).where(asked.enquiry_id == enquiry_id, still)
    if not (await connection.execute(one.values(**values))).rowcount:
        raise LookupError(enquiry_id)


# --- errors ----------------------------------------------------------------------------------


async def flagged(connection: AsyncConnection, where: ColumnElement[bool], *, most: int) -> Rows:
    """The latest first, with the name of whoever has told it."""
    query = (
        select(models.card_flags, _users.name.label("flagger"))
        .outerjoin(models.users, _users.user_id == flags.flagged_by)
        .where(where)
        .order_by(flags.at.desc(), flags.flag_id)
        .limit(most)
    )
    return (await connection.execute(query)).mappings().all()


def unsettled() -> ColumnElement[bool]:
    """Errors that stand."""
    return flags.settled_at.is_(None)


async def settle(
    connection: AsyncConnection, where: ColumnElement[bool], *, by: str, reason: str, at: float
) -> int:
    """How many that were."""
    change = update(models.card_flags).where(and_(unsettled(), where))
    values = {"settled_at": at, "settled_by": by, "reason": reason}
    return (await connection.execute(change.values(**values))).rowcount


# --- owners ----------------------------------------------------------------------------------


async def owners(connection: AsyncConnection) -> Mapping[str, CardOwner]:
    """Those that somebody has written down, by institution; one that can't be read is none."""
    found = await documents.read(connection, models.card_owners)
    return {one["institution"]: CardOwner(**one) for one in found}


async def owner(connection: AsyncConnection, institution: str) -> CardOwner:
    """As written, or as usual."""
    return (await owners(connection)).get(institution) or CardOwner(institution=institution)
