"""Whose calls are not taken: asked with every call, so known in memory and read anew by and by.

Numbers are kept as pseudonyms alone (docs/decisions/0026). While the database is away, at the start
or later, the list goes on as it was read last.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, Never, Protocol

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.abuse.port import AbuseEntry, EntryState, NoNumber
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Person, Unavailable
from contactcentre.engine.clock import now
from contactcentre.features.abuse import store
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.last_good import LastGood
from contactcentre.telephony.translation import caller_of

PERIOD_S: Final = 2.0
DAY_S: Final = 24 * 3600.0
Until = dict[str, float]
"""By pseudonym, the end of the entry (seconds UTC)."""


class Asking(Protocol):
    """Asks for a second person; the id of the request."""

    async def __call__(self, act: Act, of: str, *, why: str, person: Person) -> str: ...


class AbuseList:
    """Keeps `agents_ui.abuse.port.AbuseRoom`. `begin`, and keep `run` running."""

    def __init__(
        self,
        engine: AsyncEngine,
        kept: Path,
        *,
        pseudonym: Callable[[str], str],
        ask: Asking,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._kept = LastGood(kept, Until)
        self._pseudonym = pseudonym
        self._ask = ask
        self._clock = clock
        self._until: Until = {}

    def listed(self, caller: str | None) -> bool:
        """Whether calls of that number are not taken now."""
        if caller is None or not self._until:
            return False
        return self._until.get(self._pseudonym(caller), 0.0) > self._clock()

    async def begin(self) -> None:
        """The list to start with."""
        if not await self.look():
            kept = await asyncio.to_thread(self._kept.read)
            self._until = kept or {}

    async def run(self) -> Never:
        """Read it anew, until cancelled: another process may have been told."""
        while True:
            await asyncio.sleep(PERIOD_S)
            await self.look()

    async def look(self) -> bool:
        """Read the list; False while the database is away."""
        try:
            rows = await self._open()
        except Unavailable:
            return False
        until = {row["person"]: row["expires_at"] for row in rows if row["decision"] == "approved"}
        if until != self._until:
            self._until = until
            await asyncio.to_thread(self._kept.keep, until)
        return True

    async def entries(self) -> Sequence[AbuseEntry]:
        """See `AbuseRoom`."""
        return [
            AbuseEntry(
                entry_id=row["entry_id"],
                why=row["why"],
                state=self._state(row),
                added_by=row["name"] or row["added_by"],
                added_at=row["added_at"],
                expires_at=row["expires_at"],
            )
            for row in (await self._open())[: store.SHOWN]
        ]

    async def ask(self, number: str, *, why: str, days: int, person: Person) -> None:
        """See `AbuseRoom`."""
        caller = caller_of("".join(number.split()))
        if caller is None:
            raise NoNumber
        citizen, entry_id, at = self._pseudonym(caller), uuid.uuid4().hex, self._clock()
        approval_id = await self._ask(Act.ABUSE_ADD, entry_id, why=why, person=person)
        row = {
            "entry_id": entry_id,
            "person": citizen,
            "why": why,
            "added_by": person.user_id,
            "added_at": at,
            "expires_at": at + days * DAY_S,
            "approval_id": approval_id,
        }
        entry = AuditEntry(
            at=at, who=person.user_id, action=Action.ABUSE_ASKED, object=entry_id, person=citizen
        )
        async with self._database() as connection:
            await store.forget(connection, at)
            await store.add(connection, row)
            await audit.write(connection, entry)

    async def ask_to_lift(self, entry_id: str, *, why: str, person: Person) -> None:
        """See `AbuseRoom`."""
        found = [row for row in await self._open() if row["entry_id"] == entry_id]
        if not found or self._state(found[0]) != "counts":
            raise LookupError(entry_id)
        lift_id = await self._ask(Act.ABUSE_LIFT, entry_id, why=why, person=person)
        async with self._database() as connection:
            await store.name_lift(connection, entry_id, lift_id)

    def _state(self, row: RowMapping) -> EntryState:
        if row["decision"] != "approved":
            return "asked"
        asked = row["lift_decision"] == "" and row["lift_until"] > self._clock()
        return "lifting" if asked else "counts"

    async def _open(self) -> Sequence[RowMapping]:
        async with self._database() as connection:
            return await store.open_entries(connection, self._clock())

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="abuse", away=Unavailable)
