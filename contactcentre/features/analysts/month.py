"""A month of Latvia's clock, by number: 202610."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from routing.calendar import QUARTER_S, midnight


def quarters(month: int) -> tuple[int, int]:
    """Its first quarter hour since the epoch, and the one after its last."""
    return _starts(month), _starts(following(month))


def following(month: int) -> int:
    """The one after it."""
    return month + (89 if month % 100 == 12 else 1)


def latest(first: int, last: int, most: int) -> Iterator[int]:
    """From the one to the other, both included, but the last so many at most."""
    months = [first]
    while months[-1] < last:
        months.append(following(months[-1]))
    yield from months[-most:]


def written(month: int) -> str:
    """As in names of files: 2026-10."""
    return f"{month // 100}-{month % 100:02}"


def _starts(month: int) -> int:
    return int(midnight(date(month // 100, month % 100, 1)) // QUARTER_S)
