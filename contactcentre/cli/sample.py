"""Sample rows in a database that somebody tries things out with: what was edited there stays.

Of each row that is loaded a mark is kept. When the files change, a row that still bears its mark is
brought up to date; one that somebody has edited is left as it is, and told. A row that has vanished
from the files goes only if nobody edited it and nothing can refer to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.menus import store as releases
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from contactcentre.storage.settings import get, put

MARKS = "sample_rows"
BY = "sample data"

Row = Mapping[str, Any]
Marks = dict[str, Any]
"""By table: the columns that were loaded, and the mark of each row by its key."""

_REMOVABLE = (models.hotlines, models.queues, models.days_off, models.services, models.not_ours)
"""Nothing refers to these rows but other rows' texts, which are checked before they count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of the rows, each as table/key."""

    kept: list[str] = field(
        default_factory=list
    )  # edited here, so the files' version was not taken
    removed: list[str] = field(default_factory=list)  # agents: not active any more
    left: list[str] = field(default_factory=list)  # not in the files any more, yet still here


async def load(
    connection: AsyncConnection,
    rows: Mapping[Table, Sequence[Row]],
    menus: Mapping[str, str],
    *,
    at: float,
) -> Report:
    """Bring the sample rows and menus (name -> document) up to date; the network's next version."""
    marks: Marks = await get(connection, MARKS) or {}
    report = Report()
    fresh: dict[Table, Sequence[Row]] = {}
    for table, wanted in rows.items():
        before = await _edited(connection, table, marks.get(table.name))
        fresh[table] = [row for row in wanted if _key(table, row) not in before]
        report.kept.extend(f"{table.name}/{key}" for key in sorted(before))
    await documents.save(connection, fresh)
    for table, wanted in rows.items():
        gone = set(marks.get(table.name, {}).get("rows", ())) - {_key(table, r) for r in wanted}
        await _take_out(connection, table, gone, report)
    for name, document in menus.items():
        if not await _published(connection, name, document, marks.get("menus", {}), at):
            report.kept.append(f"flows/{name}")
    await put(connection, MARKS, _marks(rows, menus, marks, report))
    return report


def _marks(
    rows: Mapping[Table, Sequence[Row]], menus: Mapping[str, str], old: Marks, report: Report
) -> Marks:
    """Those of today's files; what was kept keeps its old mark, which it does not bear."""
    kept = set(report.kept)
    new: Marks = {"menus": {name: _mark(document) for name, document in menus.items()}}
    for table, wanted in rows.items():
        before = old.get(table.name, {}).get("rows", {})
        found = {}
        for row in wanted:
            key = _key(table, row)
            edited = f"{table.name}/{key}" in kept
            found[key] = before.get(key, "") if edited else _mark(row)
        new[table.name] = {"columns": sorted(wanted[0]) if wanted else [], "rows": found}
    return new


async def _edited(connection: AsyncConnection, table: Table, marks: Marks | None) -> set[str]:
    """Keys of the rows that are there and do not bear their mark."""
    if marks is None:
        return set()
    columns = [table.c[name] for name in marks["columns"] if name in table.c]
    rows = (await connection.execute(select(*columns))).mappings() if columns else ()
    found = {_key(table, row): _mark(row) for row in map(dict, rows)}
    return {key for key, mark in marks["rows"].items() if found.get(key, mark) != mark}


async def _take_out(
    connection: AsyncConnection, table: Table, keys: set[str], report: Report
) -> None:
    edited = {one.removeprefix(f"{table.name}/") for one in report.kept}
    column = table.c[documents.key_of(table)]
    for key in sorted(keys):
        name = f"{table.name}/{key}"
        if key in edited or table not in (*_REMOVABLE, models.agents):
            report.left.append(name)
            continue
        if table is models.agents:
            await documents.change(connection, table, key, active=False)
        else:
            await connection.execute(table.delete().where(column == key))
        report.removed.append(name)


async def _published(
    connection: AsyncConnection, name: str, document: str, marks: Mapping[str, str], at: float
) -> bool:
    """Whether the file's menu is in force now; not so where people have published another."""
    present = await releases.in_force(connection, name)
    if present is not None and name in marks:
        text = await releases.document_of(connection, name, present)
        if _mark(text) != marks[name] and text != document:
            return False
    await releases.keep(connection, name, document, by=BY, comment="", at=at)
    return True


def _key(table: Table, row: Row) -> str:
    return str(row[documents.key_of(table)])


def _mark(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def lines(report: Report) -> Iterator[str]:
    """The report in words, a line for each row that somebody may wonder about."""
    for name in report.kept:
        yield f"{name}: edited here, so the sample files' version was not taken"
    for name in report.removed:
        yield f"{name}: not in the sample files any more, taken out"
    for name in report.left:
        yield f"{name}: not in the sample files any more, but still here: take it out by hand"
