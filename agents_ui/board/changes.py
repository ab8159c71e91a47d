"""What a board's page is told: a whole view first, then only what has changed, put into words once
for all who see the same.

A message of changes names the view that it goes on from (`since`); a page that has another one asks
for the whole again. Rows are known by their keys; of a row that the page has, only the fields that
differ are told, and `null` of one that has gone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final

import msgspec

from agents_ui.board.port import (
    REACHES,
    AgentRow,
    BoardView,
    CallbackRow,
    CallRow,
    DemandRow,
    FigureRow,
)
from agents_ui.shell.port import Realm

Row = FigureRow | AgentRow | CallRow | CallbackRow | DemandRow

ROWS: Final = ("queues", "groups", "demands", "agents", "calls", "callbacks")
WHOLE: Final = (*("telephony", "callbacks_waiting", "alarms", "crisis", "checked", "realms"),)
KEPT: Final = 8
"""So many views a page may be behind and still be told the changes."""


class RowChanges:
    """What differs between two rows of one key: found once for all realms in which they are seen,
    and known until a later view is told of."""

    def __init__(self) -> None:
        self._seq = 0
        self._found: dict[tuple[int, int], tuple[Row, Row, dict[str, Any]]] = {}

    def up_to(self, seq: int) -> None:
        """Begin anew with each view."""
        if seq != self._seq:
            self._seq, self._found = seq, {}

    def of(self, old: Row, new: Row) -> dict[str, Any]:
        """The fields that differ."""
        both = id(old), id(new)  # which are kept as long as they are known by their ids
        if both not in self._found:
            names = (
                name for name in _FIELDS[type(new)] if getattr(old, name) != getattr(new, name)
            )
            self._found[both] = old, new, {name: getattr(new, name) for name in names}
        return self._found[both][2]


class Story:
    """The latest view of some realms, and what led to it; `differences` are of all realms."""

    def __init__(self, differences: RowChanges | None = None) -> None:
        self._differences = differences or RowChanges()
        self._view: BoardView | None = None
        self._words = b""
        self._changes: deque[tuple[int, bytes]] = deque(maxlen=KEPT)  # by what each goes on from

    def whole(self, view: BoardView) -> bytes:
        """The message that shows all of it."""
        self._go_on(view)
        if not self._words:
            self._words = msgspec.json.encode({"type": "view", "view": view})
        return self._words

    def since(self, seq: int, view: BoardView) -> Iterator[bytes]:
        """The messages for a page that has the view of that number; none where it has this one."""
        self._go_on(view)
        if seq == view.seq:
            return iter(())
        later = [words for since, words in self._changes if since >= seq]
        known = any(since == seq for since, _ in self._changes)
        return iter(later if known else (self.whole(view),))

    def _go_on(self, view: BoardView) -> None:
        if view is self._view:
            return
        if self._view is not None:
            told = {"type": "changes", "changes": between(self._view, view, self._differences)}
            self._changes.append((self._view.seq, msgspec.json.encode(told)))
        self._view, self._words = view, b""


class Stories:
    """Of all realms that pages show, so many as are kept."""

    def __init__(self) -> None:
        self._by_realms: dict[frozenset[Realm], Story] = {}
        self._differences = RowChanges()

    def of(self, realms: frozenset[Realm]) -> Story:
        """For everybody who sees these."""
        if len(self._by_realms) >= REACHES and realms not in self._by_realms:
            self._by_realms.clear()  # who watches keeps the own
        return self._by_realms.setdefault(realms, Story(self._differences))


def between(
    old: BoardView, new: BoardView, differences: RowChanges | None = None
) -> dict[str, Any]:
    """What has changed from one view to the next."""
    known = differences or RowChanges()
    known.up_to(new.seq)
    rows = {name: list(_rows(getattr(old, name), getattr(new, name), known)) for name in ROWS}
    whole = {name: getattr(new, name) for name in WHOLE if getattr(old, name) != getattr(new, name)}
    if old.total is not new.total:
        whole["total"] = new.total
    return {
        "since": old.seq,
        "seq": new.seq,
        "at": new.at,
        "set": whole,
        "rows": {name: changed for name, changed in rows.items() if changed},
    }


def key_of(row: Row) -> str:
    """By what a page knows a row among those of its list."""
    match row:
        case FigureRow():
            return f"{row.dimension}:{row.key}"
        case DemandRow():
            return row.key
        case AgentRow():
            return row.agent_id
        case CallRow() | CallbackRow():
            return row.call_id


def _rows(
    old: Iterable[Row], new: Iterable[Row], differences: RowChanges
) -> Iterator[tuple[str, dict[str, Any] | Row | None]]:
    if old is new:
        return
    were, are = set(map(id, old)), set(map(id, new))  # of two thousand rows some ten are others
    before = {key_of(row): row for row in old if id(row) not in are}
    for row in new:
        if id(row) in were:
            continue
        key = key_of(row)
        known = before.pop(key, None)
        told = row if known is None else differences.of(known, row)
        if told:
            yield key, told
    for key in before:
        yield key, None


_KINDS: Final = (FigureRow, AgentRow, CallRow, CallbackRow, DemandRow)
_FIELDS: Final = MappingProxyType(
    {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS}
)
