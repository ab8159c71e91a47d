"""The configuration as people edited it: its documents, read at one moment, unchecked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.config.network import FlowKey
from contactcentre.storage import database, documents, settings
from contactcentre.storage import tables as models

Row = Mapping[str, Any]

RULES = ("callbacks", "limits", "offers")
"""The settings that people edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Documents, and rows of menus, decisions and the day, by table; nobody has checked them."""

    version: int
    rows: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def of(self, table: Table) -> Sequence[Row]:
        """What is in a table; nothing for one that an older version did not know."""
        return self.rows.get(table.name, ())

    def in_use(self, table: Table) -> Sequence[Row]:
        """The documents that nobody has retired: what is not `active` stays for history alone."""
        return [one for one in self.of(table) if one.get("active") is not False]

    def keys(self, table: Table) -> tuple[str, ...]:
        """The keys of its documents in use, in order."""
        return tuple(one.get(documents.key_of(table), "?") for one in self.in_use(table))


async def read(engine: AsyncEngine, *, also: Collection[FlowKey] = ()) -> Draft:
    """Everything as it stands at one moment; `also` are menus of old that calls are still in."""
    async with database.snapshot(engine) as connection:
        return await read_by(connection, also=also)


async def read_by(connection: AsyncConnection, *, also: Collection[FlowKey] = ()) -> Draft:
    """The same by a connection, with what its transaction has changed."""
    rows = {table.name: await documents.read(connection, table) for table in models.NETWORK}
    policies = models.language_policies
    rows[policies.name] = await _rows(connection, select(policies).order_by(policies.c.number))
    rows[models.assignments.name] = await _rows(connection, select(models.assignments))
    rows[models.flows.name] = await _flows(connection, also)
    return Draft(
        version=await settings.version(connection),
        rows=rows,
        settings={key: await settings.get(connection, key) for key in RULES},
    )


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def _flows(connection: AsyncConnection, also: Collection[FlowKey]) -> list[dict[str, Any]]:
    """Of each menu the version that was put in force last, and the `also` that are there."""
    flows = models.flows.c
    published = select(flows.name, flows.version).where(flows.published_at.is_not(None))
    newest_last = published.order_by(flows.published_at, flows.version)
    in_force = {row.name: row.version for row in await connection.execute(newest_last)}
    wanted = {*in_force.items(), *also}
    query = (
        select(flows.name, flows.version, flows.document)
        .where(tuple_(flows.name, flows.version).in_(sorted(wanted)))
        .order_by(flows.name, flows.version)
    )
    return [
        {**row, "in_force": in_force.get(row["name"]) == row["version"]}
        for row in await _rows(connection, query)
    ]
