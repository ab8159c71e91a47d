"""Scorecards, sampling rules and scripts, as they are edited on their page."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Final, get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.quality import port
from agents_ui.quality.port import QualityRefused
from agents_ui.shell.port import Person, Texts, Unavailable
from contactcentre.core.config.document import Refused
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.quality import documents
from contactcentre.features.quality.document import (
    CallScript,
    Document,
    Kind,
    SamplingRule,
    Scorecard,
)
from contactcentre.features.quality.documents import Stale
from contactcentre.storage import database
from contactcentre.storage import tables as models

NEW: Final = "new"
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class QualityDocumentService:
    """Keeps `agents_ui.quality.port.QualityDocuments`. `usual` is the file to begin with."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        network: Callable[[], Network],
        usual: Path,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._network = network
        self._usual = usual
        self._clock = clock

    async def listed(self) -> Mapping[port.EditKind, Sequence[port.EditRow]]:
        """See `QualityDocuments`."""
        async with self._database() as connection:
            return {
                kind: [
                    port.EditRow(
                        key=one.key,
                        name=_name(one.document),
                        version=one.version,
                        active=one.document.active,
                    )
                    for one in (await documents.newest(connection, kind)).values()
                ]
                for kind in KINDS
            }

    async def document(self, kind: port.EditKind, key: str, version: int = 0) -> port.EditView:
        """See `QualityDocuments`."""
        async with self._database() as connection:
            if key == NEW:
                newest, shown, history = 0, dict[str, object](), []
            else:
                edited = await documents.one(connection, kind, key, version)
                rows = await documents.versions(connection, kind, key)
                newest, shown = rows[0]["version"], asdict(edited.document)
                history = [
                    port.VersionRow(
                        version=row["version"], made_at=row["made_at"], made_by=row["name"] or ""
                    )
                    for row in rows
                ]
            return port.EditView(
                kind=kind,
                key=key,
                version=newest,
                document=shown,
                versions=history,
                scorecards=await self._scorecards(connection, kind),
                queues={key: dict(one.labels) for key, one in self._network().queues.items()},
            )

    async def _scorecards(self, connection: AsyncConnection, kind: Kind) -> dict[str, Texts]:
        """Those that a rule, or a script, may name."""
        use = "test" if kind == "script" else "talk"
        found = await documents.newest(connection, "scorecard")
        fit = {
            key: documents.as_scorecard(one)
            for key, one in found.items()
            if documents.as_scorecard(one).use == use
        }
        return {key: _name(one) for key, one in fit.items() if one.active}

    async def save(
        self,
        kind: port.EditKind,
        key: str,
        document: Mapping[str, object],
        *,
        base: int,
        person: Person,
    ) -> str:
        """See `QualityDocuments`."""
        try:
            made = documents.read(kind, document)
        except Refused as refused:
            raise QualityRefused("form", refused.problems) from None
        at, by = self._clock(), person.user_id
        try:
            async with self._database() as connection:
                if key != NEW:
                    await documents.one(connection, kind, key)
                await self._check(connection, kind, made)
                here = secrets.token_hex(8) if key == NEW else key
                await documents.put(connection, kind, here, made, base=base, at=at, by=by)
        except Stale:
            raise QualityRefused("stale") from None
        except OverflowError:
            raise QualityRefused("many") from None
        return here

    async def _check(self, connection: AsyncConnection, kind: Kind, made: Document) -> None:
        """What it names is there."""
        if isinstance(made, Scorecard):
            return
        if made.scorecard not in await self._scorecards(connection, kind):
            raise QualityRefused("form", ["scorecard"])
        if isinstance(made, SamplingRule) and not self._network().queues.keys() >= {*made.queues}:
            raise QualityRefused("form", ["queues"])
        cards = models.services.c.code
        if isinstance(made, CallScript) and made.service:
            known = await connection.scalar(select(cards).where(cards == made.service))
            if known is None:
                raise QualityRefused("form", ["service"])

    async def begin(self, *, person: Person) -> None:
        """See `QualityDocuments`."""
        made = await asyncio.to_thread(documents.starter, self._usual)
        async with self._database() as connection:
            await documents.begin(connection, made, at=self._clock(), by=person.user_id)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="quality", away=Unavailable)


def _name(made: Document) -> Texts:
    if isinstance(made, Scorecard):
        return {"lv": made.lv, "en": made.en}
    return {"lv": made.name, "en": made.name}
