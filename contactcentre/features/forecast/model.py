"""How many calls come: what a plain day has now, times what the day's own properties make of it.

    calls(day) = level * growth * season * weekday or holiday * near a holiday * day of the month
                 * events;   a quarter hour has its share of that, by the kind of day

Each factor is a plain ratio of what came to what the other factors say, drawn towards what is known
without it (the whole network's, or 1) by so many days and calls of evidence; going round until they
agree is iterative proportional fitting, the maximum likelihood of Poisson counts. Days far off all
the others count for less, days of a crisis for nothing. Everything can be told to a person: "a
Monday has 1.18 times, the 20th 1.06 times".
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from contactcentre.features.forecast.calendar import PATTERNS, SATURDAY, DayKind

QUARTERS: Final = 96
"""Of a day, by the clock on the wall: the hour that comes twice in autumn is in one."""

FEWEST_DAYS: Final = 14
"""With less, nobody can tell a Monday from a Friday."""

YEAR: Final = 366
SEASON_FROM_DAYS: Final = 400
"""A season is seen once it has begun to come again."""

ROUNDS: Final = 8
TRUSTED: Final = 3.0
"""A day further off than so many usual deviations counts for less."""

PRIOR_CALLS: Final = 100.0
PRIOR_DAYS: Final[Mapping[str, float]] = {"near": 2.0, "month": 4.0, "season": 1.0}
"""What each factor is drawn back by: calls, and days of the usual size."""

SHAPE_CALLS: Final = 1500.0
EVE_CALLS: Final = 500.0
SEASON_DAYS: Final = 5.0
"""The width (standard deviation, days) over which the season is smoothed."""

FACTORS_HALVE_DAYS: Final = 365.0
SHAPE_HALVES_DAYS: Final = 120.0
LEVEL_HALVES_DAYS: Final = 10.0
NEVER: Final = 1e-6
"""The factor of a weekday on which nobody rings: it can be divided by."""

GROWTH_DEVIATION: Final = 0.15 / 365
"""So much a year is a growth that surprises nobody."""

EVE: Final = PATTERNS
"""The key of the shape of a day before a holiday."""

Z80: Final = 1.2816
"""Within so many deviations lie eight of ten."""

COVERED: Final = 0.8

RECENT_DAYS: Final = 91
"""How wide the bounds are is learnt from so many last days."""

HALVINGS: Final = 12

UNSEEN: Final = 1.15
"""What is learnt from is known a little better than what comes."""

USUAL_SPREAD: Final = 0.15
"""Of a day, where too few have passed to tell."""


Key = int | str
"""Of a factor: a weekday, a day of the month, or what is near."""


class TooLittle(ValueError):
    """There are too few days to tell anything; `days` says how many there are."""

    def __init__(self, days: int) -> None:
        self.days = days
        super().__init__(f"{days} days of calls are known; {FEWEST_DAYS} are the fewest")


@dataclass(frozen=True, slots=True)
class PastDay:
    """One day that is over: calls by quarter hour. `event` is what people said it would be times
    the usual; a `crisis` tells nothing of other days."""

    day: date
    kind: DayKind
    counts: tuple[int, ...]
    event: float = 1.0
    crisis: bool = False

    @property
    def total(self) -> int:
        """Of the day."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a day will bring: calls by quarter hour, between which bounds eight of ten lie."""

    calls: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def total(self) -> float:
        """Calls of the day."""
        return math.fsum(self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was learnt until the day `last`, that one included."""

    last: date
    days: int  # that it was learnt from
    level: float  # calls of a plain day at `last`
    growth: float = 0.0  # logarithm, a day
    patterns: tuple[float, ...] = (1.0,) * PATTERNS
    near: Mapping[str, float] = field(default_factory=dict)
    month: tuple[float, ...] = (1.0,) * 31
    season: tuple[float, ...] = (1.0,) * YEAR
    shapes: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    day_spread: float = USUAL_SPREAD  # deviation from what was expected, relative
    quarter_spread: float = USUAL_SPREAD

    def total(self, day: date, kind: DayKind, event: float = 1.0) -> float:
        """Calls of that day."""
        grown = math.exp(self.growth * (day - self.last).days)
        return self.level * grown * self.factor(day, kind) * event

    def factor(self, day: date, kind: DayKind) -> float:
        """What its properties make of a plain day."""
        around = self.near.get(kind.near, 1.0) * self.month[day.day - 1]
        return self.patterns[kind.pattern] * around * self.season[_of_year(day)]

    def expected(self, day: date, kind: DayKind, event: float = 1.0) -> Expected:
        """That day by quarter hour."""
        total = self.total(day, kind, event)
        shape = self.shapes[EVE if kind.near == "eve" else kind.pattern]
        return self.around([total * share for share in shape])

    def around(self, calls: Sequence[float]) -> Expected:
        """So many calls by quarter hour, with the bounds that this model's errors give them."""
        wide = [_wide(one, self.quarter_spread) for one in calls]
        return Expected(
            calls=tuple(calls),
            low=tuple(max(0.0, one - by) for one, by in zip(calls, wide, strict=True)),
            high=tuple(one + by for one, by in zip(calls, wide, strict=True)),
        )

    def bounds(self, total: float) -> tuple[float, float]:
        """Between what the calls of a whole day lie, eight times of ten."""
        wide = _wide(total, self.day_spread)
        return max(0.0, total - wide), total + wide


def fit(past: Sequence[PastDay], *, whole: Model | None = None) -> Model:
    """Learn from these days, in order; `whole` is the network's, where this is one queue of it.

    Raises `TooLittle`.
    """
    known = [one for one in past if not one.crisis]
    if len(known) < FEWEST_DAYS or not any(one.total for one in known):
        raise TooLittle(len(known))
    return _Fitting(known, whole).model()


class _Fitting:
    """Rounds of fitting over the same days."""

    def __init__(self, past: Sequence[PastDay], whole: Model | None) -> None:
        self._past = past
        self._whole = whole
        last = past[-1].day
        self._ages = [(last - one.day).days for one in past]
        self._keys = [
            (one.kind.pattern, one.kind.near, one.day.day - 1, _of_year(one.day)) for one in past
        ]
        self._seen = [one.total / one.event if one.event else 0.0 for one in past]
        self._fresh = [
            _halved(age, FACTORS_HALVE_DAYS) if one.event else 0.0
            for one, age in zip(past, self._ages, strict=True)
        ]
        self._weights = list(self._fresh)
        busy = [seen for seen in self._seen if seen]
        usual = statistics.median(busy)
        start = whole or Model(last=last, days=0, level=usual)
        self._made = replace(start, last=last, days=len(past), level=usual, shapes={})
        self._yearly = self._ages[0] >= SEASON_FROM_DAYS
        if not self._yearly and whole is None:
            self._made = replace(self._made, growth=0.0)

    def model(self) -> Model:
        """The fit."""
        for number in range(ROUNDS):
            self._round()
            if number >= ROUNDS // 2:
                self._doubt()
        self._made = replace(self._made, level=self._level(LEVEL_HALVES_DAYS))
        self._made = replace(self._made, shapes=self._shapes())
        return self._with_spreads(self._recent())

    def _with_spreads(self, recent: Sequence[tuple[PastDay, Expected, float]]) -> Model:
        days = [(one.total * by, said.total) for one, said, by in recent if said.total > 1]
        quarters = [
            (count * by, calls)
            for one, said, by in recent
            for count, calls in zip(one.counts, said.calls, strict=True)
            if calls > 1
        ]
        return replace(
            self._made, day_spread=self._spread(days), quarter_spread=self._spread(quarters)
        )

    def _round(self) -> None:
        made = self._made
        self._made = replace(made, level=self._level(FACTORS_HALVE_DAYS))
        self._patterns()
        self._near()
        self._month()
        if self._yearly:
            self._grow()
            self._season()

    def _fitted(self) -> list[float]:
        """What is said of each day: as `Model.total` has it, without looking up each date anew."""
        made = self._made
        patterns, near, month, season = made.patterns, made.near, made.month, made.season
        shrink = math.exp(-made.growth)
        return [
            made.level
            * shrink**age
            * patterns[pattern]
            * near.get(name, 1.0)
            * month[day]
            * season[at]
            for age, (pattern, name, day, at) in zip(self._ages, self._keys, strict=True)
        ]

    def _doubt(self) -> None:
        """Days far off all the others count for less."""
        off = self._deviations()
        usual = 1.4826 * statistics.median(map(abs, off)) or 1.0
        self._weights = [
            fresh * min(1.0, TRUSTED * usual / abs(one)) if one else fresh
            for fresh, one in zip(self._fresh, off, strict=True)
        ]

    def _deviations(self) -> list[float]:
        """By how much each day was off, where so much is by chance and by the day's size."""
        return [
            (seen - said) / math.sqrt(said + (0.1 * said) ** 2) if said > 1 else 0.0
            for seen, said in zip(self._seen, self._fitted(), strict=True)
        ]

    def _level(self, halve_days: float) -> float:
        """Of now: what came by what was said, the last days most."""
        came = said = 0.0
        for age, weight, fresh, seen, fitted in zip(
            *(self._ages, self._weights, self._fresh, self._seen, self._fitted()), strict=True
        ):
            by = _halved(age, halve_days) * weight / fresh if fresh else 0.0
            came += by * seen
            said += by * fitted
        return self._made.level * (came + 1) / (said + 1)

    def _by(
        self, key: Callable[[PastDay], Key], factors: Mapping[Key, float], name: str
    ) -> dict[Key, float]:
        """Each factor anew: what came to what all the others say, drawn towards the network's."""
        came: dict[Key, float] = defaultdict(float)
        said: dict[Key, float] = defaultdict(float)
        for one, weight, seen, fitted in zip(
            self._past, self._weights, self._seen, self._fitted(), strict=True
        ):
            which = key(one)
            came[which] += weight * seen
            said[which] += weight * fitted / factors.get(which, 1.0)
        held = PRIOR_DAYS.get(name, 0.0) * self._made.level + (
            PRIOR_CALLS if name in PRIOR_DAYS or self._whole else 0.0
        )
        before = _factors(self._whole, name)
        return {
            which: (came[which] + held * before.get(which, 1.0)) / (said[which] + held)
            for which in said
            if said[which] + held > 0
        }

    def _patterns(self) -> None:
        now = dict[Key, float](enumerate(self._made.patterns))
        found = self._by(lambda one: one.kind.pattern, now, "patterns")
        plain = [found[number] for number in range(SATURDAY) if number in found]
        mean = statistics.fmean(plain) or 1.0
        quiet = min(found.values()) / mean
        patterns = tuple(max(found.get(n, quiet) / mean, NEVER) for n in range(PATTERNS))
        self._made = replace(self._made, patterns=patterns)

    def _near(self) -> None:
        found = self._by(lambda one: one.kind.near, _keyed(self._made.near), "near")
        near = {str(which): value for which, value in found.items() if which}
        self._made = replace(self._made, near=near)

    def _month(self) -> None:
        now = dict[Key, float](enumerate(self._made.month, start=1))
        found = self._by(lambda one: one.day.day, now, "month")
        month = tuple(found.get(number, 1.0) for number in range(1, 32))
        mean = statistics.fmean(month)
        self._made = replace(self._made, month=tuple(one / mean for one in month))

    def _grow(self) -> None:
        """One step of Newton's towards the likeliest growth, drawn towards none."""
        total = sum(self._weights) or 1.0
        middle = sum(w * age for w, age in zip(self._weights, self._ages, strict=True)) / total
        slope = bend = 0.0
        for age, weight, seen, fitted in zip(
            *(self._ages, self._weights, self._seen, self._fitted()), strict=True
        ):
            when = middle - age
            slope += weight * (seen - fitted) * when
            bend += weight * fitted * when * when
        held = (1 + self._made.level * USUAL_SPREAD**2) / GROWTH_DEVIATION**2
        growth = (self._made.growth * bend + slope) / (bend + held)
        self._made = replace(self._made, growth=growth)

    def _season(self) -> None:
        """What came to what the others say, by day of the year, smoothed around the year."""
        made = self._made
        came, said = [0.0] * YEAR, [0.0] * YEAR
        for one, weight, seen, fitted in zip(
            self._past, self._weights, self._seen, self._fitted(), strict=True
        ):
            number = _of_year(one.day)
            came[number] += weight * seen
            said[number] += weight * fitted / made.season[number]
        held = PRIOR_DAYS["season"] * made.level + PRIOR_CALLS
        before = self._whole.season if self._whole is not None else (1.0,) * YEAR
        season = [
            (top + held * prior) / (bottom + held)
            for top, bottom, prior in zip(_smooth(came), _smooth(said), before, strict=True)
        ]
        mean = statistics.fmean(season)
        self._made = replace(made, season=tuple(one / mean for one in season))

    def _shapes(self) -> dict[int, tuple[float, ...]]:
        """A day's shares by quarter hour, for each kind of day."""
        summed: dict[int, list[float]] = {key: [0.0] * QUARTERS for key in range(PATTERNS + 1)}
        plain = [0.0] * QUARTERS
        for one, age in zip(self._past, self._ages, strict=True):
            weight = _halved(age, SHAPE_HALVES_DAYS)
            eve = one.kind.near == "eve"
            own = summed[EVE if eve else one.kind.pattern]
            for quarter, count in enumerate(one.counts):
                if count:
                    own[quarter] += weight * count
                    if not eve and one.kind.pattern < SATURDAY:
                        plain[quarter] += weight * count
        whole = self._whole.shapes if self._whole is not None else {}
        usual = _drawn(plain, whole.get(0), SHAPE_CALLS / 3)
        shapes: dict[int, tuple[float, ...]] = {}
        for key, own in summed.items():
            if key < SATURDAY:
                shapes[key] = _drawn(own, usual, SHAPE_CALLS)
            elif key == EVE:
                shapes[key] = _drawn(own, whole.get(key) or usual, EVE_CALLS)
            else:
                shapes[key] = _drawn(own, whole.get(key) or usual, PRIOR_CALLS if whole else 1.0)
        return shapes

    def _spread(self, pairs: Sequence[tuple[float, float]]) -> float:
        """What eight of ten of these (came, said) have stayed within, beyond what chance makes."""
        if len(pairs) < FEWEST_DAYS:
            return USUAL_SPREAD
        low, high = 0.0, 2.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            within = sum(abs(came - said) <= _wide(said, middle) for came, said in pairs)
            low, high = (low, middle) if within >= COVERED * len(pairs) else (middle, high)
        return high * UNSEEN

    def _recent(self) -> list[tuple[PastDay, Expected, float]]:
        """Days of the last quarter of a year, and what would have been said of them."""
        return [
            (one, self._made.expected(one.day, one.kind), 1 / one.event)
            for one, age in zip(self._past, self._ages, strict=True)
            if age < RECENT_DAYS and one.event
        ]


def _factors(whole: Model | None, name: str) -> dict[Key, float]:
    if whole is None:
        return {}
    match name:
        case "patterns":
            return dict(enumerate(whole.patterns))
        case "month":
            return dict(enumerate(whole.month, start=1))
        case _:
            return _keyed(whole.near)


def _keyed(factors: Mapping[str, float]) -> dict[Key, float]:
    return dict[Key, float](factors.items())


def _of_year(day: date) -> int:
    """The number of a day in a leap year, 0 first, so that a date is the same in every year."""
    return date(2000, day.month, day.day).timetuple().tm_yday - 1


def _wide(said: float, spread: float) -> float:
    """Half of what lies between the bounds."""
    return Z80 * math.sqrt(said + (spread * said) ** 2)


def _halved(age: float, every: float) -> float:
    return float(0.5 ** (age / every))


def _drawn(own: Sequence[float], to: Sequence[float] | None, by: float) -> tuple[float, ...]:
    """Shares of what was seen, with so many calls of another shape among it."""
    towards = to if to is not None else (1 / QUARTERS,) * QUARTERS
    if to is None and any(own):
        by = 0.0
    total = math.fsum(own) + by
    return tuple((one + by * share) / total for one, share in zip(own, towards, strict=True))


def _kernel() -> tuple[float, ...]:
    reach = math.ceil(3 * SEASON_DAYS)
    return tuple(math.exp(-((step / SEASON_DAYS) ** 2) / 2) for step in range(-reach, reach + 1))


_KERNEL: Final = _kernel()


def _smooth(values: Sequence[float]) -> list[float]:
    """Around the year."""
    reach = len(_KERNEL) // 2
    long = [*values[-reach:], *values, *values[:reach]]
    return [
        sum(map(float.__mul__, _KERNEL, long[at : at + len(_KERNEL)])) for at in range(len(values))
    ]


def wape(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Of (came, said): the sum of what each was off by, to the sum of what came."""
    off = total = 0.0
    for came, said in pairs:
        off += abs(came - said)
        total += came
    return off / total if total else None


def bias(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Of (came, said): how much too many were said in all, to the sum of what came."""
    off = total = 0.0
    for came, said in pairs:
        off += said - came
        total += came
    return off / total if total else None
