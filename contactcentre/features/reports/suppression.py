"""What may be published of small numbers, pure.

A cell under five tells of so few people that one of them may be known. Those cells are added up in
one, the pool, together with as many larger ones as are needed: so each total is right, and the pool
is the only number in which a small cell takes part. Whoever subtracts all that is published from
the total gets the pool, and from the pool no cell follows: also for whoever knows which of its
cells are small, as other months may tell, each of these may still be any number under five.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    for number in range(1, len(larger) + 1):
        most = larger[number][0] if number < len(larger) else None
        hidden = small | {cell for _, _, cell in larger[:number]}
        pooled = [counts[cell] for cell in hidden]
        if _is_covered(pooled, most):
            shown = {cell: count for cell, count in counts.items() if cell not in hidden}
            return PublishedCells(shown, frozenset(hidden), sum(pooled), sum(counts.values()))
    # Too few to hide behind: their sum alone would tell of each.
    return PublishedCells({}, frozenset(counts), None, None)


def _is_covered(pooled: Iterable[int], most: int | None) -> bool:
    """Whether the sum leaves each small one its whole range: the others could be so much less, and
    so much more, that it may be any. `most` is what a larger one of them has at the most, the
    least of those that are shown; None where none is."""
    room = SMALL - 2
    below = above = 0
    for count in pooled:
        below += count - (1 if count < SMALL else SMALL)
        if most is not None:
            above += (SMALL - 1 if count < SMALL else most) - count
    return below >= room and (most is None or above >= room)
