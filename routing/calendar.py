"""Opening hours: weekly intervals, exceptions both ways and public holidays, all as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Riga")

QUARTER_S = 900
"""Every clock of Latvia since 1918 was a whole number of these ahead of UTC."""

Interval = tuple[int, int]
"""From and to, in minutes since local midnight; the end is outside."""

State = Literal["open", "closed", "holiday"]

DAY_MIN = 24 * 60

HORIZON_DAYS = 40
"""How far ahead an opening is looked for; no calendar of a service is shut for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When a hotline or a centre is open.

    `weekly` has seven entries, Monday first. `exceptions` gives a date (ISO) its own hours, so a
    closed weekday and an open Saturday are the same thing; it wins over everything else. `moved`
    maps a working day that has been moved (a Saturday) to the day off whose place it takes: with
    that day's hours, and as much shorter as that day would have been. On `eves`, the last
    `eve_shorter_min` minutes of the opening time fall away.
    """

    weekly: tuple[tuple[Interval, ...], ...]
    exceptions: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    holidays: frozenset[str] = frozenset()
    eves: frozenset[str] = frozenset()
    eve_shorter_min: int = 0
    moved: Mapping[str, str] = field(default_factory=dict)

    def state(self, at: float) -> State:
        """Whether it is open at that instant."""
        local = datetime.fromtimestamp(at, LOCAL)
        shut, intervals = self.on(local.date())
        minute = local.hour * 60 + local.minute
        return "open" if any(start <= minute < end for start, end in intervals) else shut

    def next_change(self, at: float) -> float | None:
        """The next instant at which `state` changes; None if it does not within HORIZON_DAYS."""
        now = self.state(at)
        changes = (start for start, _, state in self._pieces(at, HORIZON_DAYS) if state != now)
        return next(changes, None)

    def after(self, at: float, open_s: float) -> float | None:
        """The instant when `open_s` seconds of opening time will have passed since `at`.

        None if that never comes: HORIZON_DAYS without an opening end the search.
        """
        left, opened = open_s, at
        if left <= 0:
            return at
        for start, end, state in self._pieces(at, None):
            if state == "open":
                if end - start >= left:
                    return start + left
                left -= end - start
                opened = end
            elif end - opened > HORIZON_DAYS * 86400:
                return None
        return None

    def next_opening(self, at: float) -> float | None:
        """The instant from which it is open: `at` itself if it is; None within HORIZON_DAYS."""
        opened = (start for start, _, state in self._pieces(at, HORIZON_DAYS) if state == "open")
        return next(opened, None)

    def on(self, day: date) -> tuple[State, tuple[Interval, ...]]:
        """What it is outside its hours on that day, and the hours."""
        key = day.isoformat()
        if key in self.exceptions:
            return "closed", self.exceptions[key]
        if key in self.holidays:
            return "holiday", ()
        if key in self.moved.values():
            return "closed", ()
        stands_for = self.moved.get(key, key)
        hours = self.weekly[date.fromisoformat(stands_for).weekday()]
        if self.eves & {key, stands_for}:
            hours = _shorter(hours, self.eve_shorter_min)
        return "closed", hours

    def _pieces(self, at: float, days: int | None) -> Iterator[tuple[float, float, State]]:
        """Time from `at` on without a gap, in pieces of one state each: from, to, state."""
        day = local_day(at)
        last = date.max if days is None else day + timedelta(days=days)
        while day < last:
            shut, intervals = self.on(day)
            for start, end, midnight in _stretches(day):
                if end <= at:
                    continue
                hours = [
                    (midnight + 60 * opens, midnight + 60 * shuts) for opens, shuts in intervals
                ]
                edges = {edge for pair in hours for edge in pair if max(start, at) < edge < end}
                for low, high in pairwise(sorted({max(start, at), end} | edges)):
                    opened = any(opens <= low < shuts for opens, shuts in hours)
                    yield low, high, "open" if opened else shut
            day += timedelta(days=1)


def _shorter(hours: tuple[Interval, ...], minutes: int) -> tuple[Interval, ...]:
    """The same hours without the last minutes of them; the order of the hours is that of time."""
    left: list[Interval] = []
    for start, end in reversed(hours):
        cut = min(minutes, end - start)
        minutes -= cut
        if start < end - cut:
            left.append((start, end - cut))
    return tuple(reversed(left))


def _stretches(day: date) -> Iterator[tuple[float, float, float]]:
    """A local day in stretches of one offset from UTC: from, to, and the instant that would be
    midnight by that offset. There are two on the days when the clock changes, else one."""
    start, end = midnight(day), midnight(day + timedelta(days=1))
    changed = _clock_change(start, end)
    yield start, changed, start
    if changed < end:
        yield changed, end, start + _offset(start) - _offset(changed)


def midnight(day: date) -> float:
    """The beginning of that day in Riga."""
    return datetime.combine(day, time(), LOCAL).timestamp()


def _offset(at: float) -> float:
    """Seconds by which the local clock is ahead of UTC."""
    ahead = datetime.fromtimestamp(at, LOCAL).utcoffset()
    return ahead.total_seconds() if ahead is not None else 0.0


def _clock_change(start: float, end: float) -> float:
    """The instant between the two at which the offset changes, or `end`."""
    old = _offset(start)
    if old == _offset(end - 1):
        return end
    while end - start > 1:
        middle = (start + end) // 2
        start, end = (middle, end) if _offset(middle) == old else (start, middle)
    return end


def local_day(at: float) -> date:
    """The date in Riga."""
    return datetime.fromtimestamp(at, LOCAL).date()


def day_number(at: float) -> int:
    """The date in Riga as one number that sorts: 20261031."""
    return number_of(local_day(at))


def number_of(day: date) -> int:
    """The same of a date."""
    return day.year * 10_000 + day.month * 100 + day.day


def date_of(number: int) -> date:
    """The other way round."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def local_minute(at: float) -> tuple[int, int]:
    """Weekday (Monday 0) and minutes since midnight in Riga."""
    local = datetime.fromtimestamp(at, LOCAL)
    return local.weekday(), local.hour * 60 + local.minute
