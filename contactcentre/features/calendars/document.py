"""Opening hours as people edit them: read, checked, and refused with the place of the fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from contactcentre.features.publication.national_days import NationalDays
from routing.calendar import DAY_MIN, Calendar, Interval

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def calendar(row: Mapping[Any, Any], days: NationalDays) -> Calendar:
    """The calendar of a row of the table `calendars`.

    `weekly` has seven lists of hours, Monday first, or maps `mon` to `sun` to such lists (a day
    that is left out is closed); hours are ["08:30", "12:00"], and "24:00" ends a day. Raises
    `ValueError`, which begins with the place.
    """
    kept = days if row["public_holidays"] else None
    return Calendar(
        weekly=week(row["weekly"]),
        exceptions=_exceptions(row["exceptions"]),
        holidays=kept.holidays if kept else frozenset(),
        eves=kept.eves if kept else frozenset(),
        eve_shorter_min=_shorter(row["eve_shorter_min"]),
        moved=kept.moved if kept and row["moved_days"] else {},
    )


def week(given: object) -> tuple[tuple[Interval, ...], ...]:
    """The hours of seven days, as `calendar` reads them. Raises `ValueError` with the day."""
    if isinstance(given, Mapping):
        unknown = [str(day) for day in given if day not in DAYS]
        if unknown:
            raise ValueError(f"weekly, '{unknown[0]}': no such day, the days are {', '.join(DAYS)}")
        given = [given.get(day, ()) for day in DAYS]
    if not isinstance(given, list | tuple) or len(given) != len(DAYS):
        raise ValueError(f"weekly: must have seven days, {DAYS[0]} to {DAYS[-1]}")
    return tuple(_hours(hours, f"weekly, {day}") for day, hours in zip(DAYS, given, strict=True))


def _exceptions(given: object) -> dict[str, tuple[Interval, ...]]:
    if not isinstance(given, Mapping):
        raise ValueError("exceptions: must map dates to hours")
    return {_date(day): _hours(hours, f"exceptions, {day}") for day, hours in given.items()}


def _date(given: object) -> str:
    try:
        found = date.fromisoformat(str(given)).isoformat()
    except ValueError:
        found = ""
    if found != given:  # "20260627" is a date too, but nobody would find it again
        raise ValueError(f"exceptions, '{given}': no such date; write it like 2026-06-27")
    return found


def _shorter(given: object) -> int:
    if not isinstance(given, int) or not 0 <= given <= DAY_MIN:
        raise ValueError("eve_shorter_min: must be whole minutes, 0 or more")
    return given


def _hours(given: object, where: str) -> tuple[Interval, ...]:
    if not isinstance(given, list | tuple):
        raise ValueError(f'{where}: must be a list of hours like ["08:30", "12:00"]')
    found = sorted(_interval(hours, where) for hours in given)
    for fault in _overlaps(found):
        raise ValueError(f"{where}: {fault}")
    return tuple(found)


def _interval(given: object, where: str) -> Interval:
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise ValueError(f'{where}: hours have a beginning and an end, like ["08:30", "12:00"]')
    start, end = (minute(clock, where) for clock in given)
    if start >= end:
        raise ValueError(f"{where}: {given[0]} to {given[1]} ends before it begins")
    return start, end


def _overlaps(hours: list[Interval]) -> Iterator[str]:
    for (_, end), (start, _) in pairwise(hours):
        if start < end:
            yield f"hours overlap from {_clock(start)} to {_clock(end)}"


def minute(given: object, where: str) -> int:
    """`"08:30"` in minutes since midnight; `"24:00"` is the end of the day. Raises `ValueError`."""
    if not isinstance(given, str) or not _CLOCK.fullmatch(given):
        raise ValueError(f"{where}: '{given}' is no time of day; write it like 08:30")
    hours, minutes = given.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
