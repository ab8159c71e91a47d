"""The days that the law gives the whole country, and those that the Cabinet moves.

Holidays: law "Par svētku, atceres un atzīmējamām dienām", s. 1 (likumi.lv, id 72608); its 4 May and
18 November give the next working day off when they fall on a week-end. Moved working days: Labour
Law (Darba likums), s. 133(4). The library `holidays` knows both; whatever is newer than the library
comes from documents, `DayOff`. An eve, whose working day is an hour shorter by the Labour Law's
s. 135, is the calendar day right before a holiday of the first law: a day off in place of a holiday
at the week-end has none of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays

from contactcentre.core.config.document import IsoDate

YEARS_BACK = 1
YEARS_AHEAD = 10
"""A service that is never told of a change must not run out of holidays when a year ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A holiday for once, or a working day that the Cabinet has moved: the document."""

    day: IsoDate
    worked_on: IsoDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalDays:
    """Dates in ISO form; `moved` maps a working Saturday to the day whose place it takes."""

    holidays: frozenset[str] = frozenset()
    eves: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)


def national_days(year: int, days_off: Iterable[DayOff] = ()) -> NationalDays:
    """Those of the years around `year`, and those of the documents."""
    law, given = _law(year), tuple(days_off)
    one_off = frozenset(one.day for one in given if one.worked_on is None)
    decreed = {one.worked_on: one.day for one in given if one.worked_on is not None}
    known = {worked: off for worked, off in law.moved.items() if off not in decreed.values()}
    return NationalDays(
        holidays=(law.holidays | one_off) - frozenset(decreed.values()),
        eves=law.eves | _eves(one_off),
        moved={**known, **decreed},
    )


@lru_cache(maxsize=4)
def _law(year: int) -> NationalDays:
    years = range(year - YEARS_BACK, year + YEARS_AHEAD + 1)
    law = holidays.country_holidays("LV", years=years, language="lv")
    itself = holidays.country_holidays("LV", years=years, language="lv", observed=False)
    form = law.substituted_label % law.substituted_date_format
    moved = {day: worked for day, name in law.items() if (worked := _worked_on(name, form))}
    return NationalDays(
        holidays=frozenset(day.isoformat() for day in law if day not in moved),
        eves=_eves(day.isoformat() for day in itself if day not in moved),
        moved={worked.isoformat(): day.isoformat() for day, worked in moved.items()},
    )


def _worked_on(name: str, form: str) -> date | None:
    """The library tells of a moved day only in the name of the day off."""
    try:
        return date(*time.strptime(name, form)[:3])
    except ValueError:
        return None


def _eves(days: Iterable[str]) -> frozenset[str]:
    return frozenset((date.fromisoformat(day) - timedelta(days=1)).isoformat() for day in days)
