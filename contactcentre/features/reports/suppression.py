"""What may be published of small numbers, pure.

A cell under five tells of so few people that one of them may be known. Those cells are added up in
one, the pool, together with as many larger ones as are needed: so each total is right, and the pool
is the only number in which a small cell takes part. Whoever subtracts all that is published from
the total gets the pool, and from the pool alone no cell follows: the pool has one of at least five
besides, and which of them that is nobody is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

SMALL: Final = 5

Cell = TypeVar("Cell")


@dataclass(frozen=True, slots=True)
class PublishedCells(Generic[Cell]):
    """The cells that are shown, those that are not, what these come to, and the whole."""

    shown: Mapping[Cell, int]
    hidden: frozenset[Cell]
    pool: int | None  # None where even that would tell
    total: int | None


def published(cells: Mapping[Cell, int]) -> PublishedCells[Cell]:
    """Of these counts; a cell of nobody is left out altogether."""
    counts = {cell: count for cell, count in cells.items() if count > 0}
    small = {cell for cell, count in counts.items() if count < SMALL}
    if not small:
        return PublishedCells(counts, frozenset(), 0, sum(counts.values()))
    larger = sorted(
        (count, repr(cell), cell) for cell, count in counts.items() if cell not in small
    )
    if not larger:
        # All are small: their sum alone would tell of each where it is as many as they are.
        return PublishedCells({}, frozenset(small), None, None)
    hidden = small | {larger[0][2]}
    shown = {cell: count for cell, count in counts.items() if cell not in hidden}
    pool = sum(counts[cell] for cell in hidden)
    return PublishedCells(shown, frozenset(hidden), pool, sum(counts.values()))
