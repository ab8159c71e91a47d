"""Contacts of which something was written beside the journal that reports count."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import database
from contactcentre.storage import tables as models


async def recount(connection: AsyncConnection, call_id: str, at: float) -> None:
    """That contact's facts, within ten minutes; in the caller's transaction."""
    row = {"kind": "again", "key": call_id, "day": 0, "seq": int(at * 1000)}
    await database.upsert(connection, models.report_due, [row], newer_by="seq")
