"""Rows to be written where some may be there already: the one difference of the dialects.

For whoever does more than one thing in `AsyncConnection.run_sync`, where a statement costs a third
of what it costs from outside. `database` has the same for whoever writes once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, case, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.sqlite import Insert


@dataclass(frozen=True, slots=True)
class Frozen:
    """Columns that never change again in a row that has something in the column `since`."""

    since: str
    columns: tuple[str, ...]


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    newer_by: str | None = None,
    frozen: Frozen | None = None,
    first: tuple[str, ...] = (),
) -> None:
    """Insert the rows, or update those whose primary key is there.

    With `newer_by`, a row that is there gives way only to one that is higher in that column;
    with `frozen`, some columns of a row stay as they are; of the columns `first`, what was
    known first stays.
    All rows have the same keys, and no two the same primary key.
    """
    if rows:
        statement = _upsert(connection.dialect.name, table, tuple(rows[0]), newer_by, frozen, first)
        connection.execute(statement, list(rows))


def add(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], column: str
) -> None:
    """Insert the rows; where the primary key is there, add the `column` to what it has."""
    if rows:
        connection.execute(_add(connection.dialect.name, table, column), list(rows))


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose primary key is not there yet."""
    if rows:
        connection.execute(_insert_new(connection.dialect.name, table), list(rows))


# To build one of these costs more than to write a row by it, and there are few: each is built once.


@cache
def _upsert(
    dialect: str,
    table: Table,
    names: tuple[str, ...],
    newer_by: str | None,
    frozen: Frozen | None,
    first: tuple[str, ...],
) -> Insert:
    statement = _insert(dialect, table)
    key = [column.name for column in table.primary_key]
    new: dict[str, Any] = {name: statement.excluded[name] for name in names if name not in key}
    if not new:
        return statement.on_conflict_do_nothing(index_elements=key)
    where = table.c[newer_by] < statement.excluded[newer_by] if newer_by else None
    for name in first:
        new[name] = func.coalesce(table.c[name], new[name])
    if frozen is not None:
        is_open = table.c[frozen.since].is_(None)
        for name in frozen.columns:
            new[name] = case((is_open, new[name]), else_=table.c[name])
    return statement.on_conflict_do_update(index_elements=key, set_=new, where=where)


@cache
def _add(dialect: str, table: Table, column: str) -> Insert:
    statement = _insert(dialect, table)
    key = [each.name for each in table.primary_key]
    total = table.c[column] + statement.excluded[column]
    return statement.on_conflict_do_update(index_elements=key, set_={column: total})


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> Insert:
    """An INSERT that knows ON CONFLICT."""
    if dialect == "postgresql":
        # The two dialects' classes are alike in all that is used of them.
        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)
