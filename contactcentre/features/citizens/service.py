"""What is known of the citizen who rings: the earlier contacts of the number.

A number is no identity: it may be a family's or a library's, and it can be forged. So an agent
sees only when and about what, until the caller has been identified.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.desk.port import PastContact
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.call.purpose import looked_at, opens
from contactcentre.core.call.state import Call
from contactcentre.features.citizens.timeline import timeline
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry

AT_MOST = 20
READ = 60
"""So many are read, as calls that were hung up in the menu are folded."""

LEGS = 200
_contacts, _queues, _all_legs = models.contacts, models.queues, models.legs

_LegsOf = Mapping[str, Sequence[RowMapping]]
_Found = tuple[Sequence[RowMapping], _LegsOf]


class CitizenService:
    """Keeps `agents_ui.desk.port.PastContacts`; `calls` are those that are open, by id, and
    `person` gives a number's pseudonym, for the audit log."""

    def __init__(
        self,
        engine: AsyncEngine,
        calls: Mapping[str, Call],
        *,
        person: Callable[[str], str] = lambda _: "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._person = person
        self._engine = engine
        self._calls = calls
        self._clock = clock

    async def contacts(self, person: Person, call_id: str) -> Sequence[PastContact]:
        """See `PastContacts`. Who asked, and why, is written down before anything is shown."""
        call, purpose = looked_at(self._calls, call_id, person.agent_id)
        if not call.caller:
            return ()
        opened = opens(call, purpose)
        entry = AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=Action.HISTORY_OPENED if opened else Action.HISTORY_LISTED,
            object=call_id,
            purpose=purpose,
            person=self._person(call.caller),
        )
        rows, legs = await self._rows(call.caller, entry, opened=opened)
        return list(timeline(rows, legs, opened=opened))[:AT_MOST]

    async def _rows(self, caller: str, entry: AuditEntry, *, opened: bool) -> _Found:
        transaction = database.transaction(self._engine, part="citizens", away=Unavailable)
        async with transaction as connection:
            await audit.write(connection, entry)
            rows = await _read(connection, caller, but=entry.object)
            return rows, await _legs(connection, rows) if opened else {}


async def _read(connection: AsyncConnection, caller: str, *, but: str) -> Sequence[RowMapping]:
    """What is over, and what is promised still."""
    promised = _contacts.c.due_at.is_not(None) & (_contacts.c.direction == "out")
    query = (
        select(
            _contacts,
            _queues.c.document["labels"].label("labels"),
            models.CENTRE_BRIEF.label("centre"),
        )
        .outerjoin_from(_contacts, _queues, _contacts.c.queue == _queues.c.queue_id)
        .outerjoin(models.centres, _contacts.c.centre_id == models.centres.c.centre_id)
        .where(
            _contacts.c.caller == caller,
            _contacts.c.call_id != but,
            _contacts.c.ended_at.is_not(None) | promised,
        )
        .order_by(_contacts.c.arrived_at.desc())
        .limit(READ)
    )
    return (await connection.execute(query)).mappings().all()


async def _legs(connection: AsyncConnection, rows: Sequence[RowMapping]) -> _LegsOf:
    """Of the contacts that are shown, in the order of time."""
    centre = models.agents.c.document["centre_id"].as_string()
    query = (
        select(_all_legs, models.CENTRE_BRIEF.label("centre"))
        .outerjoin_from(_all_legs, models.agents, _all_legs.c.agent_id == models.agents.c.agent_id)
        .outerjoin(models.centres, models.centres.c.centre_id == centre)
        .where(_all_legs.c.call_id.in_([row["call_id"] for row in rows[:AT_MOST]]))
        .order_by(_all_legs.c.from_at)
        .limit(LEGS)
    )
    found: dict[str, list[RowMapping]] = {}
    for row in (await connection.execute(query)).mappings():
        found.setdefault(row["call_id"], []).append(row)
    return found
