"""The configuration as people edited it: the rows of its tables, read at one moment, unchecked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.config.network import FlowKey
from contactcentre.features.publication import callback_rules, offer_rules
from contactcentre.storage import database, settings
from contactcentre.storage import tables as models

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The rows as people edited them, by table; nobody has checked them yet."""

    version: int
    rows: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)

    def of(self, table: str) -> Sequence[Row]:
        """The rows of a table; none for one that an older version did not know."""
        return self.rows.get(table, ())

    def setting(self, key: str) -> Any:
        """What a setting says; None where it was never written."""
        return next((row.get("value") for row in self.of(key)), None)


async def read(engine: AsyncEngine, *, also: Collection[FlowKey] = ()) -> Draft:
    """The rows as they stand at one moment; `also` are menus of old that calls are still in."""
    async with database.snapshot(engine) as connection:
        rows = {
            "centres": await _centres(connection),
            "hotlines": await _all(connection, models.hotlines),
            "queues": await _queues(connection),
            "agents": await _all(connection, models.agents),
            "flows": await _flows(connection, also),
            "calendars": await _all(connection, models.calendars),
            "language_policies": await _all(connection, models.language_policies),
            "days_off": await _all(connection, models.days_off),
            "crisis_plans": await _plans(connection),
            "municipalities": await _all(connection, models.municipalities),
            "regions": await _all(connection, models.regions),
            "offers": await _setting(connection, offer_rules.KEY),
            "notices": await _all(connection, models.notices),
            "callbacks": await _setting(connection, callback_rules.KEY),
        }
        return Draft(version=await settings.version(connection), rows=rows)


async def _all(connection: AsyncConnection, table: Table) -> list[dict[str, Any]]:
    return await _rows(connection, select(table).order_by(*table.primary_key))


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def _setting(connection: AsyncConnection, key: str) -> list[dict[str, Any]]:
    return await _rows(connection, select(models.settings).where(models.settings.c.key == key))


async def _queues(connection: AsyncConnection) -> list[dict[str, Any]]:
    return await _rows(connection, select(models.queues).order_by(models.queues.c.position))


async def _plans(connection: AsyncConnection) -> list[dict[str, Any]]:
    query = select(models.crisis_plans).order_by(models.crisis_plans.c.position)
    return await _rows(connection, query)


async def _centres(connection: AsyncConnection) -> list[dict[str, Any]]:
    query = select(
        models.centres.c.centre_id,
        models.centres.c.name,
        models.centres.c.calendar_id,
        models.centres.c.afar_per_hour,
        models.centres.c.municipality_id.label("municipality"),
        models.municipalities.c.region_id.label("region"),
    ).join_from(models.centres, models.municipalities)
    return await _rows(connection, query)


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
