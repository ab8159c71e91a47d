"""Assessments and drawn talks are forgotten by age; of test calls the words, not that they were.

A contact stays for the statistics, and whether it was a test call belongs to it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy import store
from contactcentre.features.privacy.document import DataClass
from contactcentre.features.privacy.sweeps import PORTION, Portion, Reached
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms

_found, _contacts = models.assessments.c, models.contacts.c
_drawn, _tests = models.samples.c, models.scripted_calls.c
_DONE: Final = func.coalesce(_found.replied_at, _found.finished_at, _found.begun_at)


class QualitySweep:
    """From the day on which somebody has written to it last."""

    class_id: DataClass = "assessments"

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        behind = tuple_(_found.begun_at, _found.assessment_id) > tuple_(reached.at, reached.call_id)
        query = (
            select(_found.assessment_id, _found.begun_at, _contacts.caller)
            .outerjoin(models.contacts, _contacts.call_id == _found.call_id)
            .where(_found.begun_at < before_at, before_at > _DONE, behind)
            .order_by(_found.begun_at, _found.assessment_id)
            .limit(PORTION)
        )
        rows = (await connection.execute(query)).mappings().all()
        free = await store.not_held(connection, rows, "assessment_id", self._pseudonyms.of)
        if free:
            gone = delete(models.assessments).where(_found.assessment_id.in_(free))
            await connection.execute(gone)
        if len(rows) == PORTION:
            return Portion(len(free), Reached(rows[-1]["begun_at"], rows[-1]["assessment_id"]))
        count = await _drawn_and_tests(connection, before_at)
        return Portion(len(free) + count, reached if count else None)


async def _drawn_and_tests(connection: AsyncConnection, before_at: float) -> int:
    old = select(_drawn.call_id).where(_drawn.drawn_at < before_at).limit(PORTION)
    gone = delete(models.samples).where(_drawn.call_id.in_(old))
    count = (await connection.execute(gone)).rowcount
    unfound = select(_tests.scripted_id).where(
        _tests.begun_at < before_at, _tests.call_id.is_(None)
    )
    gone = delete(models.scripted_calls).where(_tests.scripted_id.in_(unfound.limit(PORTION)))
    count += (await connection.execute(gone)).rowcount
    of_somebody = select(_tests.scripted_id).where(_tests.begun_at < before_at, _tests.tester != "")
    blank = {"tester": "", "comment": "", "remarks": {}, "marks": {}}
    change = update(models.scripted_calls)
    change = change.where(_tests.scripted_id.in_(of_somebody.limit(PORTION)))
    return count + (await connection.execute(change.values(**blank))).rowcount
