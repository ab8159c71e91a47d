"""Cases that are over lose their words and whose they were; that they were, and when, stays."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy import store
from contactcentre.features.privacy.document import DataClass
from contactcentre.features.privacy.sweeps import PORTION, Portion, Reached
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms

_cases, _entries, _files = models.cases.c, models.case_entries.c, models.case_files.c
BLANK: Final[dict[str, Any]] = {"subject": "", "submission": "", "event": ""}
"""What a case says in words; its entries say more."""


async def drop_files(connection: AsyncConnection, which: ColumnElement[bool], at: float) -> None:
    """Their names go now, and they within a minute: their rows say so first."""
    there = update(models.case_files).where(which, _files.gone_at.is_(None))
    await connection.execute(there.values(name="", gone_at=at))


class CaseSweep:
    """From the day on which the case was done with."""

    class_id: DataClass = "cases"

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        last = int(reached.call_id or 0)
        behind = tuple_(_cases.over_at, _cases.case_id) > tuple_(reached.at, last)
        query = (
            select(_cases.case_id, _cases.caller, _cases.over_at)
            .where(_cases.over_at < before_at, _cases.forgotten_at.is_(None), behind)
            .order_by(_cases.over_at, _cases.case_id)
            .limit(PORTION)
        )
        rows = (await connection.execute(query)).mappings().all()
        held = await store.held(connection)
        named = [(row["case_id"], self._name(row["caller"])) for row in rows]
        free = [{"of": key, "to": name} for key, name in named if name not in held]
        if free:
            change = update(models.cases).where(_cases.case_id == bindparam("of"))
            values = {**BLANK, "caller": bindparam("to"), "forgotten_at": at}
            await connection.execute(change.values(**values), free)
            said = update(models.case_entries).where(_entries.case_id == bindparam("of"))
            await connection.execute(said.values(text=""), [{"of": one["of"]} for one in free])
            await drop_files(connection, _files.case_id.in_([one["of"] for one in free]), at)
        if len(rows) < PORTION:
            return Portion(len(free), None)
        return Portion(len(free), Reached(rows[-1]["over_at"], str(rows[-1]["case_id"])))

    def _name(self, caller: str | None) -> str | None:
        return self._pseudonyms.of(caller) if caller is not None else None
