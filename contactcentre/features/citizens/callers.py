"""Who is calling, on the word of the agent who talks with them: a contact is tied to a person.

The number only says who may be calling. An agent may think again until the record is closed; who
is chosen anew has to be identified anew, so nobody is opened by what another has answered.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.desk.port import CallerView, ChoiceRefused, ChosenCaller, MaybeCaller
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.call.purpose import looked_at, opens
from contactcentre.core.call.state import Call
from contactcentre.engine.clock import now
from contactcentre.features.citizens import store
from contactcentre.storage import audit, database, people, personal_code
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.people import Tie
from contactcentre.storage.personal_codes import PersonalCodes

NAME_LENGTH = 100
CANDIDATES = 9
"""Each has a figure as its key."""

CHOOSING = frozenset({"talk", "record"})
"""The purposes of whoever talks with the citizen, or has."""

NeedsCode = Callable[[Collection[str]], bool]
"""Whether one of these services (codes) needs the citizen's personal code."""


class CallerService:
    """Keeps `agents_ui.desk.port.WhoCalls`. `codes` are None where the installation keeps none."""

    def __init__(
        self,
        engine: AsyncEngine,
        calls: Mapping[str, Call],
        *,
        pseudonym: Callable[[str], str],
        codes: PersonalCodes | None = None,
        needs_code: NeedsCode = lambda _: False,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._calls = calls
        self._pseudonym = pseudonym
        self._codes = codes
        self._needs_code = needs_code
        self._clock = clock

    async def caller(self, person: Person, call_id: str) -> CallerView:
        """See `WhoCalls`."""
        call, purpose = looked_at(self._calls, call_id, person.agent_id)
        async with self._database() as connection:
            tie = await people.tied(connection, call_id)
            found = await people.of_number(connection, call.caller) if call.caller else ()
            others = [one for one in found if tie is None or one != tie.person_id][:CANDIDATES]
            if tie or others:
                of = tie.person_id if tie else self._pseudonym(call.caller or "")
                entry = self._entry(Action.CALLERS_LISTED, person, call_id, of, purpose)
                await audit.write(connection, entry)
            maybe = [await store.named(connection, one) for one in others]
            proved = opens(call, purpose) and people.is_proved(call, tie)
            chosen = await self._chosen(connection, tie, call, proved=proved) if tie else None
        return CallerView(
            chosen=chosen,
            candidates=tuple(
                MaybeCaller(person_id=one.person_id, name=one.brief, municipality=one.municipality)
                for one in maybe
            ),
            choosing=purpose in CHOOSING and _is_open(call),
            code=chosen is not None and self._asks_code(call),
        )

    async def choose(self, person: Person, call_id: str, person_id: str) -> None:
        """See `WhoCalls`."""
        call = self._choosing(person, call_id)
        async with self._database() as connection:
            tie = await people.tied(connection, call_id)
            if not person_id:
                await self._release(connection, person, call, tie)
                return
            wanted = await people.root(connection, person_id)
            known = await people.of_number(connection, call.caller) if call.caller else ()
            if wanted is None or wanted not in known:
                raise LookupError("nobody who has this number")
            await self._tie(connection, person, call, wanted)

    async def add(
        self, person: Person, call_id: str, *, name: str, municipality: str, language: str
    ) -> None:
        """See `WhoCalls`."""
        call = self._choosing(person, call_id)
        tidy = " ".join(name.split())[:NAME_LENGTH]
        if not tidy:
            raise ChoiceRefused("name")
        person_id, at = uuid.uuid4().hex, self._clock()
        made = store.NamedPerson(
            person_id=person_id, name=tidy, municipality=municipality, language=language
        )
        async with self._database() as connection:
            await store.add(connection, made, at=at, by=person.user_id)
            entry = self._entry(Action.PERSON_ADDED, person, call_id, person_id)
            await audit.write(connection, entry)
            await self._tie(connection, person, call, person_id)

    async def take_code(self, person: Person, call_id: str, code: str) -> bool:
        """See `WhoCalls`."""
        call = self._choosing(person, call_id)
        if self._codes is None or not self._asks_code(call):
            raise ChoiceRefused("off")
        digits = personal_code.read(code)
        if digits is None:
            raise ChoiceRefused("code")
        key, at = self._codes.hash_of(digits), self._clock()
        async with self._database() as connection:
            tie, owner = await people.tied(connection, call_id), await store.owner(connection, key)
            if owner is None and tie is None:
                raise ChoiceRefused("nobody")
            if owner is not None and tie is not None and owner != tie.person_id:
                raise ChoiceRefused("other")
            whose = owner or (tie.person_id if tie else "")
            if tie is None:
                await self._tie(connection, person, call, whose)
            sealed = self._codes.sealed(whose, digits, at=at)
            if await store.take_code(connection, whose, key, sealed, at=at):
                entry = self._entry(Action.CODE_ADDED, person, call_id, whose)
                await audit.write(connection, entry)
        return personal_code.looks_wrong(digits)

    # --- parts ------------------------------------------------------------------------------

    def _choosing(self, person: Person, call_id: str) -> Call:
        """The call whose person this agent may say now. Raises `LookupError`."""
        call, purpose = looked_at(self._calls, call_id, person.agent_id)
        if purpose not in CHOOSING or not _is_open(call):
            raise LookupError("not a call whose person may be chosen now")
        return call

    async def _chosen(
        self, connection: AsyncConnection, tie: Tie, call: Call, *, proved: bool
    ) -> ChosenCaller:
        found = await store.named(connection, tie.person_id)
        sealed = await store.codes(connection, tie.person_id) if proved and self._codes else ()
        opened = [self._codes.opened(one, at=self._clock()) for one in sealed if self._codes]
        return ChosenCaller(
            person_id=tie.person_id,
            name=found.name if proved else found.brief,
            municipality=found.municipality,
            proved=people.is_proved(call, tie),
            codes=tuple(map(personal_code.masked, opened)),
        )

    async def _tie(
        self, connection: AsyncConnection, person: Person, call: Call, person_id: str
    ) -> None:
        """With the number, by which the person is found the next time."""
        at = self._clock()
        if not await store.tie(connection, call, person_id, at=at, by=person.user_id):
            return
        if call.caller:
            number = store.PersonNumber(number=call.caller, pseudonym=self._pseudonym(call.caller))
            await store.add_number(connection, person_id, number, at=at)
        entry = self._entry(Action.PERSON_CHOSEN, person, call.call_id, person_id)
        await audit.write(connection, entry)

    async def _release(
        self, connection: AsyncConnection, person: Person, call: Call, tie: Tie | None
    ) -> None:
        if tie is None:
            return
        await store.release(connection, call.call_id)
        entry = self._entry(Action.PERSON_RELEASED, person, call.call_id, tie.person_id)
        await audit.write(connection, entry)

    def _asks_code(self, call: Call) -> bool:
        return self._codes is not None and self._needs_code(call.record.services)

    def _entry(
        self, action: Action, person: Person, call_id: str, of: str, purpose: str = ""
    ) -> AuditEntry:
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=action,
            object=call_id,
            purpose=purpose,
            person=of,
        )

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="citizens", away=Unavailable)


def _is_open(call: Call) -> bool:
    """Whether the record is not closed yet."""
    return call.record.saved_at is None
