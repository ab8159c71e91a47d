"""The realms in which a role can be given, as they are published: names, and what lies in what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.permissions import around
from agents_ui.shell.port import NETWORK, Realm
from contactcentre.storage import tables as models
from routing.scope import Place


@dataclass(frozen=True, slots=True)
class Realms:
    """`names` of all that there are; `municipalities` are the ids of the centres' own."""

    names: Mapping[Realm, str]
    municipalities: Mapping[str, str]

    def lies_in(self, realm: Realm) -> frozenset[Realm]:
        """The realms that a realm lies in: itself, and those around it."""
        kind, key = realm
        place = Place(key if kind == "centre" else "", self.municipalities.get(key, ""))
        return around(place if kind == "centre" else Place()) | {realm}

    def of_centre(self, centre_id: str | None) -> frozenset[Realm]:
        """Those in which a centre lies; the network alone where there is none."""
        return self.lies_in(("centre", centre_id)) if centre_id else frozenset({NETWORK})

    def name(self, realm: Realm) -> str:
        """What people call it; what is not published any more by its id."""
        return self.names.get(realm, realm[1])


async def read(connection: AsyncConnection) -> Realms:
    """As they are in the database."""
    centres, around_them = models.centres.c, models.municipalities.c
    names: dict[Realm, str] = {NETWORK: ""}
    municipalities: dict[str, str] = {}
    query = select(around_them.municipality_id, around_them.document["name"].as_string())
    for key, name in await connection.execute(query):
        names["municipality", key] = name
    fields = (centres.document[name].as_string() for name in ("name", "municipality"))
    for key, name, municipality in await connection.execute(select(centres.centre_id, *fields)):
        names["centre", key], municipalities[key] = name, municipality
    # As it stands on the cards: institutions have no documents of their own.
    institution = models.services.c.document["institution"]["lv"].as_string()
    for name in (await connection.execute(select(institution).distinct())).scalars():
        names["institution", name] = name
    return Realms(names, municipalities)
