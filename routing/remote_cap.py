"""Calls from afar that each centre took lately, so that no lone librarian is drowned in them."""

from __future__ import annotations

from collections import deque

HOUR_S = 3600.0


class Afar:
    """Calls answered by each centre that were not its own, within the last hour.

    Knows no clock: every question carries its instant (seconds, UTC), and they never go back.
    """

    def __init__(self) -> None:
        self._taken: dict[str, deque[float]] = {}

    def took(self, centre: str, at: float) -> None:
        """An agent of this centre answered somebody else's call."""
        self._taken.setdefault(centre, deque()).append(at)

    def move(self, by_s: float) -> None:
        """The clock by which instants are told was set forward by so much, or back."""
        for centre, times in self._taken.items():
            self._taken[centre] = deque(at + by_s for at in times)

    def barred(self, centre: str, cap: int | None, at: float) -> bool:
        """Whether the cap per hour is reached; None is no cap."""
        return cap is not None and self.taken(centre, at) >= cap

    def taken(self, centre: str, at: float) -> int:
        """How many in the hour before `at`."""
        times = self._taken.get(centre)
        while times and times[0] <= at - HOUR_S:
            times.popleft()
        return len(times or ())

    def free_in_s(self, centre: str, cap: int, at: float) -> float | None:
        """Seconds until a barred centre may take one again; None where it never will (cap 0)."""
        over = self.taken(centre, at) - cap
        if over < 0:
            return 0.0
        times = self._taken.get(centre)
        return times[over] + HOUR_S - at if times and over < len(times) else None
