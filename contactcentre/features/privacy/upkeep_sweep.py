"""Questions to owners of cards, and reported errors, are forgotten by age."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy import store
from contactcentre.features.privacy.document import DataClass
from contactcentre.features.privacy.sweeps import PORTION, Portion, Reached
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms

_asked, _flags, _contacts = models.enquiries.c, models.card_flags.c, models.contacts.c
_DONE: Final = func.coalesce(_asked.over_at, _asked.answered_at, _asked.asked_at)
_SETTLED: Final = func.coalesce(_flags.settled_at, _flags.at)


class UpkeepSweep:
    """From the day on which it was done with; what nobody has done anything about, from the day on
    which it was told. What is on a card stays there: it is nobody's."""

    class_id: DataClass = "enquiries"

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        behind = tuple_(_asked.asked_at, _asked.enquiry_id) > tuple_(reached.at, reached.call_id)
        query = (
            select(_asked.enquiry_id, _asked.asked_at, _contacts.caller)
            .outerjoin(models.contacts, _contacts.call_id == _asked.call_id)
            .where(_asked.asked_at < before_at, before_at > _DONE, behind)
            .order_by(_asked.asked_at, _asked.enquiry_id)
            .limit(PORTION)
        )
        rows = (await connection.execute(query)).mappings().all()
        free = await store.not_held(connection, rows, "enquiry_id", self._pseudonyms.of)
        if free:
            await connection.execute(delete(models.enquiries).where(_asked.enquiry_id.in_(free)))
        if len(rows) == PORTION:
            return Portion(len(free), Reached(rows[-1]["asked_at"], rows[-1]["enquiry_id"]))
        old = select(_flags.flag_id).where(before_at > _SETTLED).limit(PORTION)
        gone = delete(models.card_flags).where(_flags.flag_id.in_(old))
        count = (await connection.execute(gone)).rowcount
        return Portion(len(free) + count, reached if count == PORTION else None)
