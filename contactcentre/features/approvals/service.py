"""A second person: one asks, another with the right approves, and it is used once.

Whoever does something that the table asks a second person for (`Rule.second` is "before") calls
`use` in the transaction in which it is done. What is asked for is an act and the id of its object;
of anything else an approval says nothing. Every step is in the audit log.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from typing import Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.approvals.port import Approval
from agents_ui.shell.permissions import WHOLE, Act, may, may_second
from agents_ui.shell.port import Person, Realm, Unavailable
from contactcentre.features.approvals import store
from contactcentre.features.approvals.store import NotApproved
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry

__all__ = ["ApprovalService", "NotAllowed", "NotApproved", "use"]

WITHIN_S: Final = 3600.0
"""So long a request waits, and what it allows may be done."""

KEPT_S: Final = 550 * 24 * 3600.0

use = store.use


class NotAllowed(Exception):
    """The table does not let that person ask for it."""


class ApprovalService:
    """Keeps `agents_ui.approvals.port.Approvals`."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    async def ask(
        self,
        act: Act,
        of: str,
        *,
        why: str,
        person: Person,
        lies_in: AbstractSet[Realm] = WHOLE,
        within_s: float = WITHIN_S,
    ) -> str:
        """Ask for a second person, for `act` on the object of that id; the id of the request.

        Raises `NotAllowed` where the person could not do it with one, and `Unavailable`.
        """
        if not may(person, act, lies_in):
            raise NotAllowed(act)
        approval_id, at = uuid.uuid4().hex, self._clock()
        async with self._database() as connection:
            await store.forget(connection, at - KEPT_S)
            await store.add(
                connection,
                approval_id,
                act=act,
                of=of,
                realms=lies_in,
                why=why,
                by=person.user_id,
                at=at,
                expires_at=at + within_s,
            )
            await self._note(connection, Action.APPROVAL_ASKED, person, approval_id)
        return approval_id

    async def waiting(self, person: Person) -> Sequence[Approval]:
        """See `Approvals`."""
        async with self._database() as connection:
            rows = await store.waiting(connection, self._clock())
        return [
            Approval(
                approval_id=row["approval_id"],
                act=row["act"],
                object=row["object"],
                why=row["why"],
                asked_by=row["name"] or row["asked_by"],
                asked_at=row["asked_at"],
                expires_at=row["expires_at"],
                mine=row["asked_by"] == person.user_id,
            )
            for row in rows
            if row["asked_by"] == person.user_id or _may_decide(person, row["act"], row)
        ]

    async def decide(self, approval_id: str, *, approved: bool, person: Person) -> bool:
        """See `Approvals`."""
        decision = "approved" if approved else "refused"
        async with self._database() as connection:
            row = await store.one(connection, approval_id)
            if row is None or not _may_decide(person, row["act"], row):
                raise LookupError(approval_id)
            done = await store.decide(
                connection, approval_id, decision, by=person.user_id, at=self._clock()
            )
            if done:
                action = Action.APPROVED if approved else Action.APPROVAL_REFUSED
                await self._note(connection, action, person, approval_id)
        return done

    async def use(self, act: Act, of: str, *, person: Person) -> str:
        """Use up what was approved, in a transaction of its own; who has approved it.

        Where the deed is a transaction too, call `use` of this module in that one.
        Raises `NotApproved` and `Unavailable`.
        """
        async with self._database() as connection:
            return await store.use(connection, act=act, of=of, by=person.user_id, at=self._clock())

    async def use_in(
        self, connection: AsyncConnection, act: Act, of: str, *, person: Person
    ) -> bool:
        """The same in the transaction of what is done; whether it was approved."""
        try:
            await store.use(connection, act=act, of=of, by=person.user_id, at=self._clock())
        except NotApproved:
            return False
        return True

    async def used(self, act: Act, of: str, *, by: str) -> bool:
        """Use up what was approved to whom that id belongs; whether it was."""
        async with self._database() as connection:
            try:
                await store.use(connection, act=act, of=of, by=by, at=self._clock())
            except NotApproved:
                return False
        return True

    async def approved(self, act: Act, *, person: Person) -> Sequence[str]:
        """The objects of what the person has asked for and may do now."""
        async with self._database() as connection:
            return await store.usable(connection, act, by=person.user_id, at=self._clock())

    async def _note(
        self, connection: AsyncConnection, action: Action, person: Person, approval_id: str
    ) -> None:
        entry = AuditEntry(at=self._clock(), who=person.user_id, action=action, object=approval_id)
        await audit.write(connection, entry)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="approvals", away=Unavailable)


def _may_decide(person: Person, act: str, row: RowMapping) -> bool:
    return act in set(Act) and may_second(person, Act(act), store.realms_of(row))
