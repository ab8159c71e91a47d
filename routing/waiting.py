"""How long a caller will wait: an honest range from the pace at which the line moves now.

Everybody who leaves the line counts, answered or not, because the caller behind moves up all the
same. The time until the p-th departure of a steady flow is gamma distributed with shape p, and the
pace is known no better than n departures in a window tell it: the ratio of the two has the F
distribution with 2p and 2n degrees of freedom. Its quantiles are those of Paulson's approximation
(1942), which is good to a hundredth from three departures on.
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
    low = max(1, round(_quantile(position, departures, Z_EARLY) * window_s / 60))
    high = max(low, ceil(_quantile(position, departures, Z_LATE) * window_s / 60))
    return Range(low, high)


def median_s(position: int, departures: int, window_s: float = WINDOW_S) -> float | None:
    """The wait that one in two exceeds, in seconds; None where nobody can tell."""
    if position < 1 or departures < LEAST:
        return None
    return _quantile(position, departures, 0.0) * window_s


def _quantile(position: int, departures: int, z: float) -> float:
    """In windows: the time until `position` departures, the pace known by `departures` in one.

    Paulson's approximation for F: Wilson and Hilferty's for the numerator and the denominator.
    """
    ours, theirs = 1 / (9 * position), 1 / (9 * departures)
    root = ours * (1 - theirs) ** 2 + theirs * (1 - ours) ** 2 - ours * theirs * z * z
    cube = (1 - ours) * (1 - theirs) + z * sqrt(max(0.0, root))
    ratio = max(0.0, cube / ((1 - theirs) ** 2 - theirs * z * z))
    return float(position / departures * ratio**3)
