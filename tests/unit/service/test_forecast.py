"""The forecast of calls: what it learns from a hotline's own days, and what it leaves out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from contactcentre.features.calendars.national_days import DayOff
from contactcentre.features.forecast.calendar import HOLIDAY, DayKind, DayKinds
from contactcentre.features.forecast.model import (
    FEWEST_DAYS,
    PastDay,
    TooLittle,
    bias,
    fit,
    wape,
)

pytestmark = pytest.mark.unit

FREE = DayKinds(2023)
OPENS, SHUTS = 32, 68


def past(
    first: date, days: int, size: float = 600.0, *, seed: int = 1, **more: float
) -> Iterator[PastDay]:
    """A line with a Monday of 1.2, a 20th of 1.5, and a March of 1.4, in ordinary noise."""
    chance = Random(seed)  # noqa: S311  # a history must be repeatable
    for number in range(days):
        day = first + timedelta(days=number)
        kind = FREE.kind(day)
        usual = (1.2, 1.0, 1.0, 1.0, 0.8, 0.0, 0.0, 0.0)[kind.pattern]
        mean = size * usual * (1.5 if day.day == 20 else 1.0) * (1.4 if day.month == 3 else 1.0)
        mean *= more.get(day.isoformat(), 1.0)
        counts = [0] * 96
        for _ in range(round(chance.gauss(mean, math.sqrt(mean) + 0.05 * mean)) if mean else 0):
            counts[min(SHUTS - 1, int(chance.triangular(OPENS, SHUTS, OPENS + 8)))] += 1
        yield PastDay(day, kind, tuple(counts))


def test_days_of_the_law_and_of_the_cabinet() -> None:
    """A holiday, its eve, the day after it, and a Saturday that is worked for a Friday."""
    assert FREE.kind(date(2026, 11, 18)) == DayKind(HOLIDAY)
    assert FREE.kind(date(2026, 11, 17)) == DayKind(1, "eve")
    assert FREE.kind(date(2026, 11, 19)) == DayKind(3, "after")
    assert FREE.kind(date(2026, 1, 2)) == DayKind(HOLIDAY)
    assert FREE.kind(date(2026, 1, 17)) == DayKind(4, "moved")
    assert FREE.kind(date(2026, 4, 7)) == DayKind(1, "after")  # after Easter Monday
    assert FREE.kind(date(2026, 11, 23)) == DayKind(0)


def test_days_off_that_people_have_written() -> None:
    """A day off of the documents is one here too."""
    given = DayKinds(2026, [DayOff(day="2026-09-07")])
    assert given.kind(date(2026, 9, 7)) == DayKind(HOLIDAY)


def test_weekday_day_of_the_month_and_season_are_learnt() -> None:
    """A Monday has 1.2 times a plain day, the 20th 1.5, March 1.4; a holiday none."""
    model = fit(list(past(date(2024, 6, 1), 730)))
    plain = model.total(date(2026, 6, 10), DayKind(2))
    assert plain == pytest.approx(600, rel=0.08)
    assert model.total(date(2026, 6, 8), DayKind(0)) / plain == pytest.approx(1.2, rel=0.06)
    assert model.month[19] / model.month[9] == pytest.approx(1.5, rel=0.2)
    assert model.season[74] / model.season[160] == pytest.approx(1.4, rel=0.1)
    assert model.total(date(2026, 6, 23), FREE.kind(date(2026, 6, 23))) < 1
    assert sum(model.shapes[0]) == pytest.approx(1)
    assert model.shapes[0][OPENS - 1] == model.shapes[0][SHUTS] == 0


def test_two_weeks_are_enough() -> None:
    """A new queue has a forecast after two weeks, and none before."""
    days = list(past(date(2026, 9, 7), FEWEST_DAYS))
    monday = fit(days).expected(date(2026, 9, 21), DayKind(0))
    assert monday.total == pytest.approx(720, rel=0.2)
    with pytest.raises(TooLittle, match="13 days"):
        fit(days[:-1])


def test_sparse_queue_leans_on_the_network() -> None:
    """A queue of three calls a day has the network's season and profile, and its own size."""
    whole = fit(list(past(date(2024, 6, 1), 730)))
    few = fit(list(past(date(2026, 3, 1), 90, 3.0)), whole=whole)
    assert few.season == whole.season
    assert few.level == pytest.approx(3, rel=0.35)
    gap = sum(abs(a - b) for a, b in zip(few.shapes[1], whole.shapes[1], strict=True))
    assert gap < 0.5


def test_storm_and_crisis_leave_the_usual_as_it_was() -> None:
    """A day of ten times the calls is doubted; one of a crisis is left out altogether."""
    storm = {"2026-05-12": 10.0}
    usual = fit(list(past(date(2026, 1, 1), 140))).total(date(2026, 5, 26), DayKind(1))
    shaken = list(past(date(2026, 1, 1), 140, **storm))
    assert fit(shaken).total(date(2026, 5, 26), DayKind(1)) == pytest.approx(usual, rel=0.1)
    told = [
        PastDay(one.day, one.kind, one.counts, crisis=one.day == date(2026, 5, 12))
        for one in shaken
    ]
    assert fit(told).total(date(2026, 5, 26), DayKind(1)) == pytest.approx(usual, rel=0.05)


def test_event_of_the_past_and_of_the_future() -> None:
    """What people said of a day is taken out of what is learnt, and put into what is told."""
    days = list(past(date(2026, 1, 1), 140))
    told = [
        PastDay(one.day, one.kind, tuple(3 * count for count in one.counts), event=3.0)
        if one.day == date(2026, 5, 18)
        else one
        for one in days
    ]
    plain, model = fit(days).total(date(2026, 5, 25), DayKind(0)), fit(told)
    assert model.total(date(2026, 5, 25), DayKind(0)) == pytest.approx(plain, rel=0.01)
    assert model.total(date(2026, 5, 25), DayKind(0), 2.0) == pytest.approx(2 * plain, rel=0.01)


def test_eight_of_ten_quarter_hours_lie_between_the_bounds() -> None:
    """Of weeks that the model has not seen."""
    days = list(past(date(2024, 6, 1), 758))
    model = fit(days[:730])
    inside = [
        low <= count <= high
        for one in days[730:]
        for said in [model.expected(one.day, one.kind)]
        for low, count, high in zip(said.low, one.counts, said.high, strict=True)
        if high > 1
    ]
    assert 0.72 < sum(inside) / len(inside) < 0.92


def test_errors() -> None:
    """WAPE counts every miss, the bias lets them cancel; of nothing there is neither."""
    assert wape([(10, 8), (10, 12)]) == 0.2
    assert bias([(10, 8), (10, 12)]) == 0
    assert wape([]) is None
    assert bias([(0, 5)]) is None
