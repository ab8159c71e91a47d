"""Opening hours: weekly intervals, exceptions both ways and public holidays, all as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Riga")

Interval = tuple[int, int]
"""From and to, in minutes since local midnight; the end is outside."""

State = Literal["open", "closed", "holiday"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When a hotline or a centre is open.

    `weekly` has seven entries, Monday first. `exceptions` gives a date (ISO) its own intervals,
    so a closed weekday and an open Saturday are the same thing; it wins over `holidays`.
    """

    weekly: tuple[tuple[Interval, ...], ...]
    exceptions: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    holidays: frozenset[str] = frozenset()

    def state(self, at: float) -> State:
        """Whether it is open at that instant."""
        local = datetime.fromtimestamp(at, LOCAL)
        day = local.date().isoformat()
        if day not in self.exceptions and day in self.holidays:
            return "holiday"
        intervals = self.exceptions.get(day, self.weekly[local.weekday()])
        minute = local.hour * 60 + local.minute
        return "open" if any(start <= minute < end for start, end in intervals) else "closed"


def local_minute(at: float) -> tuple[int, int]:
    """Weekday (Monday 0) and minutes since midnight in Riga."""
    local = datetime.fromtimestamp(at, LOCAL)
    return local.weekday(), local.hour * 60 + local.minute
