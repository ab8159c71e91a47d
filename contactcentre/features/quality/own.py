"""What an agent reads of the own talks that were assessed, and answers to it once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from statistics import fmean
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.quality import port
from agents_ui.quality.port import LEAST, SHOWN, QualityRefused
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.quality import cards, documents, store
from contactcentre.features.quality.cards import Guard, filled_in, row_view
from contactcentre.features.quality.store import found
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry


class OwnAssessmentService:
    """Keeps `agents_ui.quality.port.OwnAssessments`."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        network: Callable[[], Network],
        guard: Guard,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._network = network
        self._guard = guard
        self._clock = clock

    async def own(self, *, person: Person) -> port.OwnList:
        """See `OwnAssessments`."""
        async with self._database() as connection:
            rows = await store.listed(
                connection, _own(person), found.finished_at.desc(), most=SHOWN
            )
        scores = [row["score"] for row in rows if row["score"] is not None]
        mean = fmean(scores) if len(scores) >= LEAST else None
        return port.OwnList(rows=[row_view(one, person) for one in rows], mean=mean)

    async def read(self, assessment_id: str, *, person: Person) -> port.OwnView:
        """See `OwnAssessments`."""
        async with self._database() as connection:
            mine = _own(person) & (found.assessment_id == assessment_id)
            row = await store.one(connection, mine)
            edited = await documents.scorecard(connection, row["scorecard"], row["version"])
            await audit.write(connection, self._entry(Action.ASSESSMENT_READ, row, person))
        queue = self._network().queues.get(row["queue"] or "")
        return port.OwnView(
            row=row_view(row, person),
            queue=dict(queue.labels) if queue is not None else {},
            card=cards.card_view(edited),
            filled=filled_in(row),
        )

    async def answer(self, assessment_id: str, reply: str, *, person: Person) -> None:
        """See `OwnAssessments`."""
        said, at = cards.words(reply, self._guard, field="reply"), self._clock()
        async with self._database() as connection:
            mine = _own(person) & (found.assessment_id == assessment_id)
            row = await store.locked(connection, mine)
            if said and row["replied_at"] is not None:
                raise QualityRefused("replied")
            values: dict[str, Any] = {"seen_at": row["seen_at"] or at}
            if said:
                values |= {"reply": said, "replied_at": at}
            await store.change(connection, assessment_id, values)
            await audit.write(connection, self._entry(Action.ASSESSMENT_ANSWERED, row, person))

    def _entry(self, action: Action, row: RowMapping, person: Person) -> AuditEntry:
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=action,
            object=row["call_id"],
            details={"assessment": row["assessment_id"]},
        )

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="quality", away=Unavailable)


def _own(person: Person) -> Any:
    """Finished, and no second reviewer's; the table of roles lets nobody in who is no agent."""
    return (found.agent_id == (person.agent_id or "")) & store.is_first()
