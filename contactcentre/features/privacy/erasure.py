"""A person's data are erased: out of the memory, the journal, the database, and the recordings.

The contacts stay, for the statistics; nothing tells any more whose they were. In this order, so
that nothing comes back: World forgets first, then nothing new can be written; then, while nothing
is on its way to the database, the journal's file and the database. Cut off in the middle, it is
asked for once more: what is gone already is no fault.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.outcomes import Outcome
from contactcentre.engine.clock import now
from contactcentre.features.privacy import store
from contactcentre.features.privacy.belongings import Belongings
from contactcentre.features.privacy.case_sweep import BLANK, drop_files
from contactcentre.storage import audit, database, people
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.people import KnownPerson, SharedNumber
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.message_files import MessageFiles

_contacts, _cases, _entries = models.contacts.c, models.cases.c, models.case_entries.c

_MESSAGE = _contacts.message_s.is_not(None)
_ASKED = _contacts.outcome == Outcome.CALLBACK
"""Contacts in which, perhaps, it was said what the callback is for."""


class NotErased(Exception):
    """It cannot be done now; says why."""


class HeldData(NotErased):
    """The law forbids it."""


class OpenContact(NotErased):
    """Something of that caller's is under way."""


class UnclearPerson(NotErased):
    """Several people have the number."""


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

    async def forget(self, number: str, calls: Sequence[str] = ()) -> bool:
        """World forgets a number (""  is none), and these calls, whose number is others' too; False
        where something of them is under way."""

    def still(self) -> AbstractAsyncContextManager[None]:
        """Nothing is on its way to the database meanwhile."""

    async def erase(self, number: str) -> int:
        """The journal's file; how many records told of that caller."""

    async def erase_call(self, call_id: str) -> int:
        """The same of one call."""


class Erasure:
    """Erases whom it is told to. Who may tell it so is not its matter."""

    def __init__(
        self,
        engine: AsyncEngine,
        live: LiveData,
        files: MessageFiles,
        pseudonyms: Pseudonyms,
        *,
        talks: SealedTalks,
        approved: Approved,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._live = live
        self._files = files
        self._pseudonyms = pseudonyms
        self._talks = talks
        self._approved = approved
        self._clock = clock

    async def erase(self, asked: str, *, by: str, why: str) -> Erased:
        """Erase all of a person: whose number this is (E.164), or who has this id.

        Raises `NotErased`, or `database.AWAY` errors.
        """
        async with self._engine.connect() as connection:
            who = await self._who(connection, asked)
            theirs = Belongings((who,), self._pseudonyms)
            await self._refuse_held(connection, who, theirs)
            calls = await store.calls_of(connection, who)
        await self._approved(self.name_of(who), by)
        for number in who.own or ("",):
            if not await self._live.forget(number, calls):
                raise OpenContact("a call, a callback or a message of this number is still open")
        async with self._live.still():
            records = sum([await self._live.erase(number) for number in who.own])
            records += sum([await self._live.erase_call(call_id) for call_id in calls])
            recordings = await self._remove_recordings(theirs)
            recordings += await self._remove_talks(theirs)
            contacts = await self._erase_rows(who, theirs, by=by, why=why)
        await database.settle(self._engine)
        return Erased(contacts=contacts, records=records, recordings=recordings)

    def name_of(self, who: KnownPerson) -> str:
        """By which the audit log and approvals name whoever is meant: no number."""
        return who.person_id or self._pseudonyms.of(who.own[0])

    async def _who(self, connection: AsyncConnection, asked: str) -> KnownPerson:
        try:
            return await people.behind(connection, asked)
        except SharedNumber as shared:
            raise UnclearPerson(str(shared)) from None
        except LookupError:
            raise NotErased("there is no such person") from None

    async def _refuse_held(
        self, connection: AsyncConnection, who: KnownPerson, theirs: Belongings
    ) -> None:
        held = await store.held(connection)
        if not held.isdisjoint(map(self._pseudonyms.of, who.numbers)):
            raise HeldData("there is a legal hold on these data: see `person holds`")
        if await store.open_case(connection, theirs.cases()):
            raise OpenContact("a case of this number is still open: answer it, and close it")
        if await store.open_contact(connection, who):
            raise OpenContact("a call of this person is open still, or its record")

    async def _erase_rows(self, who: KnownPerson, theirs: Belongings, *, by: str, why: str) -> int:
        at = self._clock()
        change = (
            update(models.contacts)
            .where(theirs.contacts())
            .values(caller=None, note="", forgotten_at=at)
        )
        async with self._engine.begin() as connection:
            await _erase_cases(connection, theirs, at)
            await _erase_enquiries(connection, theirs, at)
            await _erase_assessments(connection, theirs)
            count = (await connection.execute(change)).rowcount
            await store.forget_person(connection, who)
            entry = AuditEntry(
                at=at,
                who=by,
                action=Action.PERSON_ERASED,
                person=self.name_of(who),
                purpose=why,
                details={"contacts": count},
            )
            await audit.write(connection, entry)
        return count

    async def _remove_recordings(self, theirs: Belongings) -> int:
        """The row says so first, as everywhere."""
        query = select(_contacts.call_id, _contacts.callback_of).where(
            theirs.contacts(),
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

    async def _remove_talks(self, theirs: Belongings) -> int:
        """In the same order."""
        rows, mine = models.recordings.c, select(_contacts.call_id).where(theirs.contacts())
        there = rows.call_id.in_(mine) & rows.deleted_at.is_(None)
        async with self._engine.begin() as connection:
            legs = (await connection.execute(select(rows.leg_id).where(there))).scalars().all()
            gone = update(models.recordings).where(there)
            await connection.execute(gone.values(deleted_at=self._clock(), deleted_why="erasure"))
        for leg_id in legs:
            await asyncio.to_thread(self._talks.remove, leg_id)
        return len(legs)


async def _erase_enquiries(connection: AsyncConnection, theirs: Belongings, at: float) -> None:
    """What was asked of owners in their calls; no link opens it, and nobody is rung for it."""
    asked = models.enquiries.c
    mine = asked.call_id.in_(select(_contacts.call_id).where(theirs.contacts()))
    values = {"question": "", "answer": "", "secret": "", "wants_call": False}
    change = update(models.enquiries).where(mine)
    await connection.execute(change.values(**values, over_at=func.coalesce(asked.over_at, at)))


async def _erase_assessments(connection: AsyncConnection, theirs: Belongings) -> None:
    """What was written of their talks; marks stay, and are an agent's. Nothing more is drawn."""
    mine = select(_contacts.call_id).where(theirs.contacts())
    for table in (models.assessments, models.scripted_calls):
        change = update(table).where(table.c.call_id.in_(mine))
        await connection.execute(change.values(comment="", remarks={}))
    replied = update(models.assessments).where(models.assessments.c.call_id.in_(mine))
    await connection.execute(replied.values(reply=""))
    await connection.execute(delete(models.samples).where(models.samples.c.call_id.in_(mine)))


async def _erase_cases(connection: AsyncConnection, theirs: Belongings, at: float) -> None:
    of_mine = _entries.case_id.in_(select(_cases.case_id).where(theirs.cases()))
    await connection.execute(update(models.case_entries).where(of_mine).values(text=""))
    of_cases = select(_cases.case_id).where(theirs.cases())
    await drop_files(connection, models.case_files.c.case_id.in_(of_cases), at)
    change = update(models.cases).where(theirs.cases())
    await connection.execute(change.values(**BLANK, caller=None, forgotten_at=at))
