"""A citizen's rights as the officer's page serves them: everything given out, and erasure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.person import port
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Person, Unavailable
from contactcentre.engine.clock import now
from contactcentre.features.privacy import disclosure, store
from contactcentre.features.privacy.document import DataClass
from contactcentre.features.privacy.erasure import Erasure, HeldData, NotErased, OpenContact
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.telephony.translation import caller_of


class ErasureAsking(Protocol):
    """Asks for a second person, and knows what was approved."""

    async def ask(self, act: Act, of: str, *, why: str, person: Person) -> str: ...

    async def approved(self, act: Act, *, person: Person) -> Sequence[str]: ...


class CitizenRights:
    """Keeps `agents_ui.person.port.PersonalRoom`. `usual`: terms where nobody has set one."""

    def __init__(
        self,
        engine: AsyncEngine,
        pseudonyms: Pseudonyms,
        erasure: Erasure,
        second: ErasureAsking,
        *,
        usual: Mapping[DataClass, int],
    ) -> None:
        self._engine = engine
        self._pseudonyms = pseudonyms
        self._erasure = erasure
        self._second = second
        self._usual = usual

    async def disclose(self, number: str, *, why: str, person: Person) -> port.Disclosure:
        """See `PersonalRoom`."""
        caller, at = _caller(number), now()
        entry = AuditEntry(
            at=at,
            who=person.user_id,
            action=Action.PERSON_EXPORTED,
            person=self._pseudonyms.of(caller),
            purpose=why,
        )
        async with self._database() as connection:
            await audit.write(connection, entry)
            terms = await store.terms(connection, self._usual)
            found = await disclosure.disclose(connection, [caller], self._pseudonyms, terms, at=at)
        return port.Disclosure(
            page=disclosure.page(found),
            data=json.dumps(found, ensure_ascii=False, indent=2),
            contacts=len(found["contacts"]),
        )

    async def ask_erasure(self, number: str, *, why: str, person: Person) -> None:
        """See `PersonalRoom`."""
        citizen = self._pseudonyms.of(_caller(number))
        await self._second.ask(Act.CITIZENS_ERASE, citizen, why=why, person=person)

    async def approved(self, *, person: Person) -> Sequence[str]:
        """See `PersonalRoom`."""
        return await self._second.approved(Act.CITIZENS_ERASE, person=person)

    async def erase(self, number: str, *, why: str, person: Person) -> port.ErasedData:
        """See `PersonalRoom`."""
        try:
            gone = await self._erasure.erase(_caller(number), by=person.user_id, why=why)
        except HeldData:
            raise port.PersonRefused("hold") from None
        except OpenContact:
            raise port.PersonRefused("open") from None
        except NotErased:
            raise port.PersonRefused("approval") from None
        except database.AWAY:
            raise Unavailable from None
        return port.ErasedData(contacts=gone.contacts, recordings=gone.recordings)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="privacy", away=Unavailable)


def _caller(number: str) -> str:
    caller = caller_of("".join(number.split()))
    if caller is None:
        raise port.PersonRefused("number")
    return caller
