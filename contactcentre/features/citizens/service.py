"""What is known of the citizen who rings: the earlier contacts of the number.

A number is no identity: it may be a family's or a library's, and it can be forged. So an agent
sees only when and about what, until the caller has been identified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.desk.port import PastContact
from agents_ui.shell.port import Unavailable
from contactcentre.core.call.state import Call
from contactcentre.core.outcomes import Outcome
from contactcentre.storage import database
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)

AT_MOST = 20
IDENTIFIED = 1
"""The level from which services and notes are shown."""

_contacts, _queues = models.contacts, models.queues


class CitizenService:
    """Keeps `agents_ui.desk.port.PastContacts`; `calls` are those that are open, by id."""

    def __init__(self, engine: AsyncEngine, calls: Mapping[str, Call]) -> None:
        self._engine = engine
        self._calls = calls

    async def contacts(self, agent_id: str, call_id: str) -> Sequence[PastContact]:
        """Newest first, at most 20. Raises Unavailable, or LookupError for another's call."""
        call = self._calls.get(call_id)
        if call is None or agent_id not in call.agents:
            raise LookupError("not a call of this agent")
        if not call.caller:
            return ()
        try:
            rows = await self._rows(call.caller, call_id)
        except database.AWAY as error:
            log.warning("citizens.database_away", error=type(error).__name__)
            raise Unavailable from None
        return [_past(row, open_=call.identity.level >= IDENTIFIED) for row in rows]

    async def _rows(self, caller: str, call_id: str) -> Sequence[RowMapping]:
        query = (
            select(
                _contacts,
                _queues.c.document["labels"].label("labels"),
                func.coalesce(models.centres.c.document["name"].as_string(), "").label("centre"),
            )
            .outerjoin_from(_contacts, _queues, _contacts.c.queue == _queues.c.queue_id)
            .outerjoin(models.centres, _contacts.c.centre_id == models.centres.c.centre_id)
            .where(
                _contacts.c.caller == caller,
                _contacts.c.call_id != call_id,
                _contacts.c.ended_at.is_not(None),
            )
            .order_by(_contacts.c.arrived_at.desc())
            .limit(AT_MOST)
        )
        async with self._engine.connect() as connection:
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
