"""The periods that are asked for by a word, and which of them a report is of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, get_args

from agents_ui.reports.port import ReportQuestion, Step
from agents_ui.reports.words import PERIODS

BY_TIME: Final = get_args(Step)


def period(name: str, today: date) -> tuple[date, date, str]:
    """First day, last day, and by what it is read best."""
    match name:
        case "yesterday":
            day = today - timedelta(days=1)
            return day, day, "quarter"
        case "week":
            return today - timedelta(days=today.weekday()), today, "day"
        case "month":
            return today.replace(day=1), today, "day"
        case "last_month":
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last, "day"
        case "year":
            return today.replace(month=1, day=1), today, "month"
        case _:
            return today, today, "quarter"


def chosen(asked: ReportQuestion, today: date) -> str:
    """The one that this is: on a Monday the day is the week too, and the rows tell which was
    meant; where they do not, it is the narrower. "" of days that have no word."""
    days = asked.since, asked.until
    fitting = [name for name in PERIODS if period(name, today)[:2] == days]
    meant = (name for name in fitting if period(name, today)[2] == asked.by)
    return next(meant, next(iter(fitting), ""))
