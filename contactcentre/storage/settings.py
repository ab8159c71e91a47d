"""What the database keeps by name: settings, and among them the number of the network."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import database
from contactcentre.storage import tables as models

VERSION = "network_version"

_settings = models.settings.c
_value = select(_settings.value).where(_settings.key == bindparam("key"))

VERSION_NOW = select(_settings.value).where(_settings.key == VERSION).scalar_subquery()
"""The network's number, for whoever watches it; None where nothing was ever saved."""


async def get(connection: AsyncConnection, key: str) -> Any:
    """A setting that the database keeps, or None."""
    return await connection.scalar(_value, {"key": key})


async def put(connection: AsyncConnection, key: str, value: Any) -> None:
    """Keep a setting."""
    await database.upsert(connection, models.settings, [{"key": key, "value": value}])


async def version(connection: AsyncConnection) -> int:
    """The network's number, 0 where nothing was ever saved."""
    return int(await get(connection, VERSION) or 0)


async def changed(connection: AsyncConnection) -> int:
    """Give the network its next number, which is how the running service learns of a change.

    Two who write at the same time get two numbers: the second waits for the first's commit.
    """
    await database.insert_new(connection, models.settings, [{"key": VERSION, "value": 0}])
    held = await connection.execute(_value.with_for_update(), {"key": VERSION})
    new: int = held.scalar_one() + 1
    await put(connection, VERSION, new)
    return new
