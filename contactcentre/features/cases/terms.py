"""By when a case is to be answered, and a submission to be sent on: pure.

A submission and a complaint within a month (Law on Submissions, likumi.lv 164501), and so is an
administrative act (Administrative Procedure Law, s. 64(1)); what belongs elsewhere is sent on
within seven working days. Questions and faults have no term in law: five working days are our own
word. A term of a month ends on the day of that number, or on the month's last, and on the next
working day where that is none.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from agents_ui.cases.port import CaseKind

Works = Callable[[date], bool]
"""Whether that is a working day in Latvia."""

OWN_WORD_DAYS: Final = 5
SEND_ON_DAYS: Final = 7
BY_LAW: Final[frozenset[CaseKind]] = frozenset({"submission", "complaint", "decision"})


def due_on(kind: CaseKind, opened: date, works: Works) -> date:
    """The last day of the term."""
    if kind in BY_LAW:
        return _working(_month_later(opened), works)
    return working_days_later(opened, OWN_WORD_DAYS, works)


def send_on_by(kind: CaseKind, opened: date, works: Works) -> date | None:
    """By when it is to be sent on, if others are responsible; None where the law does not say."""
    return working_days_later(opened, SEND_ON_DAYS, works) if kind in BY_LAW else None


def working_days_later(day: date, count: int, works: Works) -> date:
    """So many working days after that day, which does not count."""
    for _ in range(count):
        day = _working(day + timedelta(days=1), works)
    return day


def _working(day: date, works: Works) -> date:
    while not works(day):
        day += timedelta(days=1)
    return day


def _month_later(day: date) -> date:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
