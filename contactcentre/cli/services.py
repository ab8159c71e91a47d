"""`contactcentre services`: the cards as a file; a file's changes, reviewed before they count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.features.catalogue import review, store
from contactcentre.features.catalogue.document import Service
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models

app = program("services")

_telling = console.telling(ValueError, OSError, otherwise=2)


@app.command
@_telling
async def export(*, settings: Settings) -> None:
    """All cards as JSON, as `load` takes them."""
    async with database.opened(settings.database) as engine:
        published = await store.read(engine)
    cards = [asdict(card) for card in published.services]
    console.say(json.dumps(cards, ensure_ascii=False, indent=1))


@app.command
@_telling
async def load(
    file: Path,
    /,
    *,
    yes: Annotated[bool, Parameter(help="publish it; else it is only told")] = False,
    settings: Settings,
) -> None:
    """What a file of cards (JSON or YAML) would change, and with --yes the change itself.

    All of it or, where a single card is wrong, nothing. Cards that the file does not have stay.
    """
    text = await asyncio.to_thread(file.read_text, "utf-8")
    cards = review.read(text, file.name)
    async with database.opened(settings.database) as engine:
        before = (await store.read(engine)).services
        changes = review.changes(before, cards)
        _tell(changes)
        if not yes:
            console.say(f"{len(changes)} cards would change; --yes publishes that")
            return
        async with engine.begin() as connection:
            rows = _rows(before, [card for card in cards if card.code in changes])
            await documents.save(connection, {models.services: rows}, by=console.author())
    console.say(f"{len(changes)} cards changed")


def _tell(changes: review.Changes) -> None:
    for code, change in changes.items():
        for name, (was, new) in change.items():
            told = new if name == review.NEW else f"{was} -> {new}"
            console.say(f"{code}, {name}: {told}")


def _rows(before: Sequence[Service], cards: Sequence[Service]) -> list[dict[str, object]]:
    """A card keeps its place; new ones come behind all."""
    places = {card.code: place for place, card in enumerate(before)}
    rows = documents.rows(models.services, [asdict(card) for card in cards])
    return [
        {**row, "position": places.get(row["code"], len(before) + row["position"])} for row in rows
    ]
