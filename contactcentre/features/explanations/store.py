"""The log of decisions in the database: one row each, its document as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.decisions import Decision
from contactcentre.storage import database
from contactcentre.storage import tables as models

_decisions, _contacts = models.decisions, models.contacts

_KEY = frozenset({"call_id", "at", "kind", "offers"})


async def write(connection: AsyncConnection, decisions: Iterable[Decision]) -> None:
    """Insert those that are not there yet."""
    await database.insert_new(connection, _decisions, [_row(each) for each in decisions])


async def read(connection: AsyncConnection, call_id: str) -> Sequence[Decision]:
    """Those of one call, in order."""
    query = select(_decisions).where(_decisions.c.call_id == call_id).order_by(_decisions.c.at)
    return [_decision(row) for row in (await connection.execute(query)).mappings()]


async def prune(connection: AsyncConnection, before_at: float) -> int:
    """Delete those of calls that are kept no more; the number of them.

    A call's row may come later than its first decisions, so young ones are left alone.
    """
    kept = exists().where(_contacts.c.call_id == _decisions.c.call_id)
    gone = await connection.execute(delete(_decisions).where(_decisions.c.at < before_at, ~kept))
    return gone.rowcount


def _row(decision: Decision) -> dict[str, Any]:
    document = msgspec.to_builtins(decision)
    return {
        **{key: document[key] for key in _KEY},
        "document": {key: value for key, value in document.items() if key not in _KEY},
    }


def _decision(row: Any) -> Decision:
    return msgspec.convert({**row["document"], **{key: row[key] for key in _KEY}}, Decision)
