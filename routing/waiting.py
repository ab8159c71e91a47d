"""How long a caller will wait: an honest range from the pace at which the line moves now.

Everybody who leaves the line counts, answered or not, because the caller behind moves up all the
same. The time until the p-th departure of a steady flow has the gamma distribution of shape p;
its quantiles are those of Wilson and Hilferty's approximation (1931).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

WINDOW_S = 900.0
"""The pace is that of the last quarter of an hour."""

LEAST = 3
"""Fewer departures tell nothing."""

Z_EARLY = -0.6745  # one caller in four is answered sooner
Z_LATE = 1.2816  # one in ten waits longer


@dataclass(frozen=True, slots=True)
class Range:
    """From and to, in whole minutes, at least one."""

    low_min: int
    high_min: int


def estimate(position: int, departures: int, window_s: float = WINDOW_S) -> Range | None:
    """The wait of whoever stands at this position (1 is next); None where nobody can tell.

    `departures` is how many left the line in the last `window_s` seconds.
    """
    if position < 1 or departures < LEAST:
        return None
    between_s = window_s / departures
    low = max(1, round(_quantile(position, Z_EARLY) * between_s / 60))
    high = max(low, ceil(_quantile(position, Z_LATE) * between_s / 60))
    return Range(low, high)


def median_s(position: int, departures: int, window_s: float = WINDOW_S) -> float | None:
    """The wait that one in two exceeds, in seconds; None where nobody can tell."""
    if position < 1 or departures < LEAST:
        return None
    return _quantile(position, 0.0) * window_s / departures


def _quantile(shape: int, z: float) -> float:
    """Of the gamma distribution with mean `shape` and scale 1."""
    spread = 1 / (9 * shape)
    return float(shape * max(0.0, 1 - spread + z * sqrt(spread)) ** 3)
