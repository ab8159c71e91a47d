"""What may be published of small numbers, pure.

A cell under five tells of so few people that one of them may be known. Those cells are added up in
one, the pool, together with as many larger ones as are needed: so each total is right, and the pool
is the only number in which a small cell takes part. Whoever subtracts all that is published from
the total gets the pool, and from the pool no cell follows: also for whoever knows which of its
cells are small, as other months may tell, each of these may still be any number under five.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def restated(
    cells: Mapping[Cell, int], former: Sequence[PublishedCells[Cell]]
) -> PublishedCells[Cell]:
    """What may be published of counts that have changed, `former` being all that was published of
    them, the latest last.

    A number moves by five or more from every one that was told, or stays as it was: a difference
    is a cell too. What is hidden stays so, for shown beside a former pool it would tell of the
    others; a new cell is told when it has five. The total is of what is told.
    """
    latest = former[-1]
    if latest.pool is None:
        return published(cells)
    told = [one for one in former if one.pool is not None]
    shown = {}
    for cell in {*cells, *latest.shown} - latest.hidden:
        count = _moved(cells.get(cell, 0), [one.shown.get(cell, 0) for one in told])
        if count:
            shown[cell] = count
    pooled = [count for cell in latest.hidden if (count := cells.get(cell, 0)) > 0]
    pool = latest.pool
    if _is_covered(pooled, None):
        pool = _moved(sum(pooled), [one.pool or 0 for one in told])
    return PublishedCells(shown, latest.hidden, pool, sum(shown.values()) + pool)


def _moved(count: int, told: Sequence[int]) -> int:
    is_small = 0 < count < SMALL
    is_near = any(0 < abs(count - one) < SMALL for one in told)
    return told[-1] if is_small or is_near else count


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
