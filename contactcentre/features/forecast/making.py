"""Forecasts made of what is known: for each queue, for each of the days to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from agents_ui.staffing.port import AHEAD_DAYS, ForecastEvent, StaffingRules
from contactcentre.features.calendars.national_days import DayOff
from contactcentre.features.forecast.calendar import DayKinds
from contactcentre.features.forecast.model import (
    QUARTERS,
    Expected,
    Model,
    PastDay,
    TooLittle,
    fit,
)
from contactcentre.features.forecast.reading import RECENT_DAYS, MeanTimes, Past
from contactcentre.features.forecast.staffing import StaffingPromise, needed, promise_of
from routing.calendar import number_of
from routing.model import Queue

METHOD: Final = 1
"""Goes up when forecasts are made in another way, so that errors can be told apart."""


@dataclass(frozen=True, kw_only=True)
class ForecastGrounds:
    """Everything that a forecast is made of."""

    today: date
    past: Past
    queues: Mapping[str, Queue]
    events: Sequence[ForecastEvent]
    days_off: Sequence[DayOff]
    rules: StaffingRules

    @cached_property
    def kinds(self) -> DayKinds:
        """Of all days since the first call. To look them up takes a tenth of a second."""
        first = self.past.first("") or self.today
        return DayKinds(first.year, self.days_off)


@dataclass(slots=True)
class Made:
    """The rows of `forecasts`, without their time; and of which queues too little is known."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    too_little: dict[str, int] = field(default_factory=dict)


def factor(events: Sequence[ForecastEvent], queue: str, day: date) -> float:
    """What people expect of that day beyond the usual: all events of the queue, and of all."""
    product = 1.0
    for one in events:
        if one.queue in ("", queue) and one.first <= day <= one.last:
            product *= one.factor
    return product


def make(known: ForecastGrounds) -> Made:
    """All of them; the network's is the sum of its queues. Takes a tenth of a second a queue."""
    made = Made()
    try:
        whole = fit(list(past_days(known, "")))
    except TooLittle as few:
        made.too_little[""] = few.days
        return made
    models: dict[str, Model] = {}
    for queue in _alive(known):
        try:
            models[queue] = fit(list(past_days(known, queue)), whole=whole)
        except TooLittle as few:
            made.too_little[queue] = few.days
    for ahead in range(AHEAD_DAYS + 1):
        made.rows += _day(known, models, whole, ahead)
    return made


def _alive(known: ForecastGrounds) -> list[str]:
    """Those that there are, or that had calls of late."""
    since = known.today - timedelta(days=RECENT_DAYS)
    lately = (
        queue
        for queue, counts in known.past.counts.items()
        if queue and (queue in known.queues or any(day >= since for day in counts))
    )
    return sorted(lately)


def past_days(known: ForecastGrounds, queue: str) -> Iterator[PastDay]:
    """Each day since its first call, those without any too."""
    day = known.past.first(queue) or known.today
    counts, none = known.past.counts.get(queue, {}), (0,) * QUARTERS
    while day < known.today:
        yield PastDay(
            day,
            known.kinds.kind(day),
            tuple(counts[day]) if day in counts else none,
            event=factor(known.events, queue, day),
            crisis=day in known.past.crises,
        )
        day += timedelta(days=1)


def _day(
    known: ForecastGrounds, models: Mapping[str, Model], whole: Model, ahead: int
) -> Iterator[dict[str, Any]]:
    day = known.today + timedelta(days=ahead)
    kind, most = known.kinds.kind(day), known.rules.most_abandoned
    summed = [0.0] * QUARTERS
    for queue, model in models.items():
        said = model.expected(day, kind, factor(known.events, queue, day))
        mean = known.past.means.get(queue, known.past.means.get("", MeanTimes()))
        own = [known.queues[queue]] if queue in known.queues else []
        yield _row(queue, day, ahead, model, said, mean, promise_of(own, most))
        summed = [one + other for one, other in zip(summed, said.calls, strict=True)]
    together = whole.around(summed)
    promise = promise_of((known.queues[key] for key in models if key in known.queues), most)
    yield _row("", day, ahead, whole, together, known.past.means.get("", MeanTimes()), promise)


def _row(
    queue: str,
    day: date,
    ahead: int,
    model: Model,
    said: Expected,
    mean: MeanTimes,
    promise: StaffingPromise,
) -> dict[str, Any]:
    low, high = model.bounds(said.total)
    return {
        "queue": queue,
        "day": number_of(day),
        "ahead": ahead,
        "method": METHOD,
        "calls": _rounded(said.calls),
        "low": _rounded(said.low),
        "high": _rounded(said.high),
        "day_low": low,
        "day_high": high,
        "need": [needed(calls, mean.handling_s, mean.patience_s, promise) for calls in said.calls],
        "handling_s": mean.handling_s,
        "patience_s": mean.patience_s,
    }


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 2) for value in values]
