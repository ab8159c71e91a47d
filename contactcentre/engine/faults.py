"""What went wrong in one event, order, view or part: told, counted, never fatal.

A fault of the code would else come back after each restart, with the event or the timer that found
it, and take every caller down with it. Nothing of the event's values is told: they may be a
citizen's.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog

from contactcentre.engine.alarms import Alarm, standing
from contactcentre.engine.clock import now

log = structlog.get_logger(__name__)

STANDS_S = 3600.0
"""So long after the latest fault the alarm stands."""


class Faults:
    """Counts them; `stage` is where: event, order, view or part."""

    def __init__(self, clock: Callable[[], float] = now) -> None:
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._latest_at = float("-inf")

    def note(self, stage: str, what: str, fault: Exception) -> None:
        """One was caught."""
        self.counts[stage] += 1
        self._latest_at = self._clock()
        log.error("fault", stage=stage, what=what, error=type(fault).__name__, at=place(fault))

    def alarms(self) -> Iterator[Alarm]:
        """For the board."""
        lately = self._clock() - self._latest_at < STANDS_S
        yield from standing("fault", lately, since=self._latest_at)


def place(fault: Exception) -> str:
    """The file and line that raised it."""
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
