"""Opening hours as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Literal, get_args

from contactcentre.core.config.document import IsoDate, Minute, clock
from contactcentre.features.calendars.national_days import NationalDays
from routing import calendar
from routing.calendar import DAY_MIN, Interval
from routing.written import WrittenAs, within


def _interval(hours: Interval) -> Interval:
    start, end = hours
    if start >= end:
        raise ValueError(f"{clock(start)} to {clock(end)} ends before it begins")
    return hours


def _in_order(hours: tuple[Interval, ...]) -> tuple[Interval, ...]:
    found = tuple(sorted(hours))
    for (_, end), (start, _) in pairwise(found):
        if start < end:
            raise ValueError(f"hours overlap from {clock(start)} to {clock(end)}")
    return found


_Interval = Annotated[Interval, WrittenAs(tuple[Minute, Minute], _interval)]
Hours = Annotated[tuple[Interval, ...], WrittenAs(tuple[_Interval, ...], _in_order)]
"""The hours of a day: [["08:30", "12:00"], ["12:30", "17:00"]]."""

_Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS = get_args(_Day)
Week = Annotated[
    tuple[tuple[Interval, ...], ...],
    WrittenAs(dict[_Day, Hours], lambda days: tuple(days.get(day, ()) for day in _DAYS)),
]
"""The hours of seven days, Monday first, written as a mapping; a day that is left out is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDocument:
    """When a hotline or a centre is open. `exceptions` give a date its own hours."""

    calendar_id: str
    name: str = ""  # what people call it
    weekly: Week
    exceptions: Mapping[IsoDate, Hours] = field(default_factory=dict)
    public_holidays: bool = True
    moved_days: bool = True  # it follows those that the Cabinet moves
    eve_shorter_min: Annotated[int, within(0, DAY_MIN, unit="minutes")] = 0

    def on(self, days: NationalDays) -> calendar.Calendar:
        """The calendar in a country with such days."""
        kept = days if self.public_holidays else NationalDays()
        return calendar.Calendar(
            weekly=self.weekly,
            exceptions=self.exceptions,
            holidays=kept.holidays,
            eves=kept.eves,
            eve_shorter_min=self.eve_shorter_min,
            moved=kept.moved if self.moved_days else {},
        )
