"""The days that the law gives the whole country, and those that the Cabinet moves.

Holidays: law "Par svētku, atceres un atzīmējamām dienām", s. 1 (likumi.lv, id 72608); its 4 May and
18 November give the next working day off when they fall on a week-end. Moved working days: Labour
Law (Darba likums), s. 133(4). The library `holidays` knows both; whatever is newer than the library
comes from the table `days_off`. An eve, whose working day is an hour shorter by the Labour Law's
s. 135, is the calendar day right before a holiday of the first law: a day off in place of a holiday
at the week-end has none of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

Row = Mapping[Any, Any]

YEARS_BACK = 1
YEARS_AHEAD = 10
"""A service that is never told of a change must not run out of holidays when a year ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalDays:
    """Dates in ISO form; `moved` maps a working Saturday to the day whose place it takes."""

    holidays: frozenset[str]
    eves: frozenset[str]
    moved: Mapping[str, str]


def national_days(year: int, days_off: Iterable[Row] = ()) -> NationalDays:
    """Those of the years around `year`, with the rows of the table `days_off`.

    Raises `ValueError` for a row whose date does not exist.
    """
    law = _law(year)
    rows = [(_date(row, "day"), row) for row in days_off]
    one_off = frozenset(day for day, row in rows if not row["worked_on"])
    decreed = {_date(row, "worked_on"): day for day, row in rows if row["worked_on"]}
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


def _date(row: Row, column: str) -> str:
    try:
        return date.fromisoformat(row[column]).isoformat()
    except (TypeError, ValueError):
        raise ValueError(f"days_off {row['day']}, {column}: no such date") from None
