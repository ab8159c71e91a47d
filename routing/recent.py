"""How often each of many has done something lately: callers who ring, numbers that are dialled."""

from __future__ import annotations

from collections import deque

KEYS = 10_000
"""Of so many it is known; whoever was heard of longest ago is forgotten first."""

TIMES = 2_000
"""Of each, so many instants."""


class Recent:
    """Instants by key (seconds, UTC), none older than `keep_s`. Knows no clock."""

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._times: dict[str, deque[float]] = {}  # whoever was heard of last stands last

    def __len__(self) -> int:
        return len(self._times)

    def note(self, key: str, at: float) -> None:
        """It happened once more."""
        times = self._times.pop(key, None) or deque(maxlen=TIMES)
        while times and times[0] <= at - self._keep_s:
            times.popleft()
        times.append(at)
        self._times[key] = times
        if len(self._times) > KEYS:
            del self._times[next(iter(self._times))]

    def count(self, key: str, within_s: float, at: float) -> int:
        """How often in so many seconds before `at`."""
        return sum(then > at - within_s for then in self._times.get(key, ()))

    def move(self, by_s: float) -> None:
        """The clock by which instants are told was set forward by so much, or back."""
        for key, times in self._times.items():
            self._times[key] = deque((at + by_s for at in times), maxlen=TIMES)
