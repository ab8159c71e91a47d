"""Documents in their tables: a row is a key, a position in the order of all, and a document.

Here a document bears its key as well, as people write it; which fields it has besides is not known
here (see `contactcentre.core.config.document`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL, configured
from contactcentre.storage.settings import changed

Document = dict[str, Any]


def key_of(table: Table) -> str:
    """The name of the key."""
    (column,) = table.primary_key.columns
    return column.name


def rows(table: Table, documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of documents in this order."""
    key = key_of(table)
    return [
        {
            key: document[key],
            "position": number,
            "document": {name: value for name, value in document.items() if name != key},
        }
        for number, document in enumerate(documents)
    ]


async def read(connection: AsyncConnection, table: Table) -> list[Document]:
    """All documents of a table, in order."""
    key = table.c[key_of(table)]
    query = select(key, table.c.document).order_by(table.c.position, key)
    return [_whole(key.name, *row) for row in await connection.execute(query)]


def _whole(name: str, key: str, found: object) -> Document:
    # What is no mapping at all is told when it is checked, as a key that nobody knows.
    return {**(found if isinstance(found, dict) else {"document": found}), name: key}


async def save(
    connection: AsyncConnection,
    rows: Mapping[Table, Sequence[Mapping[str, Any]]],
    *,
    by: str = SHELL,
) -> int:
    """Insert or update rows of any tables; the network's new version. The transaction is yours.

    What each document was before and is now goes on record, as `by` (a user's id).
    """
    for table, some in rows.items():
        content = _content(table)
        if content is None:
            await database.upsert(connection, table, some)
            continue
        after = {row[key_of(table)]: row[content] for row in some}
        before = await _present(connection, table, after)
        await database.upsert(connection, table, some)
        await _note(connection, table, before, after, by)
    return await changed(connection)


async def change(
    connection: AsyncConnection, table: Table, key: str, by: str = SHELL, /, **fields: object
) -> int:
    """Set fields of the document of that key, which is there; the network's new version."""
    version = await changed(connection)  # first of all: who writes at the same time waits here
    one = table.c[key_of(table)] == key
    found: Any = await connection.scalar(select(table.c.document).where(one))
    await connection.execute(update(table).where(one).values(document={**found, **fields}))
    await _note(connection, table, {key: found}, {key: {**found, **fields}}, by)
    return version


async def put(
    connection: AsyncConnection,
    table: Table,
    changed: Mapping[str, Mapping[str, Any]],
    *,
    by: str = SHELL,
) -> int:
    """Documents (without their keys) by key: each in the place of the one that is there, new ones
    behind all; the network's new version."""
    key, position = table.c[key_of(table)], table.c.position
    places = {row[0]: row[1] for row in await connection.execute(select(key, position))}
    last = max(places.values(), default=-1)
    new = [one for one in changed if one not in places]
    places |= {one: last + number for number, one in enumerate(new, 1)}
    fresh = [
        {key.name: one, "position": places[one], "document": dict(document)}
        for one, document in changed.items()
    ]
    return await save(connection, {table: fresh}, by=by)


async def remove(connection: AsyncConnection, table: Table, key: str, *, by: str = SHELL) -> int:
    """Delete the document of that key, which is there; the network's new version."""
    version = await changed(connection)
    one = table.c[key_of(table)] == key
    found: Any = await connection.scalar(select(table.c.document).where(one))
    await connection.execute(delete(table).where(one))
    await _note(connection, table, {key: found}, {key: None}, by)
    return version


def _content(table: Table) -> str | None:
    """The column of what people edit; None of a table that the service writes itself."""
    if table is models.settings:
        return "value"
    return "document" if "document" in table.c and len(table.primary_key) == 1 else None


async def _present(
    connection: AsyncConnection, table: Table, keys: Iterable[str]
) -> dict[str, Any]:
    key = table.c[key_of(table)]
    query = select(key, table.c[_content(table) or ""]).where(key.in_(keys))
    return {row[0]: row[1] for row in await connection.execute(query)}


async def _note(
    connection: AsyncConnection,
    table: Table,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: str,
) -> None:
    at = time.time()
    entries = (
        configured(f"{table.name}/{key}", before.get(key), one, at=at, by=by)
        for key, one in after.items()
    )
    await audit.write(connection, *(one for one in entries if one is not None))
