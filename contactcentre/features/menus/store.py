"""Versions of menus: put in force, put back, and the record of who did so, when and why.

In force is the version that was released last. A version never changes once it is there; going
back is a release of the older version under its own number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.menus.differences import differences
from contactcentre.storage import audit, settings
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL, AuditEntry

_STEP_S = 0.001
"""Of two releases the later one is so much later at least, even if the clock was set back."""

_TOLD = 200
"""Lines of a change that the audit log bears."""


class NoSuchVersion(LookupError):
    """There is no such menu, or not that version of it; the text says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One time that a version came into force. `released_at` in seconds since the epoch, UTC."""

    name: str
    version: int
    action: str
    released_at: float
    released_by: str
    comment: str


async def publish(
    connection: AsyncConnection, name: str, document: str, *, by: str, comment: str, at: float
) -> int:
    """Keep a document as the next version of its menu and put it in force; the version's number.

    Nobody checks it here. A document that is in force already gets no second number. `by` is a
    name at the command line.
    """
    await settings.changed(connection)  # first of all: who publishes at the same time waits here
    return await keep(connection, name, document, by=by, comment=comment, at=at)


async def keep(
    connection: AsyncConnection,
    name: str,
    document: str,
    *,
    by: str,
    comment: str,
    at: float,
    user: bool = False,
) -> int:
    """As `publish`, within a change of the network that has its number already. With `user`, `by`
    is the id of one."""
    flows = models.flows
    present = await in_force(connection, name)
    if present is not None and await document_of(connection, name, present) == document:
        return present
    highest = await connection.scalar(select(func.max(flows.c.version)).where(flows.c.name == name))
    version: int = (highest or 0) + 1
    row = {"name": name, "version": version, "document": document, "published_at": None}
    await connection.execute(flows.insert().values(row))
    release = Release(
        name=name,
        version=version,
        action="publish",
        released_by=by,
        comment=comment,
        released_at=at,
    )
    await _put_in_force(connection, release, user=user)
    return version


async def put_back(
    connection: AsyncConnection,
    name: str,
    version: int,
    *,
    by: str,
    comment: str,
    at: float,
    user: bool = False,
) -> None:
    """Put a version that is there in force again. Raises `NoSuchVersion`."""
    await settings.changed(connection)
    await document_of(connection, name, version)
    release = Release(
        name=name,
        version=version,
        action="rollback",
        released_by=by,
        comment=comment,
        released_at=at,
    )
    await _put_in_force(connection, release, user=user)


async def in_force(connection: AsyncConnection, name: str) -> int | None:
    """The version in force, if any is."""
    order = await _by_release(connection, name)
    return order[-1] if order else None


async def before(connection: AsyncConnection, name: str) -> int:
    """The version that was in force before the present one. Raises `NoSuchVersion`."""
    order = await _by_release(connection, name)
    if len(order) < 2:
        raise NoSuchVersion(f"menu '{name}' has no earlier version to go back to")
    return order[-2]


async def document_of(connection: AsyncConnection, name: str, version: int) -> str:
    """The text of a version. Raises `NoSuchVersion`."""
    flows = models.flows.c
    found = select(flows.version, flows.document).where(flows.name == name)
    documents = {row.version: row.document for row in await connection.execute(found)}
    if not documents:
        names = ", ".join(await _names(connection)) or "none"
        raise NoSuchVersion(f"no menu named '{name}'; there are: {names}")
    if version not in documents:
        there = ", ".join(map(str, sorted(documents)))
        raise NoSuchVersion(f"menu '{name}' has no version {version}; it has: {there}")
    text: str = documents[version]
    return text


async def history(connection: AsyncConnection, name: str | None = None) -> Sequence[Release]:
    """All releases, or those of one menu, oldest first."""
    table = models.flow_releases
    query = select(table).order_by(table.c.number)
    if name is not None:
        query = query.where(table.c.name == name)
    rows = (await connection.execute(query)).mappings()
    return [Release(**{key: row[key] for key in _RELEASE}) for row in rows]


async def versions(connection: AsyncConnection) -> Sequence[tuple[str, int, bool]]:
    """Name, number and whether it is in force, of every version of every menu."""
    flows = models.flows.c
    query = select(flows.name, flows.version).order_by(flows.name, flows.version)
    rows = (await connection.execute(query)).all()
    now = {name: await in_force(connection, name) for name in {row.name for row in rows}}
    return [(row.name, row.version, now[row.name] == row.version) for row in rows]


_RELEASE = Release.__dataclass_fields__


async def _put_in_force(connection: AsyncConnection, release: Release, *, user: bool) -> None:
    flows, log, name = models.flows, models.flow_releases, release.name
    before = await in_force(connection, name)
    latest = await connection.scalar(
        select(func.max(flows.c.published_at)).where(flows.c.name == name)
    )
    since = max(release.released_at, (latest or 0.0) + _STEP_S)
    one = (flows.c.name == name) & (flows.c.version == release.version)
    told = AuditEntry(
        at=release.released_at,
        who=release.released_by if user else f"{SHELL}:{release.released_by}",
        action=audit.Action.CONFIGURED,
        object=f"flows/{name}",
        purpose=release.comment,
        details={"before": before, "after": release.version}
        | await _changes(connection, name, before, release.version),
    )
    await connection.execute(update(flows).where(one).values(published_at=since))
    number = (await connection.scalar(select(func.max(log.c.number))) or 0) + 1
    row = {**asdict(release), "number": number, "released_at": since}
    await connection.execute(log.insert().values(row))
    await audit.write(connection, told)


async def _changes(
    connection: AsyncConnection, name: str, before: int | None, after: int
) -> dict[str, Any]:
    """What the audit log tells of a release, line by line; the versions themselves stay."""
    if before is None:
        return {}
    old = await document_of(connection, name, before)
    new = await document_of(connection, name, after)
    lines = await asyncio.to_thread(differences, old, new)  # calls are going on
    more = [f"(+{len(lines) - _TOLD})"] if len(lines) > _TOLD else []
    return {"changes": [*lines[:_TOLD], *more]}


async def _by_release(connection: AsyncConnection, name: str) -> Sequence[int]:
    """The versions that ever were in force, by when that was last so."""
    flows = models.flows.c
    query = (
        select(flows.version)
        .where((flows.name == name) & flows.published_at.is_not(None))
        .order_by(flows.published_at, flows.version)
    )
    return (await connection.execute(query)).scalars().all()


async def _names(connection: AsyncConnection) -> Sequence[str]:
    names = select(models.flows.c.name).distinct().order_by(models.flows.c.name)
    return (await connection.execute(names)).scalars().all()
