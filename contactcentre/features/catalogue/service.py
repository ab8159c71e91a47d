"""The catalogue of a running service: today's cards, read anew with every publication.

While the database is away, at the start or later, it goes on with the cards that were read last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Never

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import ServiceCard
from contactcentre.engine.clock import now
from contactcentre.features.catalogue import store
from contactcentre.features.catalogue.document import Service
from contactcentre.features.catalogue.search import SearchIndex
from contactcentre.features.catalogue.store import Published
from contactcentre.storage import database
from contactcentre.storage.last_good import LastGood
from routing.calendar import local_day

log = structlog.get_logger(__name__)

LOOK_S = 60.0
"""How soon after midnight the cards of the new day are shown."""

RETRY_S = 2.0

LISTED = 100
"""Cards on one page."""


class CatalogueService:
    """Keeps `agents_ui.desk.port.Catalogue` and `agents_ui.services.port.ServiceCards`.

    `begin`, keep `run` running, `note` a publication.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        kept: Path,
        *,
        clock: Callable[[], float] = now,
        look_s: float = LOOK_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._engine = engine
        self._kept = LastGood(kept, Published)
        self._clock = clock
        self._look_s = look_s
        self._retry_s = retry_s
        self._published = Published()
        self._day = ""
        self._index = SearchIndex(())
        self._told = asyncio.Event()

    def search(
        self, text: str, *, locale: str, limit: int = 8, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """See `Catalogue`."""
        return self._index.search(text, locale=locale, limit=limit, municipality=municipality)

    def spoken_of(self, note: str, *, locale: str, municipality: str = "") -> Sequence[ServiceCard]:
        """See `Catalogue`."""
        return self._index.spoken_of(note, locale=locale, municipality=municipality)

    def listed(self, text: str, *, locale: str) -> Sequence[ServiceCard]:
        """See `agents_ui.services.port.ServiceCards`."""
        if text.strip():
            return self._index.search(text, locale=locale, limit=LISTED)
        return self._index.first(LISTED, locale=locale)

    def cards(
        self, codes: Sequence[str], *, locale: str, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """See `Catalogue`."""
        return self._index.cards(codes, locale=locale, municipality=municipality)

    def finds(self, text: str) -> bool:
        """Whether anything fits."""
        return bool(self._index.search(text, locale="lv", limit=1))

    def offered(self, code: str) -> bool:
        """Whether there is such a service today."""
        return bool(self._index.cards((code,), locale="lv"))

    def service(self, code: str) -> Service | None:
        """The card as it is published, whenever it is valid."""
        return next((one for one in self._published.services if one.code == code), None)

    def services(self) -> Sequence[Service]:
        """All that are published."""
        return self._published.services

    def needs_code(self, codes: Collection[str]) -> bool:
        """Whether one of these services can't be given without the citizen's personal code."""
        return any(one.personal_code for one in self._published.services if one.code in codes)

    async def begin(self) -> None:
        """The cards to start with; none where the database is away and none were kept."""
        if not await self._read():
            kept = await asyncio.to_thread(self._kept.read)
            self._published = kept or Published()
        await self._show()

    def note(self) -> None:
        """Something was published, and it may be a card."""
        self._told.set()

    async def run(self) -> Never:
        """Follow publications and the days, until cancelled."""
        while True:
            published = await self._heard()
            if published and not await self._read():
                await asyncio.sleep(self._retry_s)
            elif published or self._today() != self._day:
                await self._show()

    async def _heard(self) -> bool:
        """Whether something was published, or only time has gone by."""
        try:
            async with asyncio.timeout(self._look_s):
                return await self._told.wait()
        except TimeoutError:
            return False

    async def _read(self) -> bool:
        """Whether the database has told all; if not, there is still something to be read."""
        self._told.clear()
        try:
            self._published = await store.read(self._engine)
        except database.AWAY as error:
            self._told.set()
            log.warning("catalogue.waits", action="catalogue.waits", error=type(error).__name__)
            return False
        await asyncio.to_thread(self._kept.keep, self._published)
        return True

    async def _show(self) -> None:
        """Make the index of those that are valid today: in a thread, because calls are going on."""
        self._day = day = self._today()
        valid = [one for one in self._published.services if one.valid_on(day)]
        self._index = await asyncio.to_thread(
            SearchIndex, valid, not_ours=self._published.not_ours, day=day
        )

    def _today(self) -> str:
        return local_day(self._clock()).isoformat()
