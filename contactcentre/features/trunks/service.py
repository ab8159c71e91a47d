"""The page of trunks, kept: documents in the database, secrets in the directory."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Person, Unavailable
from agents_ui.trunks.port import TrunkRefused, TrunkRow, TrunkState
from contactcentre.core.config import document
from contactcentre.core.config.document import Refused
from contactcentre.core.config.trunk import Transport, Trunk
from contactcentre.features.trunks import store
from contactcentre.features.trunks.secret import BadSecret, checked
from contactcentre.features.trunks.transports import SET, is_off, require_private
from contactcentre.storage import database
from contactcentre.telephony.directory import Directory


class TrunkService:
    """`state` tells whether a trunk's carrier answers, `on` which transports Asterisk has."""

    def __init__(
        self,
        engine: AsyncEngine,
        directory: Directory,
        state: Callable[[str], TrunkState],
        *,
        on: AbstractSet[Transport],
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._state = state
        self._on = on

    async def trunks(self) -> Sequence[TrunkRow]:
        """See `TrunkRoom`."""
        with _there():
            kept = await store.listed(self._engine)
            return [await asyncio.to_thread(self._row, one) for one in kept]

    async def save(
        self, written: Mapping[str, Any], *, secret: str, replace: bool, person: Person
    ) -> None:
        """See `TrunkRoom`."""
        with _there():
            try:
                trunk = self._checked(written, secret)
                give = partial(self._directory.give_secret, trunk.trunk_id, secret)
                await store.save(
                    self._engine,
                    written,
                    replace=replace,
                    by=person.user_id,
                    give=give if secret else None,
                )
            except Refused as refused:
                raise TrunkRefused(refused.problems) from None
            except (store.TrunkThere, BadSecret) as refused:
                raise TrunkRefused([str(refused)]) from None
            if secret:
                await store.note_secret(self._engine, trunk.trunk_id, by=person.user_id)

    async def remove(self, trunk_id: str, *, person: Person) -> None:
        """See `TrunkRoom`."""
        with _there():
            await store.remove(self._engine, trunk_id, by=person.user_id)
            await asyncio.to_thread(self._directory.forget_secret, trunk_id)

    def _checked(self, written: Mapping[str, Any], secret: str) -> Trunk:
        trunk = document.read(Trunk, dict(written), f"trunk {written.get('trunk_id')}")
        if secret:
            checked(secret)
        if trunk.transport not in self._on:
            what = f"{is_off(trunk.transport)}: {SET[trunk.transport]}"
            raise Refused([f"trunk {trunk.trunk_id}, transport: {what}"])
        require_private(trunk)
        return trunk

    def _row(self, trunk: Trunk) -> TrunkRow:
        return TrunkRow(
            trunk_id=trunk.trunk_id,
            name=trunk.name,
            peers=trunk.peers,
            server=trunk.server or "",
            transport=trunk.transport,
            srtp="" if trunk.srtp is None else "yes" if trunk.srtp else "no",
            encrypted=trunk.encrypted,
            domain=trunk.domain or "",
            user=trunk.user or "",
            has_secret=self._directory.has_secret(trunk.trunk_id),
            challenges=trunk.challenges,
            registers=trunk.registers,
            codecs=trunk.codecs,
            numbers=trunk.numbers,
            shows=trunk.shows or "",
            municipality=trunk.municipality or "",
            centre_id=trunk.centre_id or "",
            link=trunk.link,
            open_to_read=trunk.is_open_to_read,
            state=self._state(trunk.trunk_id),
        )


@contextmanager
def _there() -> Iterator[None]:
    try:
        yield
    except (*database.AWAY, sqlite3.Error):
        raise Unavailable from None
