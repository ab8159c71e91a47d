"""Cards out and in: as files for others, and a file of changed cards, reviewed by an editor."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.services.port import (
    CardChange,
    CardFieldChange,
    CardReview,
    ExportFormat,
    FileFormat,
    OpenFile,
    ReviewRefused,
)
from agents_ui.shell.permissions import Act, may
from agents_ui.shell.port import Person, Realm, Unavailable
from contactcentre.core.config import archive
from contactcentre.core.config.document import Refused
from contactcentre.engine.clock import now
from contactcentre.features.catalogue import bundle, cpsv, review, sheet, store
from contactcentre.features.catalogue.document import Service, written
from contactcentre.storage import database, documents, settings
from contactcentre.storage import tables as models
from routing.calendar import local_day

SHOWN: Final = 200
"""Changed cards, and faults, that are told one by one."""
LONGEST: Final = 300
"""Of a value that is told."""


class CardFileService:
    """Keeps `agents_ui.services.port.CardFiles`. `open_to_all`: whether files go to strangers."""

    def __init__(
        self,
        engine: AsyncEngine,
        published: Callable[[], Sequence[Service]],
        *,
        origin: str,
        open_to_all: bool,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._published = published
        self._origin = origin
        self._open = open_to_all
        self._clock = clock
        self._made: dict[FileFormat, tuple[Sequence[Service], str, OpenFile]] = {}
        self._making = asyncio.Lock()

    # --- out -------------------------------------------------------------------------------

    async def opened(self, form: FileFormat) -> OpenFile:
        """See `CardFiles`."""
        if not self._open:
            raise LookupError(form)
        services, day = self._published(), local_day(self._clock()).isoformat()
        async with self._making:  # whoever asks meanwhile gets the same
            of, on, made = self._made.get(form, (None, "", None))
            if made is None or of is not services or on != day:
                made = await asyncio.to_thread(self._make, form, services, day)
                self._made[form] = services, day, made
            return made

    def _make(self, form: FileFormat, services: Sequence[Service], day: str) -> OpenFile:
        here = [one for one in services if one.valid_on(day)]
        if form == "csv":
            body = sheet.written(here, without=sheet.PRIVATE).encode()
        else:
            graph = cpsv.catalogue(here, f"{self._origin}/catalogue.jsonld", day=day)
            body = json.dumps(graph, ensure_ascii=False).encode()
        tag = hashlib.sha256(body).hexdigest()[:32]
        return OpenFile(body=body, packed=gzip.compress(body, mtime=0), tag=tag)

    async def exported(self, form: ExportFormat) -> bytes:
        """See `CardFiles`."""
        async with self._database() as connection:
            cards = await store.all_of(connection)
        if form == "zip":
            return await asyncio.to_thread(bundle.packed, cards)
        return (await asyncio.to_thread(sheet.written, cards)).encode()

    # --- in --------------------------------------------------------------------------------

    async def review(self, name: str, content: bytes, *, person: Person) -> CardReview:
        """See `CardFiles`."""
        async with self._database() as connection:
            before = await store.all_of(connection)
        return (await asyncio.to_thread(_reviewed, name, content, before, person))[0]

    async def load(self, name: str, content: bytes, digest: str, *, person: Person) -> int:
        """See `CardFiles`."""
        async with self._database() as connection:
            await settings.changed(connection)  # who publishes at the same time waits here
            before = await store.all_of(connection)
            found, cards = await asyncio.to_thread(_reviewed, name, content, before, person)
            if found.digest != digest:
                raise ReviewRefused(["changed"])
            rows = store.rows(before, cards)
            await documents.save(connection, {models.services: rows}, by=person.user_id)
        return len(cards)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="catalogue", away=Unavailable)


def _reviewed(
    name: str, content: bytes, before: Sequence[Service], person: Person
) -> tuple[CardReview, Sequence[Service]]:
    """What would change, and the cards that do. Raises `ReviewRefused`."""
    try:
        cards = review.read_all(archive.files(content, name, bundle.BOUNDS), before)
    except Refused as refused:
        raise ReviewRefused(refused.problems[:SHOWN]) from None
    changes = review.changes(before, cards)
    known = {card.code: card for card in before}
    new = [card for card in cards if card.code in changes]
    elsewhere = [
        f"{card.code}: {card.institution['lv']}"
        for card in new
        if not all(_is_mine(one, person) for one in (card, known.get(card.code)) if one)
    ]
    if elsewhere:
        raise ReviewRefused([f"not yours to edit: {one}" for one in elsewhere[:SHOWN]])
    told = [
        CardChange(
            code=card.code,
            name=card.lv.name,
            new=review.NEW in changes[card.code],
            fields=tuple(_field(field, *pair) for field, pair in changes[card.code].items()),
        )
        for card in new
    ]
    return CardReview(count=len(told), changes=tuple(told[:SHOWN]), digest=_digest(new)), new


def _is_mine(card: Service, person: Person) -> bool:
    """Every institution that gives it."""
    own: set[Realm] = {("municipality", card.municipality)} if card.municipality else set()
    givers = {card.giver(one)["lv"] for one in ("", *card.variants)}
    return all(may(person, Act.SERVICES_EDIT, own | {("institution", one)}) for one in givers)


def _field(name: str, was: Any, new: Any) -> CardFieldChange:
    if name == review.NEW:
        return CardFieldChange(name="", was="", new=str(new))
    return CardFieldChange(name=name, was=_told(was), new=_told(new))


def _told(value: Any) -> str:
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_as)
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + "…"


def _as(value: Any) -> Any:
    return asdict(value)


def _digest(cards: Sequence[Service]) -> str:
    """Of what would be published, so that what is published is what was shown."""
    plain = json.dumps([written(one) for one in cards], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
