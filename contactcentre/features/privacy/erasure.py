"""A person's data are erased: out of the memory, the journal, the database, and the recordings.

The contacts stay, for the statistics; nothing tells any more whose they were. In this order, so
that nothing comes back: World forgets first, then nothing new can be written; then, while nothing
is on its way to the database, the journal's file and the database. Cut off in the middle, it is
asked for once more: what is gone already is no fault.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.outcomes import Outcome
from contactcentre.engine.clock import now
from contactcentre.features.privacy import store
from contactcentre.features.privacy.case_sweep import BLANK
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.telephony.message_files import MessageFiles

_contacts, _cases, _entries = models.contacts.c, models.cases.c, models.case_entries.c

_MESSAGE = _contacts.message_s.is_not(None)
_ASKED = _contacts.outcome == Outcome.CALLBACK
"""Contacts in which, perhaps, it was said what the callback is for."""


class NotErased(Exception):
    """It can not be done now; says why."""


class HeldData(NotErased):
    """The law forbids it."""


class OpenContact(NotErased):
    """Something of that caller's is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What went."""

    contacts: int
    records: int  # of the journal's file
    recordings: int


Approved = Callable[[str, str], Awaitable[None]]
"""Uses up what a second person has approved: of a citizen (a pseudonym), on whose word. Raises
`NotErased` where nobody has."""


async def by_shell(person: str, by: str) -> None:
    """Nobody is asked: whoever has a shell on the service's machine can read its files as well."""


class LiveData(Protocol):
    """What a service that may run knows."""

    async def forget(self, number: str) -> bool:
        """World forgets; False where something of that caller's is under way."""

    def still(self) -> AbstractAsyncContextManager[None]:
        """Nothing is on its way to the database meanwhile."""

    async def erase(self, number: str) -> int:
        """The journal's file; how many records told of that caller."""


class Erasure:
    """Erases whom it is told to. Who may tell it so is not its matter."""

    def __init__(
        self,
        engine: AsyncEngine,
        live: LiveData,
        files: MessageFiles,
        pseudonyms: Pseudonyms,
        *,
        approved: Approved,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._live = live
        self._files = files
        self._pseudonyms = pseudonyms
        self._approved = approved
        self._clock = clock

    async def erase(self, number: str, *, by: str, why: str) -> Erased:
        """Erase all of a number (E.164). Raises `NotErased`, or `database.AWAY` errors."""
        person = self._pseudonyms.of(number)
        async with self._engine.connect() as connection:
            if person in await store.held(connection):
                raise HeldData("there is a legal hold on these data: see `person holds`")
            if await store.open_case(connection, (number, person)):
                raise OpenContact("a case of this number is still open: answer it, and close it")
        await self._approved(person, by)
        if not await self._live.forget(number):
            raise OpenContact("a call, a callback or a message of this number is still open")
        async with self._live.still():
            records = await self._live.erase(number)
            recordings = await self._remove_recordings(number, person)
            contacts = await self._erase_rows(number, person, by=by, why=why)
        await database.settle(self._engine)
        return Erased(contacts=contacts, records=records, recordings=recordings)

    async def _erase_rows(self, number: str, person: str, *, by: str, why: str) -> int:
        at = self._clock()
        change = (
            update(models.contacts)
            .where(_contacts.caller.in_((number, person)))
            .values(caller=None, note="", forgotten_at=at)
        )
        async with self._engine.begin() as connection:
            count = (await connection.execute(change)).rowcount
            await _erase_cases(connection, (number, person), at)
            entry = AuditEntry(
                at=at,
                who=by,
                action=Action.PERSON_ERASED,
                person=person,
                purpose=why,
                details={"contacts": count},
            )
            await audit.write(connection, entry)
        return count

    async def _remove_recordings(self, number: str, person: str) -> int:
        """The row says so first, as everywhere."""
        query = select(_contacts.call_id, _contacts.callback_of).where(
            _contacts.caller.in_((number, person)),
            _MESSAGE | _ASKED | _contacts.question_s.is_not(None),
        )
        async with self._engine.connect() as connection:
            left_in = frozenset(
                each for row in await connection.execute(query) for each in row if each
            )
        found = await asyncio.to_thread(self._files.list)
        mine = [file.recording for file in found if file.call_id in left_in]
        gone = update(models.contacts).where(
            (_contacts.callback_of.in_(left_in) & _MESSAGE)
            | (_contacts.call_id.in_(left_in) & _ASKED),
            _contacts.message_deleted_at.is_(None),
        )
        async with self._engine.begin() as connection:
            await connection.execute(gone.values(message_deleted_at=self._clock()))
        for recording in mine:
            await asyncio.to_thread(self._files.remove, recording)
        return len(mine)


async def _erase_cases(connection: AsyncConnection, callers: Collection[str], at: float) -> None:
    mine = _cases.caller.in_(callers)
    of_mine = _entries.case_id.in_(select(_cases.case_id).where(mine))
    await connection.execute(update(models.case_entries).where(of_mine).values(text=""))
    change = update(models.cases).where(mine)
    await connection.execute(change.values(**BLANK, caller=None, forgotten_at=at))
