"""Which records are one person's: found, merged and split on the word of the officer, with undo.

A merge is a pointer and moves nothing; a split moves what is named to a new record, and to undo it
is to merge that one back.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.person import port
from agents_ui.shell.port import Person, Unavailable
from contactcentre.engine.clock import now
from contactcentre.features.privacy import record_store as store
from contactcentre.features.privacy.room import whom
from contactcentre.storage import audit, database, people, personal_code
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.people import KnownPerson
from contactcentre.storage.personal_codes import PersonalCodes

UNDO_S = 30 * 86_400.0
NAME_LENGTH = 100


class PersonRecordService:
    """Keeps `agents_ui.person.port.PersonRecords`."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        codes: PersonalCodes | None = None,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._codes = codes
        self._clock = clock

    async def find(
        self, asked: Sequence[str], *, why: str, person: Person
    ) -> Sequence[port.FoundPerson]:
        """See `PersonRecords`."""
        async with self._database() as connection:
            found = [one for each in asked for one in await self._known_by(connection, each)]
            ids = tuple(dict.fromkeys(found))
            entries = [self._entry(Action.PERSON_FOUND, one, why, person) for one in ids]
            await audit.write(connection, *entries)
            return [await self._shown(connection, one) for one in ids]

    async def merge(self, person_id: str, into: str, *, why: str, person: Person) -> None:
        """See `PersonRecords`."""
        if person_id == into or not person_id or not into:
            raise port.PersonRefused("nothing")
        async with self._database() as connection:
            if not await store.merge(connection, person_id, into, at=self._clock()):
                raise port.PersonRefused("meanwhile")
            entry = self._entry(Action.PERSON_MERGED, into, why, person, object_=person_id)
            await audit.write(connection, entry)

    async def split(
        self,
        person_id: str,
        *,
        name: str,
        numbers: Sequence[str],
        contacts: Sequence[str],
        why: str,
        person: Person,
    ) -> None:
        """See `PersonRecords`."""
        tidy = " ".join(name.split())[:NAME_LENGTH]
        if not tidy or not (numbers or contacts):
            raise port.PersonRefused("nothing")
        async with self._database() as connection:
            who = await self._person(connection, person_id)
            new = store.SplitOff(person_id=uuid.uuid4().hex, name=tidy, split_from=who.person_id)
            await store.add(connection, new, at=self._clock(), by=person.user_id)
            if not await store.move(connection, who, new, numbers, contacts, at=self._clock()):
                raise port.PersonRefused("nothing")
            entry = self._entry(
                Action.PERSON_SPLIT, who.person_id, why, person, object_=new.person_id
            )
            await audit.write(connection, entry)

    async def undo(self, person_id: str, *, why: str, person: Person) -> None:
        """See `PersonRecords`."""
        at = self._clock()
        async with self._database() as connection:
            row = await store.row(connection, person_id)
            if row is None:
                raise port.PersonRefused("meanwhile")
            changed_at = row["merged_at"] if row["merged_into"] else row["made_at"]
            if changed_at < at - UNDO_S:
                raise port.PersonRefused("late")
            of: str | None = row["merged_into"]
            if of is not None:
                done = await store.part(connection, person_id)
            else:
                of = await people.root(connection, row["split_from"] or "")
                done = of is not None and await store.merge(connection, person_id, of, at=at)
            if of is None or not done:
                raise port.PersonRefused("meanwhile")
            entry = self._entry(Action.MERGE_UNDONE, of, why, person, object_=person_id)
            await audit.write(connection, entry)

    # --- parts ------------------------------------------------------------------------------

    async def _known_by(self, connection: AsyncConnection, asked: str) -> Sequence[str]:
        code = personal_code.read(asked)
        if code is not None and self._codes is not None:
            found = await store.by_code(connection, self._codes.hash_of(code))
            return () if found is None else (found,)
        of = whom(asked)
        return await people.of_number(connection, of) if of.startswith("+") else (of,)

    async def _person(self, connection: AsyncConnection, person_id: str) -> KnownPerson:
        try:
            return await people.known(connection, person_id)
        except LookupError:
            raise port.PersonRefused("meanwhile") from None

    async def _shown(self, connection: AsyncConnection, person_id: str) -> port.FoundPerson:
        who = await self._person(connection, person_id)
        rows = {row["person_id"]: row for row in await store.rows(connection, who)}
        own = rows[who.person_id]
        since = self._clock() - UNDO_S
        merged = [row for row in rows.values() if row["merged_into"]]
        split = await store.row(connection, own["split_from"]) if own["split_from"] else None
        return port.FoundPerson(
            person_id=who.person_id,
            name=own["name"],
            municipality=await store.municipality(connection, own["municipality"]),
            since=min(row["made_at"] for row in rows.values()),
            numbers=await store.numbers(connection, who),
            shared=bool(who.shared),
            contacts=await store.contacts(connection, who),
            merged=tuple(
                port.SameRecord(
                    person_id=row["person_id"],
                    name=row["name"],
                    at=row["merged_at"],
                    undoable=row["merged_at"] >= since,
                )
                for row in merged
            ),
            split=None
            if split is None
            else port.SameRecord(
                person_id=who.person_id,
                name=split["name"],
                at=own["made_at"],
                undoable=own["made_at"] >= since,
            ),
        )

    def _entry(
        self, action: Action, of: str, why: str, person: Person, *, object_: str = ""
    ) -> AuditEntry:
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=action,
            object=object_,
            purpose=why,
            person=of,
        )

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="privacy", away=Unavailable)
