"""The told range against a line simulated caller by caller, those who still wait included."""

import heapq
import random
from collections import deque

import pytest

from routing.waiting import WINDOW_S, Departure, estimate, median_s, pace

pytestmark = pytest.mark.integration

SERVERS = 6
TALK_S = 240.0
DAY_S = 8 * 3600.0
PATIENCE_S = 1800.0


class Day:
    """A first-come-first-served line, a little overloaded; callers lose patience."""

    def __init__(self, seed: int, load: float) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a simulation
        self._free = [0.0] * SERVERS
        self.left: list[tuple[float, float, float]] = []  # entered, left, would be answered
        self._line(load)

    def _line(self, load: float) -> None:
        at = 0.0
        while at < DAY_S:
            at += self._chance.expovariate(load * SERVERS / TALK_S)
            gives_up = at + self._chance.expovariate(1 / PATIENCE_S)
            answered = max(at, self._free[0])
            if gives_up < answered:
                self.left.append((at, gives_up, answered))
                continue
            heapq.heapreplace(self._free, answered + self._chance.expovariate(1 / TALK_S))
            self.left.append((at, answered, answered))

    def told(self) -> list[tuple[float, float | None, tuple[float, float] | None]]:
        """For each who waits: the wait to come, the median told, the range told, in seconds.

        Who gives up counts with the wait that was still to come: leaving out those who wait long
        would flatter the figures.
        """
        found = []
        gone = deque(
            sorted(
                (
                    Departure(at=left, waited_s=left - entered, answered=left == answered)
                    for entered, left, answered in self.left
                ),
                key=lambda one: one.at,
            )
        )
        departed: deque[Departure] = deque()
        line: list[tuple[float, float]] = []
        for entered, left, answered in self.left:
            while gone and gone[0].at <= entered:
                departed.append(gone.popleft())
            while departed and departed[0].at < entered - WINDOW_S:
                departed.popleft()
            line = [(came, went) for came, went in line if went > entered]
            waits = [entered - came for came, _ in line]
            line.append((entered, left))
            if answered == entered:
                continue
            seen = pace(departed, waits, entered)
            expected = estimate(len(waits) + 1, seen)
            median = median_s(len(waits) + 1, seen)
            told = (expected.low_min * 60.0, expected.high_min * 60.0) if expected else None
            found.append((answered - entered, median, told))
        return found


@pytest.mark.parametrize("load", [0.9, 1.05, 1.3])
def test_the_told_range_holds(load: float) -> None:
    """About one in ten waits longer than the most that was told, one in four less than the least
    (whole minutes round it), and the median is one, at every load."""
    told = [one for seed in range(12) for one in Day(seed, load).told()]
    ranged = [(wait, told) for wait, _, told in told if told is not None]
    assert len(ranged) > 500
    longer = sum(wait > high for wait, (_, high) in ranged) / len(ranged)
    sooner = sum(wait < low for wait, (low, _) in ranged if low > 60) / len(ranged)
    medians = [(wait, median) for wait, median, _ in told if median is not None]
    half = sum(wait > median for wait, median in medians) / len(medians)
    assert longer <= 0.13
    assert sooner <= 0.35
    assert 0.35 <= half <= 0.6
