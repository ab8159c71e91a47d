"""Recordings as their page plays them: for a reason, to whom they may be played."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.recordings.port import CannotOpen, CopyNotApproved, RecordingView
from agents_ui.shell.permissions import Act, around, may
from agents_ui.shell.port import Person, Realm, Unavailable
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.storage import audit, database, people
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.sealed_file import SealedFile, SealFault
from contactcentre.storage.sealed_talks import SealedTalks

log = structlog.get_logger(__name__)

HOUR_S: Final = 3600.0
TICKETS: Final = 500
"""At most, of everybody; the oldest go first."""

_rows, _contacts = models.recordings.c, models.contacts.c


class Seconds(Protocol):
    """What a second person approves."""

    async def ask(
        self, act: Act, of: str, *, why: str, person: Person, lies_in: AbstractSet[Realm]
    ) -> str: ...

    async def approved(self, act: Act, *, person: Person) -> Sequence[str]: ...

    async def use_in(
        self, connection: AsyncConnection, act: Act, of: str, *, person: Person
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Ticket:
    leg_id: str
    user_id: str
    why: str
    until: float


class RecordingService:
    """Keeps `agents_ui.recordings.port.RecordingRoom`. `network` is the one in force."""

    def __init__(
        self,
        engine: AsyncEngine,
        sealed: SealedTalks,
        approvals: Seconds,
        *,
        network: Callable[[], Network],
        person: Callable[[str], str],
        clock: Callable[[], float] = now,
    ) -> None:
        """`person`: what stands for a number in the audit log."""
        self._engine = engine
        self._person = person
        self._sealed = sealed
        self._approvals = approvals
        self._network = network
        self._clock = clock
        self._tickets: dict[str, _Ticket] = {}

    async def open(self, leg_id: str, *, why: str, person: Person) -> str:
        """See `RecordingRoom`."""
        at = self._clock()
        async with self._database() as connection:
            row = await self._row(connection, leg_id, Act.RECORDINGS_PLAY, person)
            await self._note(connection, Action.RECORDING_HEARD, row, why, person, at)
        ticket = secrets.token_urlsafe(24)
        self._forget(at)
        self._tickets[ticket] = _Ticket(leg_id, person.user_id, why, at + HOUR_S)
        return ticket

    async def view(self, ticket: str, *, person: Person) -> RecordingView:
        """See `RecordingRoom`."""
        held = self._held(ticket, person)
        async with self._database() as connection:
            row = await self._row(connection, held.leg_id, Act.RECORDINGS_PLAY, person)
        approved = await self._approvals.approved(Act.RECORDINGS_EXPORT, person=person)
        profile = self._network().agents.get(row["agent_id"])
        return RecordingView(
            call_id=row["call_id"],
            leg_id=row["leg_id"],
            agent=profile.name if profile is not None else row["agent_id"],
            from_at=row["from_at"],
            seconds=row["seconds"],
            state=row["state"],
            why=held.why,
            approved=held.leg_id in approved,
        )

    async def sound(self, ticket: str, *, person: Person) -> SealedFile:
        """See `RecordingRoom`."""
        leg_id = self._held(ticket, person).leg_id
        async with self._database() as connection:  # a right may have been taken meanwhile
            await self._row(connection, leg_id, Act.RECORDINGS_PLAY, person)
        return await self._opened(leg_id)

    async def ask_copy(self, ticket: str, *, why: str, person: Person) -> None:
        """See `RecordingRoom`."""
        leg_id = self._held(ticket, person).leg_id
        async with self._database() as connection:
            row = await self._row(connection, leg_id, Act.RECORDINGS_EXPORT, person)
        await self._approvals.ask(
            Act.RECORDINGS_EXPORT, leg_id, why=why, person=person, lies_in=self._lies_in(row)
        )

    async def copy(self, ticket: str, *, person: Person) -> SealedFile:
        """See `RecordingRoom`."""
        held, at = self._held(ticket, person), self._clock()
        found = await self._opened(held.leg_id)  # before the approval is used up
        async with self._database() as connection:
            row = await self._row(connection, held.leg_id, Act.RECORDINGS_EXPORT, person)
            if not await self._approvals.use_in(
                connection, Act.RECORDINGS_EXPORT, held.leg_id, person=person
            ):
                raise CopyNotApproved
            await self._note(connection, Action.RECORDING_COPIED, row, held.why, person, at)
        return found

    # --- who may ---------------------------------------------------------------------------

    async def _row(
        self, connection: AsyncConnection, leg_id: str, act: Act, person: Person
    ) -> RowMapping:
        """One that is there, and may be heard by this person. Raises `LookupError`."""
        query = (
            select(models.recordings, _contacts.home_centre_id, _contacts.municipality)
            .outerjoin(models.contacts, _contacts.call_id == _rows.call_id)
            .where(_rows.leg_id == leg_id, _rows.deleted_at.is_(None), _rows.state != "missing")
        )
        row = (await connection.execute(query)).mappings().one_or_none()
        if row is None or not may(person, act, self._lies_in(row)):
            raise LookupError(leg_id)
        return row

    def _lies_in(self, row: RowMapping) -> frozenset[Realm]:
        """Where its call started, and where it was answered."""
        network = self._network()
        profile = network.agents.get(row["agent_id"])
        realms = around(network.place(row["home_centre_id"]))
        if profile is not None:
            realms |= around(network.place(profile.centre_id))
        if row["municipality"]:
            realms |= {("municipality", row["municipality"])}
        return realms

    def _held(self, ticket: str, person: Person) -> _Ticket:
        found = self._tickets.get(ticket)
        if found is None or found.user_id != person.user_id or found.until < self._clock():
            raise LookupError("no such ticket")
        return found

    def _forget(self, at: float) -> None:
        kept = [(key, one) for key, one in self._tickets.items() if one.until >= at]
        self._tickets = dict(kept[-(TICKETS - 1) :])

    async def _opened(self, leg_id: str) -> SealedFile:
        try:
            return await asyncio.to_thread(self._sealed.open, leg_id)
        except FileNotFoundError:
            raise LookupError(leg_id) from None
        except (SealFault, OSError) as fault:
            log.error("recording.unreadable", leg_id=leg_id, advice=str(fault))
            raise CannotOpen(str(fault)) from None

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="recordings", away=Unavailable)

    async def _note(
        self,
        connection: AsyncConnection,
        action: Action,
        row: RowMapping,
        why: str,
        person: Person,
        at: float,
    ) -> None:
        entry = AuditEntry(
            at=at,
            who=person.user_id,
            action=action,
            object=row["call_id"],
            purpose=why,
            person=await people.of_contact(connection, row["call_id"], self._person),
            details={"leg": row["leg_id"]},
        )
        await audit.write(connection, entry)
