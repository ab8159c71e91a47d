"""A citizen's rights as the officer's page serves them: everything given out, and erasure."""

from __future__ import annotations

import json
import re
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
from contactcentre.features.privacy.erasure import (
    Erasure,
    HeldData,
    NotErased,
    OpenContact,
    UnclearPerson,
)
from contactcentre.storage import audit, database, people
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.people import KnownPerson, SharedNumber
from contactcentre.storage.personal_codes import PersonalCodes
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.telephony.translation import caller_of

PERSON_ID = re.compile(r"[0-9a-f]{32}")


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
        codes: PersonalCodes | None = None,
    ) -> None:
        self._engine = engine
        self._codes = codes
        self._pseudonyms = pseudonyms
        self._erasure = erasure
        self._second = second
        self._usual = usual

    async def disclose(self, asked: str, *, why: str, person: Person) -> port.Disclosure:
        """See `PersonalRoom`."""
        of, at = whom(asked), now()
        async with self._database() as connection:
            who = await _known(connection, of)
            entry = AuditEntry(
                at=at,
                who=person.user_id,
                action=Action.PERSON_EXPORTED,
                person=self._erasure.name_of(who),
                purpose=why,
            )
            await audit.write(connection, entry)
            terms = await store.terms(connection, self._usual)
            found = await disclosure.disclose(
                connection, [of], self._pseudonyms, terms, at=at, codes=self._codes
            )
        return port.Disclosure(
            page=disclosure.page(found),
            data=json.dumps(found, ensure_ascii=False, indent=2),
            contacts=len(found["contacts"]),
        )

    async def ask_erasure(self, asked: str, *, why: str, person: Person) -> None:
        """See `PersonalRoom`."""
        async with self._database() as connection:
            citizen = self._erasure.name_of(await _known(connection, whom(asked)))
        await self._second.ask(Act.CITIZENS_ERASE, citizen, why=why, person=person)

    async def approved(self, *, person: Person) -> Sequence[str]:
        """See `PersonalRoom`."""
        return await self._second.approved(Act.CITIZENS_ERASE, person=person)

    async def erase(self, asked: str, *, why: str, person: Person) -> port.ErasedData:
        """See `PersonalRoom`."""
        try:
            gone = await self._erasure.erase(whom(asked), by=person.user_id, why=why)
        except UnclearPerson:
            raise port.PersonRefused("shared") from None
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


async def _known(connection: AsyncConnection, of: str) -> KnownPerson:
    try:
        return await people.behind(connection, of)
    except SharedNumber:
        raise port.PersonRefused("shared") from None
    except LookupError:
        raise port.PersonRefused("number") from None


def whom(asked: str) -> str:
    """A person's id as it is, or a number as it is written everywhere. Raises `PersonRefused`."""
    typed = "".join(asked.split())
    if PERSON_ID.fullmatch(typed):
        return typed
    caller = caller_of(typed)
    if caller is None:
        raise port.PersonRefused("number")
    return caller
