"""An agent's time by state, split at the borders of days (or of any intervals), pure.

What is split adds up to the whole, to the millisecond: each border is rounded once, and belongs to
both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from routing.calendar import LOCAL, day_number

Row = Mapping[str, Any]

_NAMES = {
    "READY": "ready_ms",
    "RESERVED": "reserved_ms",
    "TALKING": "talking_ms",
    "WRAP_UP": "wrap_up_ms",
    "NOT_READY": "not_ready_ms",
}


def by_day(intervals: Iterable[Row]) -> dict[int, Counter[str]]:
    """Milliseconds by day and column of `agent_days`, of intervals that are over."""
    days: dict[int, Counter[str]] = {}
    for one in intervals:
        name = _NAMES.get(one["state"])
        if name is None or one["to_at"] is None:
            continue
        for day, length_ms in split(one["from_at"], one["to_at"]):
            days.setdefault(day, Counter())[name] += length_ms
    return days


def within(
    state: str, from_at: float, to_at: float | None, since: float, until: float
) -> dict[str, int]:
    """The milliseconds of one interval that lie between two borders, as `by_day` has them."""
    name = _NAMES.get(state)
    if name is None or to_at is None or to_at <= since:
        return {}
    return {name: round(min(to_at, until) * 1000) - round(max(from_at, since) * 1000)}


def split(from_at: float, to_at: float) -> Iterator[tuple[int, int]]:
    """The days (as numbers) that it touches, and its milliseconds in each."""
    since_ms = round(from_at * 1000)
    at = from_at
    while at < to_at:
        ends = min(next_midnight(at), to_at)
        until_ms = round(ends * 1000)
        yield day_number(at), until_ms - since_ms
        since_ms, at = until_ms, ends


def next_midnight(at: float) -> float:
    """The end of that day in Latvia; it may be 23 or 25 hours long."""
    here = datetime.fromtimestamp(at, LOCAL)
    day = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return day.timestamp()
