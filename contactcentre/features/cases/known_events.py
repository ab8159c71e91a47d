"""Known events as their pages serve them: what many ring about at once, and who is to be told.

All who take calls read what an event is called, where it is and how many have rung; its case is
read by whoever may read any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.cases import port
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Person
from contactcentre.features.cases import event_store, store, views
from contactcentre.features.cases import number as numbers
from contactcentre.features.cases.work import CaseWork, known
from contactcentre.storage import audit
from contactcentre.storage.audit import Action

MOST_TAKEN: Final = 5
"""So many callers at once are one person's to be rung."""


class KnownEvents(CaseWork):
    """Keeps `agents_ui.cases.port.EventRoom`."""

    async def listed(self, *, person: Person) -> Sequence[port.EventRow]:
        """See `EventRoom`."""
        async with self._database() as connection:
            rows = await event_store.listed(connection, self.call_at_hand(person))
        return [self._row(row, person) for row in rows]

    async def near(
        self, call_id: str, municipality: str, service: str, *, person: Person
    ) -> Sequence[port.EventRow]:
        """See `EventRoom`."""
        async with self._database() as connection:
            rows = await event_store.near(connection, call_id, municipality, service)
        return [self._row(row, person) for row in rows]

    async def view(self, number: str, *, person: Person) -> port.EventView | None:
        """See `EventRoom`."""
        async with self._opened(number, person, Act.CASES_SEE) as (connection, opened):
            case_id = opened["case_id"]
            row = await event_store.one(connection, case_id, self.call_at_hand(person))
            if row is None:
                return None
            places = await event_store.places(connection, case_id)
            taken = await event_store.taken(connection, case_id, person.user_id)
        network = self._world.network
        return port.EventView(
            row=self._row(row, person),
            places=tuple((views.municipality(key, network), count) for key, count in places),
            taken=tuple(
                port.CallerToTell(one["call_id"], one["caller"], one["joined_at"]) for one in taken
            ),
        )

    def call_at_hand(self, person: Person) -> str:
        """See `EventRoom`."""
        agent = self._world.agents.get(person.agent_id or "")
        return agent.call_id or "" if agent is not None else ""

    async def declare(self, number: str, title: str, *, person: Person) -> None:
        """See `EventRoom`."""
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            if row["kind"] != "fault" or row["event"]:
                raise port.Settled
            values = {"event": title}
            await self._change(connection, row, values, store.is_in(row["state"]), over=False)
            if row["call_id"]:
                place = row["municipality"]
                await self._join(connection, row, row["call_id"], place, person, wants_word=False)
            await self._note(connection, row, person, "event", title, None)
            await audit.write(connection, self._entry(Action.CASE_CHANGED, row, person, "event"))

    async def join(self, number: str, call_id: str, *, wants_word: bool, person: Person) -> None:
        """See `EventRoom`."""
        caller, _, _, municipality, _ = await self._contact(call_id, person)
        if wants_word and caller is None:
            raise port.WrongField("unknown_caller")
        async with self._database() as connection:
            row = await self._event(connection, number, call_id)
            if row["over_at"] is not None:
                raise port.Settled
            await self._join(connection, row, call_id, municipality, person, wants_word=wants_word)
            await self._write(connection, Action.CASE_JOINED, row, person, call_id, caller)

    async def leave(self, number: str, call_id: str, *, person: Person) -> None:
        """See `EventRoom`."""
        caller, *_ = await self._contact(call_id, person)
        async with self._database() as connection:
            row = await self._event(connection, number, call_id)
            if not await event_store.leave(connection, row["case_id"], call_id, self._clock()):
                raise port.Settled
            await self._write(connection, Action.CASE_LEFT, row, person, call_id, caller)

    async def take(self, number: str, *, person: Person) -> None:
        """See `EventRoom`."""
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            mine = await event_store.taken(connection, row["case_id"], person.user_id)
            if row["state"] not in store.OVER or len(mine) >= MOST_TAKEN:
                raise port.Settled
            at = self._clock()
            caller = await event_store.take(connection, row["case_id"], person.user_id, at)
            if caller is None:
                raise port.Settled
            await self._write(connection, Action.CASE_CALLER_TAKEN, row, person, "", caller)

    async def told(self, number: str, call_id: str, *, reached: bool, person: Person) -> None:
        """See `EventRoom`."""
        at = self._clock() if reached else None
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            by = person.user_id
            caller = await event_store.told(connection, row["case_id"], call_id, by, at=at)
            if caller is None:
                raise port.Settled
            what = "told" if reached else "not reached"
            await self._write(connection, Action.CASE_CHANGED, row, person, what, caller)

    async def _event(self, connection: AsyncConnection, number: str, call_id: str) -> RowMapping:
        """Raises `LookupError` where there is none of that number."""
        try:
            row = await event_store.one(connection, known(number), call_id)
        except port.NoSuchNumber:
            raise LookupError(number) from None
        if row is None:
            raise LookupError(number)
        return row

    async def _join(
        self,
        connection: AsyncConnection,
        row: RowMapping,
        call_id: str,
        municipality: str,
        person: Person,
        *,
        wants_word: bool,
    ) -> None:
        made = {"case_id": row["case_id"], "call_id": call_id, "municipality": municipality}
        made |= {"joined_at": self._clock(), "joined_by": person.user_id, "wants_word": wants_word}
        await event_store.join(connection, made)

    async def _write(
        self,
        connection: AsyncConnection,
        action: Action,
        row: RowMapping,
        person: Person,
        purpose: str,
        caller: str | None,
    ) -> None:
        """On record, of the citizen of the contact: the case is another's."""
        entry = {"case_id": row["case_id"], "caller": caller}
        await audit.write(connection, self._entry(action, entry, person, purpose))

    def _row(self, row: RowMapping, person: Person) -> port.EventRow:
        number = numbers.told(row["case_id"])
        return port.EventRow(
            number=number,
            spoken=numbers.spoken(number),
            title=row["event"],
            service=row["service"],
            municipality=views.municipality(row["municipality"], self._world.network),
            opened_at=row["opened_at"],
            over=row["over_at"] is not None,
            contacts=row["contacts"],
            to_tell=row["to_tell"],
            joined=row["joined"],
            opens=self._may(person, Act.CASES_SEE, row),
        )
