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
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import Outcome
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry

AT_MOST = 20
IDENTIFIED = 1
"""The level from which services and notes are shown, to the agent who has answered."""

ANSWERED = frozenset({"talk", "record", "consult"})
"""The purposes of an agent who has answered the call, or was asked about it and talks."""

_contacts, _queues = models.contacts, models.queues


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
        call = self._calls.get(call_id)
        purpose = _purpose(call, person.agent_id)
        if call is None or purpose is None:
            raise LookupError("not a call of this agent")
        if not call.caller:
            return ()
        opened = purpose in ANSWERED and call.identity.level >= IDENTIFIED
        entry = AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=Action.HISTORY_OPENED if opened else Action.HISTORY_LISTED,
            object=call_id,
            purpose=purpose,
            person=self._person(call.caller),
        )
        rows = await self._rows(call.caller, entry)
        return [_past(row, open_=opened) for row in rows]

    async def _rows(self, caller: str, entry: AuditEntry) -> Sequence[RowMapping]:
        opened = database.transaction(self._engine, part="citizens", away=Unavailable)
        async with opened as connection:
            await audit.write(connection, entry)
            return await _read(connection, caller, but=entry.object)


def _purpose(call: Call | None, agent_id: str | None) -> str | None:
    """What an agent has to do with a call just now; None: nothing (any more)."""
    if call is None or agent_id is None:
        return None
    if call.talk.agent_id == agent_id:
        return "record" if call.phase is Phase.ENDED else "talk"
    aside = call.aside
    if aside is not None and aside.agent_id == agent_id:
        return "offer" if aside.rings else "consult"
    offer = call.open_offer
    if offer is None or offer.agent_id != agent_id:
        return None
    if call.message is not None:
        return "message"
    return "offer" if call.callback is None else "callback"


async def _read(connection: AsyncConnection, caller: str, *, but: str) -> Sequence[RowMapping]:
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
            _contacts.c.ended_at.is_not(None),
        )
        .order_by(_contacts.c.arrived_at.desc())
        .limit(AT_MOST)
    )
    return (await connection.execute(query)).mappings().all()


def _past(row: RowMapping, *, open_: bool) -> PastContact:
    talked = row["answered_at"] is not None and row["outcome"] != Outcome.GAVE_UP
    answered = talked or row["outcome"] == Outcome.HANDLED
    return PastContact(
        at=row["arrived_at"],
        kind=row["kind"] if answered else "",
        services=tuple(row["services"]) if open_ else (),
        topic=row["labels"] or {},
        centre=row["centre"],
        outcome=row["result"] if answered else row["outcome"] or "unknown",
        note=row["note"] if open_ else "",
    )
