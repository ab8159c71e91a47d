"""How long people waited, in fixed bands: what can be added up, and read as p50 and p90.

A band is "longer than the one before, up to and with its edge": each second up to 10, each five
up to a minute, each fifteen up to five minutes, each minute up to an hour, and longer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from math import ceil
from typing import Final

EDGES_S: Final = (
    *range(11),
    *range(15, 61, 5),
    *range(75, 301, 15),
    *range(360, 3601, 60),
)
"""Upper edges in seconds; the last band has none."""


def band(wait_s: float) -> int:
    """The number of the band of that wait, from 0 (no wait at all)."""
    return bisect_left(EDGES_S, wait_s)


def percentile_s(counts: Mapping[int, int], percent: float, longest_s: float) -> float | None:
    """The nearest rank, as the upper edge of its band; never more than the longest wait there was.

    None where nobody waited.
    """
    numbers = sorted(counts)
    up_to = [*accumulate(map(counts.__getitem__, numbers))]  # 2,400 of them in a month by quarters
    if not up_to or not up_to[-1]:
        return None
    number = numbers[bisect_left(up_to, ceil(up_to[-1] * percent / 100))]
    edge = EDGES_S[number] if number < len(EDGES_S) else longest_s
    return min(float(edge), longest_s)


def within(counts: Mapping[int, int], seconds: float) -> int | None:
    """How many waited at most so long; None where that is no edge."""
    if seconds not in EDGES_S:
        return None
    return sum(count for number, count in counts.items() if number <= EDGES_S.index(int(seconds)))
