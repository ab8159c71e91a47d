"""What every act on a case is made of: the row, the right to it, and what is written of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.cases import port
from agents_ui.shell.permissions import Act, may
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.features.cases import number as numbers
from contactcentre.features.cases import store
from contactcentre.features.cases.realms import lies_in, read
from contactcentre.storage import database
from contactcentre.storage.audit import Action, AuditEntry
from routing.calendar import LOCAL, local_day


class CaseWork:
    """`pseudonym` is of a number, for the audit log, and `offered` says whether there is a service
    of that code."""

    def __init__(
        self,
        engine: AsyncEngine,
        world: World,
        *,
        pseudonym: Callable[[str], str],
        offered: Callable[[str], bool],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._world = world
        self._pseudonym = pseudonym
        self._offered = offered
        self._clock = clock

    async def _contact(
        self, call_id: str, person: Person
    ) -> tuple[str | None, str, Sequence[str], str, str]:
        """Number, kind, services, municipality and note of a contact of this agent."""
        call = self._world.calls.get(call_id)
        if call is not None and call.talk.agent_id == person.agent_id is not None:
            chosen = call.record.municipality or call.choice.municipality
            record = call.record
            return call.caller, record.kind, record.services, chosen, record.note
        async with self._database() as connection:
            row = await store.contact(connection, call_id)
        if row is None or person.agent_id is None or row["agent_id"] != person.agent_id:
            raise LookupError(call_id)
        chosen = row["matter_municipality"] or row["municipality"]
        return row["caller"], row["kind"], row["services"], chosen, row["note"]

    async def _change(
        self,
        connection: AsyncConnection,
        row: RowMapping,
        values: dict[str, Any],
        when: ColumnElement[bool],
        *,
        over: bool = True,
    ) -> None:
        """Raises `Settled` where somebody was faster, or it is closed and is to stay so."""
        closed = row["state"] == "closed" and values.get("state") != "open"
        if closed or (not over and row["state"] in store.OVER):
            raise port.Settled
        if not await store.change(connection, row["case_id"], values, when):
            raise port.Settled

    async def _note(
        self,
        connection: AsyncConnection,
        row: Any,
        person: Person,
        what: port.Entry,
        text: str,
        promised_at: float | None,
    ) -> None:
        entry = {"case_id": row["case_id"], "at": self._clock(), "by": person.user_id}
        await store.add(
            connection, {**entry, "what": what, "text": text, "promised_at": promised_at}
        )

    def _entry(self, action: Action, row: Any, person: Person, purpose: str = "") -> AuditEntry:
        caller = row["caller"]
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=action,
            object=numbers.told(row["case_id"]),
            purpose=purpose,
            person=self._pseudonym(caller) if caller else "",
        )

    @asynccontextmanager
    async def _opened(
        self, number: str, person: Person, act: Act
    ) -> AsyncIterator[tuple[AsyncConnection, RowMapping]]:
        """The case, if the person may do that to it. Raises `LookupError`."""
        async with self._database() as connection:
            try:
                row = await store.one(connection, known(number))
            except port.NoSuchNumber:
                raise LookupError(number) from None
            if row is None or not self._may(person, act, row):
                raise LookupError(number)
            yield connection, row

    def _may(self, person: Person, act: Act, row: RowMapping) -> bool:
        network = self._world.network
        begun = lies_in(read(row["begun_at"]), network) if row["begun_at"] else frozenset()
        return may(person, act, lies_in(read(row["owner"]), network) | begun)

    def _promised(self, day: date | None) -> float | None:
        """The end of that day. Raises `WrongField` for one that is over, or out of reach."""
        if day is None:
            return None
        if not self._today() <= day <= self._today() + timedelta(days=366):
            raise port.WrongField("promise")
        return datetime.combine(day, time(23, 59, 59), LOCAL).timestamp()

    def _today(self) -> date:
        return local_day(self._clock())

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="cases", away=Unavailable)


def known(text: str) -> int:
    try:
        return numbers.read(text)
    except numbers.Misheard:
        raise port.NoSuchNumber from None
