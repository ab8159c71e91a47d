"""More callers than the service may hold: they come in one by one, in the order of their arrival.

Whoever finds no room hears music and asks again. Those who arrived later, and ask at a luckier
moment, find the room kept for those before them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final

from contactcentre.telephony.digits import are_digits

GRACE_S: Final = 3.0
"""Room is kept no longer for who is so late: that caller has hung up."""

LOOK_S: Final = 1.0
"""So often those who are late are looked for."""

FIRST: Final = 50
"""So many may come in within a second or two; those behind them ask more seldom."""

Arrival = tuple[int, int]
"""When a channel was made: Asterisk's second and number."""


class Admission:
    """Those who were sent away for a while, by when they arrived."""

    def __init__(self) -> None:
        self._order: list[Arrival] = []
        self._until: dict[Arrival, float] = {}
        self._looked_at = 0.0

    def __len__(self) -> int:
        return len(self._order)

    def ask(self, channel_id: str, room: int, at: float) -> int:
        """Seconds after which that channel is to ask again; 0 lets it in. `at`: monotonic."""
        self._forget(at)
        arrival = _arrival(channel_id)
        earlier = bisect_left(self._order, arrival)
        if self._until.pop(arrival, None) is not None:
            del self._order[earlier]
        if earlier < room:
            return 0
        wait_s = 1 + earlier // FIRST
        insort(self._order, arrival)
        self._until[arrival] = at + wait_s + GRACE_S
        return wait_s

    def _forget(self, at: float) -> None:
        if at < self._looked_at + LOOK_S:
            return
        self._looked_at = at
        self._until = {arrival: until for arrival, until in self._until.items() if until >= at}
        self._order = sorted(self._until)


def _arrival(channel_id: str) -> Arrival:
    """`1790000000.42`; a citizen whom we ring has a name of ours, and comes first."""
    second, _, number = channel_id.partition(".")
    plain = are_digits(second) and are_digits(number)
    return (int(second), int(number)) if plain else (0, 0)
