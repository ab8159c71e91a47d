"""Names, numbers and codes of citizens go when none of their contacts is theirs any more.

A contact is nobody's from the night on in which its number became a pseudonym.
"""

from __future__ import annotations

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy import store
from contactcentre.features.privacy.document import DataClass
from contactcentre.features.privacy.sweeps import PORTION, Portion, Reached
from contactcentre.storage import people
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms

_people, _ties = models.people.c, models.contact_people.c


class PersonSweep:
    """By person, with all that were merged into one."""

    class_id: DataClass = "people"

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        await _forget_ties(connection, before_at)
        behind = tuple_(_people.made_at, _people.person_id) > tuple_(reached.at, reached.call_id)
        query = (
            select(_people.person_id, _people.made_at)
            .where(_people.merged_into.is_(None), _people.made_at < before_at, behind)
            .order_by(_people.made_at, _people.person_id)
            .limit(PORTION)
        )
        rows = (await connection.execute(query)).all()
        held = await store.held(connection)
        gone = [row.person_id for row in rows if await self._is_over(connection, row[0], held)]
        for person_id in gone:
            await store.forget_person(connection, await people.known(connection, person_id))
        last = Reached(rows[-1].made_at, rows[-1].person_id) if len(rows) == PORTION else None
        return Portion(len(gone), last)

    async def _is_over(
        self, connection: AsyncConnection, person_id: str, held: frozenset[str]
    ) -> bool:
        who = await people.known(connection, person_id)
        if not held.isdisjoint(map(self._pseudonyms.of, who.numbers)):
            return False
        theirs = select(_ties.call_id).where(_ties.person_id.in_(who.people)).limit(1)
        return await connection.scalar(theirs) is None


async def _forget_ties(connection: AsyncConnection, before_at: float) -> None:
    """Those of contacts that are nobody's by now: no number stands there any more."""
    forgotten = select(models.contacts.c.call_id).where(
        models.contacts.c.call_id == _ties.call_id, models.contacts.c.forgotten_at.is_not(None)
    )
    old = _ties.at < before_at
    await connection.execute(delete(models.contact_people).where(old, forgotten.exists()))
