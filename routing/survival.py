"""How long people wait before they give up, learned also from those who did not have to.

The product-limit estimate of E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete
observations" (1958). An answered caller was willing to wait at least as long as the answer took:
that wait is censored, and leaving it out would make everybody look impatient.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, log


@dataclass(frozen=True, slots=True)
class Observation:
    """One caller; `gave_up` is False where the wait was ended by somebody else."""

    wait_s: float
    gave_up: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """Who waits longer than `times[i]`: the share `shares[i]`. Both go one way only.

    Beyond the last time the record is silent: people give up there at `rate`, the mean rate of
    all (givings up per second of waiting); 0 is never.
    """

    times: tuple[float, ...]
    shares: tuple[float, ...]
    rate: float

    def share(self, wait_s: float) -> float:
        """Of callers whose patience is longer than that, within the record."""
        place = bisect_right(self.times, wait_s)
        return self.shares[place - 1] if place else 1.0

    def draw(self, chance: float, beyond_s: float = 0.0) -> float:
        """The patience of a caller known to wait longer than `beyond_s`; `chance` is in (0, 1].

        Whoever still waits where the record ends is drawn from the tail.
        """
        left = self.share(beyond_s)
        level = chance * left
        # Shares fall, so the first one below the level is found by halves.
        fallen = bisect_right(self.shares, -level, key=lambda share: -share)
        place = max(fallen, bisect_right(self.times, beyond_s))
        if left > 0 and place < len(self.times):
            return self.times[place]
        if self.rate <= 0:
            return inf
        last = max(beyond_s, self.times[-1] if self.times else 0.0)
        return (
            last + log(max(self.share(last), level) / level if left > 0 else 1 / chance) / self.rate
        )


def patience(observed: Iterable[Observation]) -> Patience:
    """The estimate from these callers."""
    waits = sorted(observed, key=lambda each: (each.wait_s, not each.gave_up))
    times: list[float] = []
    shares: list[float] = []
    share = 1.0
    for number, each in enumerate(waits):
        if not each.gave_up:
            continue
        share *= 1 - 1 / (len(waits) - number)
        if times and times[-1] == each.wait_s:
            shares[-1] = share
        else:
            times.append(each.wait_s)
            shares.append(share)
    waited_s = sum(each.wait_s for each in waits)
    gave_up = sum(each.gave_up for each in waits)
    return Patience(tuple(times), tuple(shares), gave_up / waited_s if waited_s > 0 else 0.0)
