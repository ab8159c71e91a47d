"""The service cards in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core.config import document
from contactcentre.features.catalogue.document import Service
from contactcentre.storage import documents
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)


async def read(engine: AsyncEngine) -> tuple[Service, ...]:
    """All of them, whenever they are valid. Raises `database.AWAY` errors."""
    async with engine.connect() as connection:
        return tuple(_readable(await documents.read(connection, models.services)))


def _readable(cards: Iterable[documents.Document]) -> Iterator[Service]:
    for card in cards:
        try:
            yield document.read(Service, card, f"service {card['code']}")
        except document.Refused as refused:
            # One card that nobody can read must not take the others away.
            log.error(
                "catalogue.card_refused",
                action="catalogue.card_refused",
                problems=refused.problems,
            )
