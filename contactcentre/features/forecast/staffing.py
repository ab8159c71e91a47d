"""Who is needed, who is there, and shifts that cover it: pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from agents_ui.staffing.port import QUARTERS, Shift
from contactcentre.features.forecast.calendar import DayKind
from routing import erlang
from routing.calendar import QUARTER_S
from routing.model import Queue

HARDEST_LEVEL: Final = 0.99
"""Nobody can promise every call."""

LEAST_LOAD: Final = 0.01
"""Erlangs; for fewer nobody is kept at work."""

CLOSE: Final = 40
"""Loads are told apart by a part of so much of themselves, upwards: 2.5 %."""

SHORTEST_HOURS, LONGEST_HOURS, DIP_HOURS = 4, 9, 2
"""Of a suggested shift; and a quiet time that is no reason to go home."""

HOUR: Final = 4


@dataclass(frozen=True, slots=True)
class StaffingPromise:
    """So much within so long, and no more than so many who hang up."""

    level: float
    within_s: float
    most_abandoned: float


def promise_of(queues: Iterable[Queue], most_abandoned: float) -> StaffingPromise:
    """What all of these have promised: the strictest of each."""
    some = tuple(queues)
    level = max((one.targets.service_level for one in some), default=0.75)
    within_s = min((one.answer_within_s for one in some), default=30.0)
    return StaffingPromise(min(level, HARDEST_LEVEL), within_s, most_abandoned)


def needed(calls: float, handling_s: float, patience_s: float, promise: StaffingPromise) -> int:
    """Agents on the phone for so many calls in a quarter hour, by Erlang A."""
    load = calls * handling_s / QUARTER_S
    if load < LEAST_LOAD:
        return 0
    # So much and no finer: then most of what is asked was reckoned before, a night ago or an hour.
    step = max(LEAST_LOAD, 10 ** math.floor(math.log10(load)) / CLOSE)
    return _needed(math.ceil(load / step) * step, round(handling_s), round(patience_s), promise)


@lru_cache(maxsize=16384)
def _needed(load: float, handling_s: int, patience_s: int, promise: StaffingPromise) -> int:
    """From as many as there are calls downwards or upwards, in steps that grow, then between."""

    def enough(agents: int) -> bool:
        found = erlang.impatient(
            agents, load, handling_s, patience_s=patience_s, within_s=promise.within_s
        )
        kept = found.service_level >= promise.level
        return kept and found.abandonment <= promise.most_abandoned

    high, step = math.ceil(load), 1
    while not enough(high):
        high, step = high + step, 2 * step
    low, step = high - 1, 1
    while low > 0 and enough(low):
        low, high, step = low - step, low, 2 * step
    low = max(0, low)
    return low + 1 + bisect_left(range(low + 1, high), True, key=enough)


def rostered(need: Sequence[int], away: float) -> tuple[int, ...]:
    """So many must be at work for so many on the phone, where a share of each is away."""
    return tuple(math.ceil(one / (1 - away) - 1e-9) for one in need)


def there(
    shifts: Iterable[Shift], on: date, kind: DayKind, *, queue: str
) -> tuple[int, ...] | None:
    """Who is at work on that day, by quarter hour; None where no shift is for that queue.

    A shift of a weekday is worked on a Saturday too that is worked for it, and on no holiday.
    """
    ours = [one for one in shifts if not queue or one.queue == queue]
    if not ours:
        return None
    sum_of = [0] * QUARTERS
    for one in ours:
        if one.day == on if one.day is not None else one.weekday == kind.pattern:
            for quarter in range(one.begins_min // 15, math.ceil(one.ends_min / 15)):
                sum_of[quarter] += one.agents
    return tuple(max(0, one) for one in sum_of)


def cover(need: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Shifts that cover that day: the quarter hours of begin and end, and how many agents.

    The first agent is there whenever one is needed, the second whenever two are, and so on: each
    for whole hours, through a short dip as well, and neither for too short nor for too long.
    """
    hours = [max(need[at : at + HOUR]) for at in range(0, QUARTERS, HOUR)]
    found: Counter[tuple[int, int]] = Counter()
    for number in range(1, max(hours) + 1):
        busy = [hour for hour, wanted in enumerate(hours) if wanted >= number]
        found.update(piece for span in _spans(busy) for piece in _pieces(*span))
    for (begins, ends), agents in sorted(found.items()):
        yield begins * HOUR, ends * HOUR, agents


def _spans(busy: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Hours together, through dips."""
    begins = before = busy[0]
    for hour in busy[1:]:
        if hour - before > DIP_HOURS + 1:
            yield begins, before + 1
            begins = hour
        before = hour
    yield begins, before + 1


def _pieces(begins: int, ends: int) -> Iterator[tuple[int, int]]:
    """Of a length that somebody comes for, and can stand."""
    parts = math.ceil((ends - begins) / LONGEST_HOURS)
    for part in range(parts):
        since = begins + (ends - begins) * part // parts
        until = begins + (ends - begins) * (part + 1) // parts
        until = min(24, max(until, since + SHORTEST_HOURS))
        yield min(since, until - SHORTEST_HOURS), until
