"""What kind of day a date is for a hotline: whose weekday it is like, and which holiday is near."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from contactcentre.features.calendars.national_days import YEARS_BACK, DayOff, national_days

Near = Literal["", "eve", "after", "moved"]

HOLIDAY: Final = 7
"""The pattern of holidays and of days off that are worked on a Saturday; 0..6 are weekdays."""

PATTERNS: Final = 8

SATURDAY: Final = 5

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayKind:
    """`pattern` is the weekday (Monday 0) that it is like, or HOLIDAY. `near`: the day before a
    holiday, the first working day after one, or a Saturday that is worked for another day."""

    pattern: int
    near: Near = ""


class DayKinds:
    """The kinds of the days from the year `first` on, for ten years, as the law and the documents
    of days off have them."""

    def __init__(self, first: int, given: Iterable[DayOff] = ()) -> None:
        known = national_days(first + YEARS_BACK, given)
        self._moved = {
            date.fromisoformat(worked): date.fromisoformat(off)
            for worked, off in known.moved.items()
        }
        free = {date.fromisoformat(day) for day in known.holidays}
        self._free = frozenset(free | set(self._moved.values()))

    def kind(self, day: date) -> DayKind:
        """Of that day."""
        if day in self._moved:
            return DayKind(self._moved[day].weekday(), "moved")
        if day in self._free:
            return DayKind(HOLIDAY)
        if day.weekday() >= SATURDAY:
            return DayKind(day.weekday())
        if day + _DAY in self._free:
            return DayKind(day.weekday(), "eve")
        return DayKind(day.weekday(), "after" if self._follows_a_holiday(day) else "")

    def _follows_a_holiday(self, day: date) -> bool:
        """Whether one lies between that day and the last day of work before it."""
        before = day - _DAY
        while before in self._free or (before.weekday() >= SATURDAY and before not in self._moved):
            if before in self._free and before.weekday() < SATURDAY:
                return True
            before -= _DAY
        return False
