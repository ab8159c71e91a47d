"""The service cards in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import structlog
from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.features.catalogue.document import Service, from_document
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)


async def read(engine: AsyncEngine) -> tuple[Service, ...]:
    """All of them, whenever they are valid. Raises `database.AWAY` errors."""
    row = models.services.c
    query = select(row.document, row.valid_from, row.valid_to).order_by(row.code)
    async with engine.connect() as connection:
        rows = (await connection.execute(query)).mappings().all()
    return tuple(_readable(rows))


def _readable(rows: Iterable[RowMapping]) -> Iterator[Service]:
    for row in rows:
        days = {"valid_from": row["valid_from"], "valid_to": row["valid_to"]}
        try:
            yield from_document({**row["document"], **days})
        except msgspec.ValidationError as error:
            # One card that nobody can read must not take the others away.
            log.error("catalogue.card_refused", action="catalogue.card_refused", error=str(error))
