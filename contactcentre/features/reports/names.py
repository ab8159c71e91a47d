"""What things are called on a report, and where they lie: read from the tables that people edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.permissions import around
from agents_ui.shell.port import Realm
from contactcentre.features.reports.facts import HOME
from contactcentre.storage import tables as models
from contactcentre.storage.documents import key_of
from routing.scope import NOWHERE, Place

AT_MOST: Final = 1000

_TABLES: Final[Mapping[str, Table]] = {
    "queue": models.queues,
    "centre": models.centres,
    "home_centre": models.centres,
    "municipality": models.municipalities,
    "region": models.regions,
    "service": models.services,
    "agent": models.agents,
    "dialled": models.hotlines,
}


async def labels(
    connection: AsyncConnection,
    dimension: str,
    language: str,
    keys: Collection[str] | None = None,
) -> dict[str, str]:
    """Names by key; of all there are where no keys are given."""
    table = _TABLES.get(dimension)
    if table is None:
        return {key: key for key in keys or await _seen(connection, dimension)}
    key = table.c[key_of(table)]
    named = _named(dimension, table, language)
    query = select(key, named).order_by(table.c.position, key).limit(AT_MOST)
    if keys is not None:
        query = query.where(key.in_(keys))
    rows = await connection.execute(query)
    return {row[0]: _said(row[1], language) or row[0] for row in rows}


def _named(dimension: str, table: Table, language: str) -> ColumnElement[Any]:
    if dimension in ("centre", "home_centre"):
        return models.CENTRE_BRIEF
    if dimension == "service":  # a card has a part for each language
        told = (table.c.document[code]["name"].as_string() for code in (language, "lv"))
        return func.coalesce(*told)
    name = "labels" if dimension in ("queue", "dialled") else "name"
    return table.c.document[name]


def _said(name: object, language: str) -> str:
    if isinstance(name, Mapping):
        return str(name.get(language) or name.get("lv") or "")
    return str(name or "")


async def _seen(connection: AsyncConnection, dimension: str) -> list[str]:
    """Of what nobody has edited: what reports of months have seen."""
    months = models.report_months.c
    query = select(months.key).where(months.dimension == dimension, months.key != "").distinct()
    return sorted((await connection.execute(query.limit(AT_MOST))).scalars())


class Map:
    """Which centre lies where, and which agent in which, as it is now."""

    def __init__(self, places: Mapping[str, Place], agents: Mapping[str, str]) -> None:
        self._places = places
        self._agents = agents

    def place(self, centre: str | None) -> Place:
        """Of a centre."""
        return self._places.get(centre or "", NOWHERE)

    def agent(self, agent: str) -> Place:
        """Of an agent's centre."""
        return self.place(self._agents.get(agent))

    def centre_of(self, agent: str) -> str:
        """The agent's centre; "" of who is there no more."""
        return self._agents.get(agent, "")

    def centres_in(self, realms: Collection[Realm]) -> list[str]:
        """Those that lie in one of these."""
        wanted = frozenset(realms)
        return [centre for centre, place in self._places.items() if wanted & around(place)]

    def municipality(self, key: str) -> str:
        """Of a fact: the one that was asked about, else the home centre's."""
        return self.place(key[1:]).municipality if key.startswith(HOME) else key

    def keys_of(self, municipality: str) -> tuple[str, ...]:
        """All keys of facts that stand for it."""
        places = self._places.items()
        here = (centre for centre, place in places if place.municipality == municipality)
        return (municipality, *(f"{HOME}{centre}" for centre in here))


async def read_map(connection: AsyncConnection) -> Map:
    """As it is now."""
    centre, town, agent = models.centres.c, models.municipalities.c, models.agents.c
    lies = select(town.municipality_id, town.document["region"].as_string())
    regions: dict[str, str] = {row[0]: row[1] or "" for row in await connection.execute(lies)}
    rows = await connection.execute(
        select(centre.centre_id, centre.document["municipality"].as_string())
    )
    places = {row[0]: Place(row[0], row[1] or "", regions.get(row[1] or "", "")) for row in rows}
    work = await connection.execute(select(agent.agent_id, agent.document["centre_id"].as_string()))
    return Map(places, {row[0]: row[1] or "" for row in work})
