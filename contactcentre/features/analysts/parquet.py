"""A Parquet file, written row by row: aside as a table of text, then at once by DuckDB."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeAlias

DuckDb: TypeAlias = Any
"""What makes the files; to open one takes four times as long as to write a file."""

NULL: Final = "\\N"
MEMORY: Final = "256MB"


class NotWritten(RuntimeError):
    """A file, or the folder, can't be written; the text says which and why, and nothing of what
    stands in it. No `OSError`: that is what a database has that is away."""


INSTALL: Final = (
    "install it: SETUP_ANALYSTS=1 scripts/install; where nothing is installed: SETUP_ANALYSTS=1"
    " scripts/setup python"
)


class NotInstalled(RuntimeError):
    """DuckDB is not there; the text says what to do."""

    def __init__(self) -> None:
        super().__init__(f"files for analysts need DuckDB; {INSTALL}")


def duckdb() -> ModuleType:
    """The library, which all else runs without. Raises `NotInstalled`."""
    try:
        return import_module("duckdb")
    except ImportError:
        raise NotInstalled from None


def opened(folder: Path) -> DuckDb:
    """One that keeps in `folder` what it has no memory for, and fetches nothing from outside; for
    one thread at a time. Raises `NotInstalled`, `NotWritten`."""
    nothing_from_outside = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    own = {"threads": "1", "memory_limit": MEMORY, "temp_directory": str(folder)}
    module = duckdb()
    try:
        return module.connect(":memory:", config={**nothing_from_outside, **own})
    except module.Error as fault:
        raise NotWritten(f"DuckDB cannot write in {folder} ({type(fault).__name__})") from None


class ParquetDraft:
    """`path` is the file that it becomes, of `columns` with DuckDB's types. All of it blocks."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self._path = path
        self._columns = dict(columns)
        self._draft = path.with_suffix(".csv")
        self._file = self._draft.open("w", encoding="utf-8", errors="replace", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Further rows; None is none. Raises `OSError`."""
        self._rows.writerows([NULL if cell is None else cell for cell in row] for row in rows)

    def finish(self, database: DuckDb) -> None:
        """The file is on the disk when this returns. Raises `NotWritten`, `OSError`."""
        self._file.close()
        try:
            self._pack(database)
        except duckdb().Error as fault:  # its words may be those of a row
            raise NotWritten(f"DuckDB cannot write {self._path} ({type(fault).__name__})") from None
        self._draft.unlink()
        self._path.chmod(0o600)
        with self._path.open("rb") as file:
            os.fsync(file.fileno())

    def _pack(self, database: DuckDb) -> None:
        read = database.read_csv(
            str(self._draft),
            header=False,
            columns=self._columns,
            auto_detect=False,
            delimiter=",",
            quotechar='"',
            escapechar='"',
            na_values=NULL,
        )
        read.write_parquet(str(self._path), compression="zstd")

    def drop(self) -> None:
        """Of one that is not finished."""
        self._file.close()
