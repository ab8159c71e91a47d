"""The figures of the day and of the last half hour, from the calls as the journal has them.

Live board, desk and metrics all take theirs from here, and reports compute them by the same
formulae from the same fields, so they agree.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime

from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from routing.calendar import LOCAL
from routing.service_level import Level, Queued, level

WINDOW_S = 1800.0
"""The board's "now": the last half hour."""


class Figures:
    """Every call of today that has left its queue, counted once."""

    def __init__(self) -> None:
        self._left: deque[Queued] = deque()
        self._ends: Counter[tuple[str, Outcome]] = Counter()  # by queue
        self._ended: set[str] = set()
        self._counted: set[str] = set()
        self._day = ""

    def note(self, call: Call, network: Network) -> None:
        """Count a call when it is answered, or when it ends in the queue; and how it ended at last.

        Whoever is rung back has not waited on the telephone: callbacks have figures of their own.
        """
        self._note_end(call)
        if (
            call.call_id in self._counted
            or call.queueing.queued_at is None
            or call.callback is not None
        ):
            return
        answered = call.talk.answered_at is not None
        gave_up = call.phase is Phase.ENDED and call.end.outcome is Outcome.ABANDONED
        if not (answered or gave_up):
            return
        queue = network.queue(call.queue)
        left_at = call.talk.answered_at if call.talk.answered_at is not None else call.end.at
        queued = Queued(
            queue=call.queue,
            left_at=left_at or call.since,
            wait_s=call.wait_s or 0.0,
            answered=answered,
            within_s=queue.answer_within_s,
            short_s=queue.short_abandon_s,
        )
        if self._is_today(queued.left_at):
            self._counted.add(call.call_id)
            self._left.append(queued)

    def _note_end(self, call: Call) -> None:
        over = call.phase is Phase.ENDED and call.callback is None
        if call.end.outcome is None or not over or call.call_id in self._ended:
            return
        if self._is_today(call.end.at or call.since):
            self._ended.add(call.call_id)
            self._ends[call.queue, call.end.outcome] += 1

    def restore(self, calls: Iterable[Call], network: Network, at: float) -> None:
        """Count again what the journal kept of today."""
        for call in sorted(calls, key=lambda call: call.end.at or at):
            if _day(call.end.at or at) == _day(at):
                self.note(call, network)

    def today(self, queue: str | None = None) -> Level:
        """All of today, or of one queue."""
        return level(call for call in self._left if queue is None or call.queue == queue)

    def ended(self, outcome: Outcome, queue: str | None = None) -> int:
        """Calls of today that have come to this end, in all or in the queue where they stood last.

        They are counted beside the service level: it says of a call only whether it was answered.
        """
        ends = self._ends.items()
        return sum(count for (last, how), count in ends if how is outcome and queue in (None, last))

    def window(self, at: float, queue: str | None = None) -> Level:
        """The last half hour."""
        return level(
            call
            for call in self._left
            if call.left_at >= at - WINDOW_S and (queue is None or call.queue == queue)
        )

    def _is_today(self, at: float) -> bool:
        """A record may be saved on the day after its call: that changes no new figures."""
        day = _day(at)
        if day > self._day:
            self._day = day
            self._left.clear()
            self._counted.clear()
            self._ends.clear()
            self._ended.clear()
        return day == self._day


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, LOCAL).date().isoformat()
