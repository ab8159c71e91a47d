"""The cards as a table, for who keeps them in a spreadsheet: CSV, a card a row.

Cells stand between semicolons, and the file begins with a mark of UTF-8: so that a spreadsheet in
Latvian opens it by a click. A comma or a tab between cells is understood, too. What is a list has
one thing a line within its cell; rates, what municipalities say otherwise and answers are JSON. A
cell that a spreadsheet would take for a formula begins with an apostrophe, which is no part of it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from contactcentre.core.config.document import Refused
from contactcentre.features.catalogue import document
from contactcentre.features.catalogue.document import Service

_TEXTS: Final = ("name", "summary", "fee", "term", "documents", "who", "steps")
COLUMNS: Final = (
    *("code", "institution.lv", "institution.en", "level", "channels", "life_events"),
    *(f"lv.{one}" for one in _TEXTS),
    *(f"en.{one}" for one in _TEXTS),
    *("legal_act", "link", "telephone", "by_phone", "identification", "personal_code"),
    *("aliases.lv", "aliases.ru", "aliases.en"),
    *("owner", "owner_mail", "to_check", "valid_from", "valid_to", "checked_on", "municipality"),
    *("rates", "variants", "answers"),
)
PRIVATE: Final = frozenset({"owner", "owner_mail"})
"""Of no use to others than those who edit the cards."""
_LISTS: Final = frozenset(
    {
        *("channels", "life_events", "by_phone", "to_check", "lv.steps", "en.steps"),
        *("aliases.lv", "aliases.ru", "aliases.en"),
    }
)
_JSON: Final = frozenset({"rates", "variants", "answers"})
_NOTHING: Final = frozenset({"valid_to", "owner_mail"})
"""A blank cell of these is none."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Card = dict[str, Any]


def written(services: Iterable[Service], *, without: Collection[str] = ()) -> str:
    """All of these as a table, without some columns."""
    into = io.StringIO()
    into.write("\ufeff")
    table = csv.writer(into, delimiter=";", lineterminator="\r\n")
    columns = [one for one in COLUMNS if one not in without]
    table.writerow(columns)
    for service in services:
        card = document.written(service)
        table.writerow(_shown(_cell(one, _at(card, one))) for one in columns)
    return into.getvalue()


def read(text: str, name: str, before: Mapping[str, Card]) -> tuple[Card, ...]:
    """The cards of a table as documents, unchecked. `before` are those that there are, by code: a
    column that is not there leaves its field as it is. Raises `Refused` with line and column."""
    rows = list(_rows(text, name))
    if not rows:
        raise Refused([f"{name}: is empty; its first line is: {';'.join(COLUMNS)}"])
    (_, head), *body = rows
    problems = list(_faults(head, name))
    cards: list[Card] = []
    for line, cells in body if not problems else ():
        if len(cells) > len(head):
            problems.append(f"{name}: line {line}: there are more cells than columns")
            continue
        row = dict(zip(head, (*cells, *[""] * len(head)), strict=False))
        card = json.loads(json.dumps(before.get(row["code"], {})))
        try:
            for column, cell in row.items():
                _put(card, column, cell)
        except ValueError:
            problems.append(f"{name}: line {line}, column {column}: must be JSON, or a number")
        cards.append(card)
    if problems:
        raise Refused(problems)
    return tuple(cards)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with the number of its first."""
    plain = text.removeprefix("\ufeff")
    head = plain.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    table, line = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter), 1
    try:
        for cells in table:
            if any(cell.strip() for cell in cells):
                yield line, [_meant(cell) for cell in cells]
            line = table.line_num + 1
    except csv.Error as error:
        raise Refused([f"{name}: line {line}: {error}"]) from None


def _faults(head: Sequence[str], name: str) -> Iterator[str]:
    for number, one in enumerate(head, 1):
        if one not in COLUMNS:
            yield f"{name}: line 1, column {number}: '{one}' is no column; there are: " + ", ".join(
                COLUMNS
            )
    if "code" not in head:
        yield f"{name}: line 1: the column code is missing"
    if len(set(head)) < len(head):
        yield f"{name}: line 1: a column stands there twice"


def _at(card: Card, column: str) -> Any:
    first, _, rest = column.partition(".")
    found = card[first]
    return found.get(rest, ()) if rest else found


def _cell(column: str, value: Any) -> str:
    if column in _JSON:
        return json.dumps(value, ensure_ascii=False) if value else ""
    if column in _LISTS:
        return "\n".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _put(card: Card, column: str, cell: str) -> None:
    """Raises `ValueError` where a cell can't be read."""
    first, _, rest = column.partition(".")
    value: Any = cell
    if column in _JSON:
        value = json.loads(cell) if cell else ({} if column == "variants" else [])
    elif column in _LISTS:
        value = [one.strip() for one in cell.splitlines() if one.strip()]
    elif column == "personal_code":
        value = cell.lower() in ("yes", "jā", "1", "true")
    elif column == "identification":
        value = int(cell or 0)
    elif column in _NOTHING:
        value = cell or None
    if rest:
        card.setdefault(first, {})[rest] = value
    else:
        card[first] = value


def _shown(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _meant(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
