"""The service cards in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.config import document
from contactcentre.features.catalogue.document import Answer, Service, written
from contactcentre.storage import documents
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)

MOST_ANSWERS: Final = 30
"""Of one card: who has more to say writes it into the card itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """All cards, whenever they are valid, and the phrases for what is not ours."""

    services: tuple[Service, ...] = ()
    not_ours: tuple[str, ...] = ()


async def read(engine: AsyncEngine) -> Published:
    """All of them, whenever they are valid. Raises `database.AWAY` errors."""
    async with engine.connect() as connection:
        return Published(
            services=await all_of(connection),
            not_ours=tuple(
                row["phrase"] for row in await documents.read(connection, models.not_ours)
            ),
        )


async def all_of(connection: AsyncConnection) -> tuple[Service, ...]:
    """The cards alone."""
    return tuple(_readable(await documents.read(connection, models.services)))


def rows(before: Sequence[Service], cards: Sequence[Service]) -> list[dict[str, Any]]:
    """Of changed cards: each keeps its place; new ones come behind all."""
    places = {card.code: place for place, card in enumerate(before)}
    made = documents.rows(models.services, [written(card) for card in cards])
    return [
        {**row, "position": places.get(row["code"], len(before) + row["position"])} for row in made
    ]


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


async def add_answer(connection: AsyncConnection, code: str, answer: Answer, *, by: str) -> None:
    """The card says so from now on, in the place of what it has said to the same question.

    Raises `LookupError` for no such card, `OverflowError` where it has too many.
    """
    one = select(models.services.c.document).where(models.services.c.code == code)
    found: Any = await connection.scalar(one.with_for_update())
    if found is None:
        raise LookupError(code)
    others = [each for each in found.get("answers", ()) if each["question"] != answer.question]
    if len(others) >= MOST_ANSWERS:
        raise OverflowError(code)
    answers = [*others, asdict(answer)]
    await documents.change(connection, models.services, code, by, answers=answers)
