"""Trunks, as people keep them. What belongs together is refused together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.config import document, references
from contactcentre.core.config.network import Network
from contactcentre.core.config.trunk import Trunk
from contactcentre.storage import audit, documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL, Action, AuditEntry
from contactcentre.storage.documents import Document


class TrunkThere(ValueError):
    """One of that name is there already."""


class NoTrunk(LookupError):
    """There is none of that name; the text says which there are."""


async def save(
    engine: AsyncEngine,
    written: Mapping[str, Any],
    *,
    replace: bool = False,
    by: str = SHELL,
    give: Callable[[], None] | None = None,
) -> Trunk:
    """Keep a trunk, a new one as the last; the running service takes it up within a second.

    `give` puts its secret where Asterisk reads it, in a thread: once nothing is wrong, and before
    anybody logs in with it. Raises `Refused` with all faults, `TrunkThere`, and what `give` raises.
    """
    trunk = document.read(Trunk, dict(written), f"trunk {written.get('trunk_id')}")
    async with engine.begin() as connection:
        kept = {one["trunk_id"]: one for one in await documents.read(connection, models.trunks)}
        if trunk.trunk_id in kept and not replace:
            raise TrunkThere(f"trunk {trunk.trunk_id} is there already: add --replace")
        kept[trunk.trunk_id] = dict(written)
        await _check(connection, list(kept.values()))
        if give is not None:
            await asyncio.to_thread(give)
        new = documents.rows(models.trunks, list(kept.values()))
        await documents.save(connection, {models.trunks: new}, by=by)
    return trunk


async def remove(engine: AsyncEngine, trunk_id: str, *, by: str = SHELL) -> None:
    """It is no more; calls on it go on. Raises `NoTrunk`."""
    async with engine.begin() as connection:
        kept = [one["trunk_id"] for one in await documents.read(connection, models.trunks)]
        _known(trunk_id, kept)
        await documents.remove(connection, models.trunks, trunk_id, by=by)


async def note_secret(engine: AsyncEngine, trunk_id: str, *, by: str = SHELL) -> None:
    """Put on record that it has another secret, which is kept elsewhere."""
    entry = AuditEntry(
        at=time.time(),
        who=by,
        action=Action.CONFIGURED,
        object=f"trunks/{trunk_id}",
        details={"after": "another secret"},
    )
    async with engine.begin() as connection:
        await audit.write(connection, entry)


async def listed(engine: AsyncEngine) -> list[Trunk]:
    """All, in order. Raises `Refused` where one cannot be used."""
    async with engine.connect() as connection:
        return _read(await documents.read(connection, models.trunks))


async def one(engine: AsyncEngine, trunk_id: str) -> Trunk:
    """That one. Raises `NoTrunk`."""
    there = {trunk.trunk_id: trunk for trunk in await listed(engine)}
    _known(trunk_id, list(there))
    return there[trunk_id]


def _known(trunk_id: str, there: Sequence[str]) -> None:
    if trunk_id not in there:
        raise NoTrunk(f"no trunk '{trunk_id}'; there are: {', '.join(there) or 'none yet'}")


def _read(kept: Sequence[Document]) -> list[Trunk]:
    return [document.read(Trunk, given, f"trunk {given['trunk_id']}") for given in kept]


async def _check(connection: AsyncConnection, kept: Sequence[Document]) -> None:
    network = Network(version=0, trunks={trunk.trunk_id: trunk for trunk in _read(kept)})
    there: references.Names = {
        "municipality": await _keys(connection, models.municipalities),
        "centre": await _keys(connection, models.centres),
    }
    if problems := list(references.problems(network, there)):
        raise document.Refused(problems)


async def _keys(connection: AsyncConnection, table: Table) -> list[str]:
    key = table.c[documents.key_of(table)]
    return list((await connection.execute(select(key).order_by(key))).scalars())
