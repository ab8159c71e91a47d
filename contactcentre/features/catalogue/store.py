"""The service cards in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core.config import document
from contactcentre.features.catalogue.document import Service
from contactcentre.storage import documents
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """All cards, whenever they are valid, and the phrases for what is not ours."""

    services: tuple[Service, ...] = ()
    not_ours: tuple[str, ...] = ()


async def read(engine: AsyncEngine) -> Published:
    """All of them, whenever they are valid. Raises `database.AWAY` errors."""
    async with engine.connect() as connection:
        return Published(
            services=tuple(_readable(await documents.read(connection, models.services))),
            not_ours=tuple(
                row["phrase"] for row in await documents.read(connection, models.not_ours)
            ),
        )


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
