"""What a waiting caller is told: the position, and an honest range of the wait."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from contactcentre.core.call import Call, Phase
from contactcentre.core.callback_moves import UNCONNECTED
from ivr import say
from routing.waiting import WINDOW_S, estimate

LONGEST_MIN = 60
"""A longer wait is not put into figures."""

_IN_LINE = (Phase.WAITING, Phase.OFFERED)


class Announcer:
    """Told of every call as it changes; keeps the pace at which each queue's line moves."""

    def __init__(self) -> None:
        self._left: dict[str, deque[float]] = defaultdict(deque)

    def note(self, before: Call | None, call: Call, at: float) -> None:
        """A call that was in line and is no more has moved everybody behind it."""
        was_in_line = before is not None and before.phase in _IN_LINE
        if was_in_line and call.phase not in _IN_LINE:
            self._left[call.queue].append(at)

    def words(self, call: Call, calls: Iterable[Call], at: float) -> tuple[str, ...]:
        """Prompt keys for this caller now."""
        position = _position(call, calls, at)
        expected = estimate(position, self._departures(call.queue, at))
        told = say.position(position, call.language)
        if expected is None or expected.high_min > LONGEST_MIN:
            return told
        return (*told, *say.wait_range(expected.low_min, expected.high_min, call.language))

    def _departures(self, queue: str, at: float) -> int:
        left = self._left[queue]
        while left and left[0] < at - WINDOW_S:
            left.popleft()
        return len(left)


def _position(call: Call, calls: Iterable[Call], at: float) -> int:
    """Among the callers of the same queue and language; whoever is being offered is before all."""
    mine = (call.place_at or call.since, call.call_id)
    return 1 + sum(
        other.queue == call.queue
        and other.language == call.language
        and _is_in_line(other, at)
        and (other.place_at or other.since, other.call_id) < mine
        for other in calls
    )


def _is_in_line(call: Call, at: float) -> bool:
    """Callers, and promises to ring back that are not between two attempts."""
    promise = call.callback
    promised = promise is not None and call.phase in UNCONNECTED and promise.not_before <= at
    return call.phase in _IN_LINE or promised
