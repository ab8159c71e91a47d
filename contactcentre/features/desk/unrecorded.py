"""Records that nobody closes: after some days a call is one of which nobody said what was done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Never

import structlog

from contactcentre.core import events
from contactcentre.core.call import signals
from contactcentre.core.call.state import Call
from contactcentre.engine.clock import now
from contactcentre.storage.audit import Action, AuditEntry

log = structlog.get_logger(__name__)

PERIOD_S = 3600.0
PORTION = 1000
"""So many in one period at most: nobody waits for it."""

DAY_S = 24 * 3600.0


Note = Callable[[Sequence[AuditEntry]], Awaitable[None]]
"""Writes rows of the audit log."""


class Unrecorded:
    """Looks once an hour. `unsaved` gives the calls, the oldest first, that ended before an instant
    and whose record is open; `records` calls by their ids."""

    def __init__(
        self,
        unsaved: Callable[[float, int], Awaitable[Sequence[Call]]],
        records: Callable[[Sequence[str]], Awaitable[Sequence[Call]]],
        post: Callable[[events.Event], None],
        *,
        days: Callable[[], float],
        note: Note | None = None,
    ) -> None:
        self._unsaved = unsaved
        self._records = records
        self._post = post
        self._days = days
        self._note = note

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PERIOD_S)

    async def look(self) -> None:
        """Close what is old enough."""
        self._close(await self._unsaved(now() - self._days() * DAY_S, PORTION))

    async def give_up(self, call_ids: Sequence[str], by: str) -> int:
        """Close these on somebody's word, which is written down first; how many there were."""
        calls = await self._records(call_ids)
        if self._note is not None:
            await self._note([_given_up(call.call_id, by) for call in calls])
        self._close(calls, by)
        return len(calls)

    def _close(self, calls: Sequence[Call], by: str = "") -> None:
        for call in calls:
            self._post(signals.RecordGivenUp(at=now(), call_id=call.call_id, call=call, by=by))
            log.info("record.given_up", call_id=call.call_id, by=by)


def _given_up(call_id: str, by: str) -> AuditEntry:
    return AuditEntry(at=now(), who=by, action=Action.RECORDS_GIVEN_UP, object=call_id)
