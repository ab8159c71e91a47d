"""`contactcentre services`: the cards as a file; a file's changes, reviewed before they count."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.core.config import archive
from contactcentre.engine.clock import now
from contactcentre.features.catalogue import bundle, cpsv, review, sheet, store
from contactcentre.features.catalogue.document import written
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from routing.calendar import local_day

app = program("services")

_telling = console.telling(ValueError, OSError, otherwise=2)


@app.command
@_telling
async def export(
    *,
    form: Annotated[
        Literal["json", "csv", "cpsv-ap"],
        Parameter(name="--format", help="json and csv as `load` takes them; cpsv-ap for others"),
    ] = "json",
    settings: Settings,
) -> None:
    """All cards, as JSON, as a table, or (those of today) as JSON-LD of CPSV-AP 3.2."""
    async with database.opened(settings.database) as engine:
        services = (await store.read(engine)).services
    match form:
        case "csv":
            console.say(sheet.written(services).rstrip())
        case "cpsv-ap":
            day = local_day(now()).isoformat()
            base = f"{settings.panel_origin}/catalogue.jsonld"
            graph = cpsv.catalogue(services, base, day=day)
            console.say(json.dumps(graph, ensure_ascii=False, indent=1))
        case "json":
            cards = [written(card) for card in services]
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
    """What a file of cards (JSON, YAML, CSV or a ZIP of such) would change, and with --yes the
    change itself.

    All of it or, where a single card is wrong, nothing. Cards that the file does not have stay, and
    so do fields for which a table has no column.
    """
    content = await asyncio.to_thread(file.read_bytes)
    texts = archive.files(content, file.name, bundle.BOUNDS)
    async with database.opened(settings.database) as engine:
        before = (await store.read(engine)).services
        cards = review.read_all(texts, before)
        changes = review.changes(before, cards)
        _tell(changes)
        if not yes:
            console.say(f"{len(changes)} cards would change; --yes publishes that")
            return
        async with engine.begin() as connection:
            rows = store.rows(before, [card for card in cards if card.code in changes])
            await documents.save(connection, {models.services: rows}, by=console.author())
    console.say(f"{len(changes)} cards changed")


def _tell(changes: review.Changes) -> None:
    for code, change in changes.items():
        for name, (was, new) in change.items():
            told = new if name == review.NEW else f"{was} -> {new}"
            console.say(f"{code}, {name}: {told}")
