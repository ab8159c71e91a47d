"""How long a caller will wait: an honest range from the pace at which the line moves now.

Whoever stands at position p is answered after p steps: those ahead are answered one by one, or give
up, each at the rate at which people give up; the last step is an answer. Who gives up behind moves
nobody, so where nobody is answered there is no figure, however many leave. The rate of giving up
is that of all the time waited in the window, also by those who still wait: leaving them out would
make the line look quicker.

The time of p steps is taken as gamma distributed with shape p, and the pace is known no better than
n steps in a window tell it: the ratio of the two has the F distribution with 2p and 2n degrees of
freedom. Its quantiles are those of Paulson's approximation (1942), which is good to a hundredth
from three on.

The window is a quarter of an hour, or its last third where that differs from the rest by more than
chance would: agents have gone home, or volunteers have come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt

WINDOW_S = 900.0
"""The pace is that of the last quarter of an hour."""

RECENT_S = 300.0
"""Unless it has changed since so long ago."""

LEAST = 3
"""Fewer answers tell nothing."""

Z_EARLY = -0.6745  # one caller in four is answered sooner
Z_LATE = 1.2816  # one in ten waits longer
Z_CHANGED = 1.96  # one steady line in twenty looks as if it had changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One who left the line, after so many seconds; answered, or by any other way."""

    at: float
    waited_s: float
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What was seen in the last `window_s` seconds; `patience_s` is the mean wait for each who
    gave up, None where nobody did."""

    answered: int
    patience_s: float | None = None
    window_s: float = WINDOW_S


@dataclass(frozen=True, slots=True)
class Range:
    """From and to, in whole minutes, at least one."""

    low_min: int
    high_min: int


def pace(left: Iterable[Departure], waiting_s: Iterable[float], at: float) -> Pace:
    """The present pace; `waiting_s` is how long each of those has waited who still do."""
    seen = [one for one in left if one.at > at - WINDOW_S]
    window_s = WINDOW_S
    late = [one for one in seen if one.at > at - RECENT_S]
    if _has_changed(_answered(seen), _answered(late)):
        seen, window_s = late, RECENT_S
    gave_up = len(seen) - _answered(seen)
    waited_s = sum(one.waited_s for one in seen) + sum(waiting_s)
    return Pace(
        answered=_answered(seen),
        patience_s=waited_s / gave_up if gave_up and waited_s > 0 else None,
        window_s=window_s,
    )


def _answered(some: Iterable[Departure]) -> int:
    return sum(one.answered for one in some)


def _has_changed(all_: int, late: int) -> bool:
    """Whether the window's end differs; of a steady pace it has its share (binomial, as normal)."""
    share = RECENT_S / WINDOW_S
    spread = sqrt(all_ * share * (1 - share))
    return abs(late - all_ * share) - 0.5 > Z_CHANGED * spread


def estimate(position: int, pace: Pace) -> Range | None:
    """The wait of whoever stands at this position (1 is next); None where nobody can tell."""
    if position < 1 or pace.answered < LEAST:
        return None
    low = max(1, round(_quantile_s(position, pace, Z_EARLY) / 60))
    high = max(low, ceil(_quantile_s(position, pace, Z_LATE) / 60))
    return Range(low, high)


def median_s(position: int, pace: Pace) -> float | None:
    """The wait that one in two exceeds, in seconds; None where nobody can tell."""
    if position < 1 or pace.answered < LEAST:
        return None
    return _quantile_s(position, pace, 0.0)


def _quantile_s(position: int, pace: Pace, z: float) -> float:
    """Paulson for F: Wilson and Hilferty for the numerator and the denominator."""
    mean_s = _mean_s(position, pace)
    steps = position / mean_s * pace.window_s
    ours, theirs = 1 / (9 * position), 1 / (9 * steps)
    root = ours * (1 - theirs) ** 2 + theirs * (1 - ours) ** 2 - ours * theirs * z * z
    cube = (1 - ours) * (1 - theirs) + z * sqrt(max(0.0, root))
    ratio = max(0.0, cube / ((1 - theirs) ** 2 - theirs * z * z))
    return float(mean_s * ratio**3)


def _mean_s(position: int, pace: Pace) -> float:
    """The sum of the steps: with k people ahead, k may give up."""
    answers = pace.answered / pace.window_s
    giving_up = 1 / pace.patience_s if pace.patience_s else 0.0
    return sum(1 / (answers + ahead * giving_up) for ahead in range(position))
