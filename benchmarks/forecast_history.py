"""Years of a hotline that never was: its calls by quarter hour, as Latvia's calendar moves them.

It is made otherwise than the forecast is: the season is a sum of humps and of the school's summer,
people ring later what a holiday has kept them from, the level wanders from day to day and jumps
once, the profile of a day drifts, and what comes is overdispersed: gamma times Poisson. Storms and
outages of institutions come by chance and are known to nobody beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import holidays

OPENS, SHUTS = 8 * 4, 17 * 4
"""Quarter hours of the day; Friday ends earlier, a Saturday is short."""

WEEKDAYS = (1.2, 1.06, 1.0, 0.97, 0.78, 0.12, 0.0)


@dataclass(frozen=True, slots=True)
class Made:
    """One day: whether something unheard of fell on it, and its calls."""

    day: date
    counts: tuple[int, ...]
    storm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One queue: calls on a plain day, its humps (day of the year, width, height), its day of the
    month, growth a year, and how much it wanders."""

    name: str
    size: float
    humps: tuple[tuple[int, float, float], ...] = ()
    summer: float = 0.85
    paid_on: int = 0
    growth: float = 0.04
    wander: float = 0.02
    jump: float = 1.0  # of the level, at a day of the last year


LINES = (
    Line(name="taxes", size=420, humps=((62, 9, 1.4), (150, 12, 0.7)), paid_on=23),
    Line(name="benefits", size=900, humps=((8, 8, 0.5), (276, 18, 0.35)), paid_on=15, growth=0.07),
    Line(name="documents", size=560, humps=((150, 35, 0.4),), summer=1.05, growth=-0.05),
    Line(name="housing", size=160, humps=((283, 22, 0.9), (20, 20, 0.4)), paid_on=1, jump=1.2),
    Line(name="farms", size=45, humps=((128, 16, 1.8),), summer=0.9),
    Line(name="municipal", size=1500, humps=((90, 20, 0.15), (335, 12, 0.2)), wander=0.015),
)


def history(line: Line, first: date, last: date, seed: int = 2026) -> Iterator[Made]:
    """Each day from the first to the last, both included."""
    chance = Random(f"{seed} {line.name}")  # noqa: S311  # a benchmark must be repeatable
    law = holidays.country_holidays("LV", years=range(first.year - 1, last.year + 2), language="lv")
    free = {day for day in law if "Mother" not in law[day]}
    moved = _moved(law)
    days = (last - first).days + 1
    jumps_at = chance.randrange(days * 2 // 3, days * 5 // 6)
    wandered, held_back, storm_left = 0.0, 0.0, 0
    for number in range(days):
        day = first + timedelta(days=number)
        wandered = 0.985 * wandered + chance.gauss(0, line.wander)
        like = moved.get(day, day)
        usual = _weekday(day, like, free, moved)
        if usual == 0.0 and day.weekday() < 5:
            held_back += 0.35
        mean = line.size * usual * math.exp(line.growth * number / 365.25 + wandered)
        mean *= _season(line, day) * _month(line, day)
        mean *= line.jump if number >= jumps_at else 1.0
        if usual and day.weekday() < 5:
            mean *= 1 + min(0.5, held_back)
            held_back *= 0.4
        if chance.random() < 0.008:
            storm_left = chance.randint(1, 2)
        storm = storm_left > 0 and usual > 0
        storm_left -= storm
        mean *= chance.uniform(1.6, 3.0) if storm else 1.0
        mean *= chance.gammavariate(120, 1 / 120)
        yield Made(day, tuple(_counts(chance, mean, day, like, free, number)), storm)


def _moved(law: holidays.HolidayBase) -> dict[date, date]:
    """Saturdays that are worked, and for which day off."""
    found = {}
    for day, name in law.items():
        written = name.rpartition(" ")[2].strip("()").rstrip(".")
        try:
            d, m, y = (int(part) for part in written.split("."))
        except ValueError:
            continue
        found[date(y, m, d)] = day
    return found


def _weekday(day: date, like: date, free: set[date], moved: dict[date, date]) -> float:
    if day in moved:
        return 0.6 * WEEKDAYS[like.weekday()]
    if day in free:
        return 0.0
    eve = 0.86 if day + timedelta(days=1) in free and day.weekday() < 5 else 1.0
    around = 0.75 if (day.month, day.day) in ((12, 27), (12, 28), (12, 29), (12, 30)) else 1.0
    return WEEKDAYS[day.weekday()] * eve * around


def _season(line: Line, day: date) -> float:
    number = day.timetuple().tm_yday
    off = ((number - at + 183) % 366 - 183 for at, _, _ in line.humps)
    humps = sum(
        height * math.exp(-((gone / width) ** 2) / 2)
        for gone, (_, width, height) in zip(off, line.humps, strict=True)
    )
    summer = line.summer if 172 <= number <= 235 else 1.0
    return (1 + humps) * summer


def _month(line: Line, day: date) -> float:
    if not line.paid_on:
        return 1.0
    gone = (day.day - line.paid_on) % 31
    return 1 + 0.3 * math.exp(-gone / 1.5)


def _counts(
    chance: Random, mean: float, day: date, like: date, free: set[date], number: int
) -> Iterator[int]:
    shuts = SHUTS
    if like.weekday() == 4:
        shuts = 15 * 4
    elif day.weekday() == 5 and like == day:
        shuts = 13 * 4
    if day + timedelta(days=1) in free and day.weekday() < 5:
        shuts -= 4
    drift = 0.1 * math.sin(number / 110)
    shares = []
    for quarter in range(96):
        if not OPENS <= quarter < shuts:
            shares.append(0.0)
            continue
        hour = quarter / 4
        morning = math.exp(-(((hour - 9.7 - drift) / 1.4) ** 2) / 2)
        later = 0.75 * math.exp(-(((hour - 14.1 + drift) / 1.9) ** 2) / 2)
        lunch = 0.8 if 12 <= hour < 13 else 1.0
        shares.append(
            (0.25 + morning + later) * lunch * (1.15 if day.weekday() == 0 and hour < 10 else 1)
        )
    total = sum(shares) or 1.0
    for share in shares:
        yield poisson(
            chance, mean * share / total * chance.gammavariate(60, 1 / 60) if share else 0
        )


def poisson(chance: Random, mean: float) -> int:
    """A count with that mean."""
    if mean > 500:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count
