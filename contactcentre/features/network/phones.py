"""Telephones on tables: a new password, given out once with all the telephone's settings."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.network import port
from agents_ui.shell.port import Person, Unavailable
from contactcentre.engine.clock import now
from contactcentre.features.agents.document import table_phone
from contactcentre.features.network.editing import opened
from contactcentre.features.network.kinds import KINDS
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.phone_file import ENDINGS, MAKES, PhoneAccount


class DeskPhoneService:
    """Keeps `agents_ui.network.port.DeskPhones`. `account`: what a telephone of that endpoint and
    name is told; `end` takes back what is registered, by the secret in force."""

    def __init__(
        self,
        engine: AsyncEngine,
        directory: Directory,
        *,
        account: Callable[[str, str], PhoneAccount],
        end: Callable[[str, str], Awaitable[None]],
        open_to_read: bool = False,
    ) -> None:
        self.open_to_read = open_to_read
        self._engine = engine
        self._directory = directory
        self._account = account
        self._end = end

    async def issue(self, agent_id: str, make: port.PhoneMake, *, person: Person) -> port.PhoneFile:
        """See `DeskPhones`."""
        if self.open_to_read:
            raise port.NoDeskPhone(agent_id)
        endpoint, name = await self._noted(agent_id, "issued", person)
        account = self._account(endpoint, name)
        await self._withdraw(endpoint)
        with _reached():
            await asyncio.to_thread(
                self._directory.enrol,
                endpoint,
                account.password,
                kind="desk",
                encrypted=account.encrypted,
            )
        return port.PhoneFile(name=f"{endpoint}{ENDINGS[make]}", text=MAKES[make](account))

    async def revoke(self, agent_id: str, *, person: Person) -> None:
        """See `DeskPhones`."""
        endpoint, _ = await self._noted(agent_id, "revoked", person)
        await self._withdraw(endpoint)

    async def _withdraw(self, endpoint: str) -> None:
        with _reached():
            secret = await asyncio.to_thread(self._directory.withdraw, endpoint)
        await self._end(endpoint, secret)

    async def _noted(self, agent_id: str, what: str, person: Person) -> tuple[str, str]:
        """The telephone's endpoint and whose it is, once it is on record."""
        transaction = database.transaction(self._engine, part="network", away=Unavailable)
        async with transaction as connection:
            one = await opened(connection, KINDS["agents"], agent_id, person=person)
            if not one.desk_phone:
                raise port.NoDeskPhone(agent_id)
            endpoint = table_phone(str(one.before.get("endpoint") or agent_id))
            entry = AuditEntry(
                at=now(),
                who=person.user_id,
                action=Action.CONFIGURED,
                object=f"phones/{endpoint}",
                details={"after": what},
            )
            await audit.write(connection, entry)
        return endpoint, str(one.before["name"])


@contextmanager
def _reached() -> Iterator[None]:
    """The directory's file; raises `Unavailable`."""
    try:
        yield
    except sqlite3.Error:
        raise Unavailable from None
