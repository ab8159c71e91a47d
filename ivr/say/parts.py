"""What the three grammars share: how a number falls apart into spoken parts."""

from typing import Literal

Gender = Literal["m", "f"]
Case = Literal["nom", "gen", "dat", "acc", "loc"]

HIGHEST = 9999

PARTS = (*range(21), *range(30, 100, 10), *range(100, 1000, 100), *range(1000, 10000, 1000))
"""Every part that a number from 0 to HIGHEST is made of."""


def parts(n: int) -> tuple[int, ...]:
    """Return the spoken parts of `n`, 0 to 9999: 2345 is 2000, 300, 40, 5; 12 is 12; 0 is 0.

    Raises ValueError for any other number.
    """
    if not 0 <= n <= HIGHEST:
        raise ValueError(f"a number to be spoken is from 0 to {HIGHEST}")
    below = n % 100
    tail = (below,) if below <= 20 else (below - below % 10, below % 10)
    found = (n - n % 1000, n % 1000 - below, *tail)
    return tuple(part for part in found if part) or (0,)


def checked_range(low: int, high: int) -> tuple[int, int]:
    """Return the two in rising order."""
    return min(low, high), max(low, high)
