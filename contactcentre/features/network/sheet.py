"""Centres and agents as a CSV table, for who keeps them in a spreadsheet.

Cells stand between semicolons, and the file begins with a mark of UTF-8: so that a spreadsheet in
Latvian opens it by a click. A comma or a tab between cells is understood, too. A cell that a
spreadsheet would take for a formula begins with an apostrophe, which is not part of it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contactcentre.core.config.document import Refused
from contactcentre.features.network.kinds import KINDS, Edited
from contactcentre.features.network.load import FileContents
from contactcentre.features.network.shape import (
    MOST_ROWS,
    FormPart,
    Leaf,
    Reading,
    Repeated,
    told,
)
from contactcentre.features.publication.draft import Draft

USERNAME: Final = "username"
SHEETS: Final = {"centres": KINDS["centres"], "agents": KINDS["agents"]}

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NO = frozenset({"no", "nē", "ne", "0", "false"})
_YES = frozenset({"yes", "jā", "ja", "1", "true"})
_GRADE = re.compile(r"(?P<name>\S+?)[ :=]+(?P<level>\S+)")


def written(draft: Draft, kind: Edited) -> str:
    """All of a kind as a table; who has left, or is shut, has `no` under `active`."""
    into = io.StringIO()
    into.write("\ufeff")
    table = csv.writer(into, delimiter=";", lineterminator="\r\n")
    table.writerow(columns(kind))
    for one in draft.of(kind.table):
        cells = (told(part.shape, one.get(part.name)) for part in kind.shape.parts)
        active = "no" if one.get("active") is False else "yes"
        table.writerow(map(_shown, (one[kind.key], *cells, active)))
    return into.getvalue()


def columns(kind: Edited) -> tuple[str, ...]:
    """Their names, in order."""
    return (kind.key, *(part.name for part in kind.shape.parts), "active")


def read(text: str, name: str, kind: Edited) -> tuple[FileContents, list[dict[str, Any]]]:
    """The documents of a table, and the log-ins that a column `username` names. A blank cell is as
    usual; a column that is not there leaves its field as it is. Raises `Refused` with line and
    column of every fault."""
    rows = list(_rows(text, name))
    if not rows:
        raise Refused([f"{name}: is empty; its first line is: {';'.join(columns(kind))}"])
    (_, head), *body = rows
    _check_head(head, name, kind)
    sheet = _Sheet(kind, head, name)
    for line, cells in body:
        sheet.take(line, cells)
    if sheet.problems:
        raise Refused(sheet.problems)
    there = frozenset(head) - {kind.key, USERNAME}
    contents = FileContents(
        documents={kind.table: sheet.documents},
        locate=sheet.locate,
        partial={kind.table: there},
    )
    return contents, sheet.people


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with the number of its first. Raises `Refused`."""
    plain = text.removeprefix("\ufeff")
    head = plain.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    table, line = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter), 1
    try:
        for cells in table:
            if any(cell.strip() for cell in cells):
                yield line, [_meant(cell) for cell in cells]
            line = table.line_num + 1
    except csv.Error:
        raise Refused([f"{name}: line {line}: can't be read; is a quote left open?"]) from None


def _check_head(head: Sequence[str], name: str, kind: Edited) -> None:
    known = (*columns(kind), *((USERNAME,) if kind.kind == "agents" else ()))
    problems = [
        f"{name}: line 1, column {number}: '{one}' is no column; there are: {', '.join(known)}"
        for number, one in enumerate(head, 1)
        if one not in known
    ]
    if kind.key not in head:
        problems.append(f"{name}: line 1: the column {kind.key} is missing")
    if len(set(head)) < len(head):
        problems.append(f"{name}: line 1: a column stands there twice")
    if problems:
        raise Refused(problems)


class _Sheet:
    """Takes lines one after another."""

    def __init__(self, kind: Edited, head: Sequence[str], name: str) -> None:
        self._kind = kind
        self._head = head
        self._name = name
        self._lines: dict[str, int] = {}
        self.documents: dict[str, dict[str, Any]] = {}
        self.people: list[dict[str, Any]] = []
        self.problems: list[str] = []

    def take(self, line: int, cells: Sequence[str]) -> None:
        """A line more."""
        if len(cells) > len(self._head):
            self._wrong(line, "", "there are more cells than columns")
            return
        row = dict(zip(self._head, (*cells, *[""] * len(self._head)), strict=False))
        key = row[self._kind.key]
        if not key or key in self._lines:
            what = f"stands in line {self._lines[key]} already" if key else "is missing"
            self._wrong(line, self._kind.key, what)
            return
        self._lines[key] = line
        reading = Reading(dict(self._typed(line, row)), {})
        parts = tuple(one for one in self._kind.shape.parts if one.name in row)
        found = reading.document(type(self._kind.shape)(parts))
        for place, what in reading.faults.items():
            self._wrong(line, place.partition(".")[0], what)
        if row.get("active", "").lower() in _NO:
            found["active"] = False
        self.documents[key] = found
        if username := row.get(USERNAME):
            shared = {one: found.get(one) for one in ("name", "centre_id")}
            self.people.append({"username": username, "agent_id": key, **shared})

    def locate(self, _table: str, key: str, place: str) -> str:
        """See `load.Locate`."""
        if key not in self._lines:
            return ""
        column = place.partition(".")[0]
        at = f"{self._name}: line {self._lines[key]}"
        return f"{at}, column {column}" if column in self._head else at

    def _typed(self, line: int, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        self._yes_or_no(line, row, "active")
        for part in self._kind.shape.parts:
            text = row.get(part.name, "")
            if isinstance(part.shape, Repeated):
                yield from self._grades(line, part, text)
            elif isinstance(part.shape, Leaf) and part.shape.sort == "tick":
                self._yes_or_no(line, row, part.name)
                yes = text.lower() in _YES or (not text and part.usual is True)
                yield part.name, "yes" if yes else ""
            else:
                yield part.name, text

    def _grades(self, line: int, part: FormPart, text: str) -> Iterator[tuple[str, str]]:
        for number, one in enumerate(filter(None, (each.strip() for each in text.split(",")))):
            found = _GRADE.fullmatch(one) if number < MOST_ROWS else None
            if found is None:
                self._wrong(line, part.name, "write it like: benefits 3, taxes 1")
                return
            yield f"{part.name}.{number}.key", found["name"]
            yield f"{part.name}.{number}.value", found["level"]

    def _yes_or_no(self, line: int, row: Mapping[str, str], name: str) -> None:
        if row.get(name, "").lower() not in (_YES | _NO | {""}):
            self._wrong(line, name, "must be yes or no")

    def _wrong(self, line: int, column: str, what: str) -> None:
        place = f"{self._name}: line {line}" + (f", column {column}" if column else "")
        self.problems.append(f"{place}: {what}")


def _shown(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _meant(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
