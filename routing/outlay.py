"""What calls that we dial out have cost, in seconds of talk, by the minute in which they ended."""

from __future__ import annotations

from collections import deque

HOUR_MIN = 60
DAY_MIN = 24 * HOUR_MIN


class Outlay:
    """The last 24 hours. Knows no clock: every question carries its instant (seconds, UTC)."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, float]] = deque(maxlen=DAY_MIN + 1)

    def add(self, at: float, seconds: float) -> None:
        """A talk of so many seconds ended; one that is told late counts in the latest minute."""
        minute = int(at // 60)
        if self._minutes and self._minutes[-1][0] >= minute:
            minute, before = self._minutes.pop()
            seconds += before
        self._minutes.append((minute, seconds))

    def within(self, minutes: int, at: float) -> float:
        """Seconds of the minute under way and of those before it."""
        first = int(at // 60) - minutes + 1
        return sum(seconds for minute, seconds in self._minutes if minute >= first)

    def move(self, by_s: float) -> None:
        """The clock was set."""
        by_min = round(by_s / 60)
        moved = ((minute + by_min, seconds) for minute, seconds in self._minutes)
        self._minutes = deque(moved, maxlen=DAY_MIN + 1)
