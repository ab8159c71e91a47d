"""Makes the files for analysts: of each month whose facts are others than when its files were made.

A month that is over is told from what its rows come to (`_states`); the one that goes on is always
made anew. So a late fact, a number that became a pseudonym and a person who was erased are in the
files the next time they are made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.engine.clock import now
from contactcentre.features.analysts.files import AnalystFolder, State
from contactcentre.features.analysts.month import latest, quarters
from contactcentre.features.analysts.names import AnalystNames
from contactcentre.features.analysts.parquet import DuckDb, NotWritten, ParquetDraft, duckdb, opened
from contactcentre.features.analysts.sheets import SHEETS, AnalystSheet
from contactcentre.storage import tables as models
from routing.calendar import QUARTER_S, day_number

MOST: Final = 2**31
"""Journal numbers are microseconds: their sum is more than a database can add."""

PORTION: Final = 2000
"""Rows at a time: others want the processor, too."""

P = ParamSpec("P")
T = TypeVar("T")

_facts, _contacts = models.contact_facts.c, models.contacts.c
_days, _made = models.agent_days, models.report_months_made.c


class Behind(RuntimeError):
    """Facts are still to be counted; files of now would not say what reports say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Months whose files were made, and how many were removed."""

    made: tuple[int, ...]
    removed: int


class AnalystExport:
    """Of the last `months` months, this one included."""

    def __init__(
        self,
        engine: AsyncEngine,
        folder: Path,
        names: AnalystNames,
        *,
        months: int,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._folder = AnalystFolder(folder)
        self._names = names
        self._months = months
        self._clock = clock

    async def export(self) -> Exported:
        """Make what is to be made, and remove what is too old. Raises `NotInstalled`, `Behind`,
        `FolderInUse`, `NotWritten`, and `AWAY` errors."""
        await on_disk(duckdb)
        with self._folder.held():
            wanted = await self._wanted()
            removed = await on_disk(self._folder.keep_only, tuple(wanted))
            kept = await on_disk(self._folder.made)
            this, made = day_number(self._clock()) // 100, []
            for month, state in wanted.items():
                if month >= this or kept.get(month) != state:
                    await self._make(month, state)
                    made.append(month)
        return Exported(made=tuple(made), removed=removed)

    async def _wanted(self) -> dict[int, State]:
        async with self._engine.connect() as connection:
            if await connection.scalar(select(func.count()).select_from(models.report_due)):
                raise Behind(
                    "facts are still to be counted; the service does so, or: reports rebuild"
                )
            first = await connection.scalar(select(func.min(_facts.quarter)))
            if first is None:
                return {}
            months = day_number(first * QUARTER_S) // 100, day_number(self._clock()) // 100
            return {
                month: await _state(connection, month) for month in latest(*months, self._months)
            }

    async def _make(self, month: int, state: State) -> None:
        aside = await on_disk(self._folder.aside)
        async with self._engine.connect() as connection:
            with closing(await on_disk(opened, aside)) as packing:
                for sheet in SHEETS:
                    await self._write(connection, packing, sheet, month, aside)
        await on_disk(self._folder.put, month, aside, state)

    async def _write(
        self,
        connection: AsyncConnection,
        packing: DuckDb,
        sheet: AnalystSheet,
        month: int,
        aside: Path,
    ) -> None:
        draft = await on_disk(ParquetDraft, aside / f"{sheet.name}.parquet", sheet.columns)
        try:
            async with connection.stream(sheet.rows(month)) as found:
                async for rows in found.mappings().partitions(PORTION):
                    await on_disk(self._add, draft, sheet, rows)
            await on_disk(draft.finish, packing)
        finally:
            draft.drop()

    def _add(
        self, draft: ParquetDraft, sheet: AnalystSheet, rows: Sequence[Mapping[str, object]]
    ) -> None:
        draft.add(sheet.cells(row, self._names) for row in rows)


async def on_disk(work: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
    """What blocks, in a thread. Raises `NotWritten` where it raises `OSError`."""
    try:
        return await asyncio.to_thread(work, *values, **named)
    except OSError as fault:
        raise NotWritten(str(fault)) from fault


async def _state(connection: AsyncConnection, month: int) -> State:
    """Facts that change without their contact have the sums of their month made anew; a contact
    that changes is written under a higher number; who is forgotten is counted."""
    first, end = quarters(month)
    contacts = (
        select(
            func.count(),
            func.sum(_contacts.last_seq % MOST),
            func.count(_contacts.forgotten_at),
            func.count(_contacts.caller),
        )
        .join(models.contact_facts, _facts.call_id == _contacts.call_id)
        .where(_facts.quarter >= first, _facts.quarter < end)
    )
    in_month = _days.c.day.between(month * 100, month * 100 + 99)
    spent = [column for column in _days.c if column.name not in ("day", "agent")]
    agents = select(func.sum(sum(spent[1:], start=spent[0]))).where(in_month)
    made_at = await connection.scalar(select(_made.at).where(_made.month == month))
    told = [*(await connection.execute(contacts)).one(), await connection.scalar(agents)]
    return [_columns(), made_at, *(int(number or 0) for number in told)]


def _columns() -> int:
    """A sum of what files have: those of another release are made anew."""
    said = " ".join(name for sheet in SHEETS for name in (sheet.name, *sheet.columns))
    return crc32(said.encode())
