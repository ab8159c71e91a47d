"""When a report is sent again, pure: by the clock of Latvia, over every change of the hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Annotated, Any, Final

from pydantic import StringConstraints

from agents_ui.reports.port import (
    VIEWS,
    By,
    Dimension,
    Every,
    ReportQuestion,
    ScheduleRefused,
    ScheduleText,
)
from contactcentre.core.config import document
from contactcentre.core.config.document import Minute, Refused, Title, clock
from contactcentre.core.config.mail_address import MailAddress, listed
from routing.calendar import LOCAL
from routing.written import within

MOST_RECEIVERS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSchedule:
    """What is sent, to whom, and when: each day, on a day of the week, or on one of the month."""

    name: Title
    every: Every
    at: Minute
    weekday: Annotated[int, within(1, 7, "(Monday is 1)")] = 1
    day: Annotated[int, within(1, 28, "(which every month has)")] = 1
    to: tuple[MailAddress, ...]
    view: str
    by: By
    only: Dimension | None = None
    key: Annotated[str, StringConstraints(max_length=200)] = ""
    language: str = "lv"

    def next_at(self, after: float) -> float:
        """The first time after that instant. A time that the clock leaps over comes when it would
        have been; one that comes twice counts once."""
        here = datetime.fromtimestamp(after, LOCAL).date()
        for days in count():
            found = self._on(here + timedelta(days=days))
            if found is not None and found > after:
                return found
        raise AssertionError  # every month has such a day

    def latest_at(self, due_at: float, now: float) -> float:
        """The last time until now, of those from `due_at` on: what was missed is made up once."""
        while (following := self.next_at(due_at)) <= now:
            due_at = following
        return due_at

    def question(self, at: float) -> ReportQuestion:
        """What is asked when it is sent at that instant: of the day, week or month before."""
        today = datetime.fromtimestamp(at, LOCAL).date()
        since, until = _before(self.every, today)
        return ReportQuestion(
            since=since, until=until, by=self.by, view=self.view, only=self.only, key=self.key
        )

    def _on(self, day: date) -> float | None:
        if self.every == "week" and day.isoweekday() != self.weekday:
            return None
        if self.every == "month" and day.day != self.day:
            return None
        hour = time(self.at // 60, self.at % 60)
        return datetime.combine(day, hour, LOCAL).timestamp()


def _before(every: Every, today: date) -> tuple[date, date]:
    match every:
        case "day":
            return today - timedelta(days=1), today - timedelta(days=1)
        case "week":
            monday = today - timedelta(days=today.weekday())
            return monday - timedelta(days=7), monday - timedelta(days=1)
        case "month":
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last


def read(text: ScheduleText, language: str) -> ReportSchedule:
    """Raises `ScheduleRefused`."""
    written = {
        **asdict(text),
        "name": " ".join(text.name.split()),
        "weekday": _whole(text.weekday),
        "day": _whole(text.day),
        "to": listed(text.to),
        "only": text.only or None,
        "language": language,
    }
    try:
        found = document.read(ReportSchedule, written, "")
    except Refused as refused:
        raise ScheduleRefused(list(refused.fields)) from None
    wrong = []
    if not 0 < len(found.to) <= MOST_RECEIVERS:
        wrong.append("to")
    if found.at == 24 * 60:
        wrong.append("at")
    if found.view not in VIEWS:
        wrong.append("view")
    if wrong:
        raise ScheduleRefused(wrong)
    return found


def written(one: ReportSchedule) -> dict[str, Any]:
    """The document that is read as this."""
    return {**asdict(one), "at": clock(one.at), "to": list(one.to)}


def kept(document_: Mapping[str, Any]) -> ReportSchedule:
    """Of the database. Raises `Refused`."""
    return document.read(ReportSchedule, document_, "schedule")


def text_of(one: ReportSchedule) -> ScheduleText:
    """As the form shows it."""
    return ScheduleText(
        name=one.name,
        every=one.every,
        at=clock(one.at),
        weekday=str(one.weekday),
        day=str(one.day),
        to="\n".join(one.to),
        view=one.view,
        by=one.by,
        only=one.only or "",
        key=one.key,
    )


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else text
