"""Figures and rows as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from agents_ui.reports.port import ReportQuestion, ReportRow
from agents_ui.shell.formats import RIGA
from routing.calendar import QUARTER_S

NONE: Final = "–"


def shown(unit: str, value: float | None, language: str) -> str:
    """A count with thin gaps, a share in per cent, a mean with two digits, seconds as minutes."""
    if value is None:
        return NONE
    if unit in ("share", "mean"):
        text = f"{100 * value:.1f}" if unit == "share" else f"{value:.2f}"
        written = text if language == "en" else text.replace(".", ",")
        return f"{written} %" if unit == "share" else written
    return (
        length(value)
        if unit == "seconds"
        else f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    )


def length(seconds: float | None) -> str:
    """As 0:07, 12:30 or 1:05:00."""
    if seconds is None:
        return NONE
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def label(asked: ReportQuestion, row: ReportRow, language: str) -> str:
    """What a row is of."""
    if not row.key or not row.key.isdecimal():
        return row.label
    match asked.by:
        case "quarter":
            return _quarter(int(row.key), one_day=asked.since == asked.until)
        case "day":
            return f"{_date(row.key):%d.%m.%Y.}"
        case "week":
            return f"{_date(row.key):%d.%m.%Y.} →"
        case "month":
            return f"{row.key[4:]}.{row.key[:4]}."
        case _:
            return row.label


def _quarter(number: int, *, one_day: bool) -> str:
    here = datetime.fromtimestamp(number * QUARTER_S, UTC).astimezone(RIGA)
    # The hour that comes twice in autumn is told apart.
    again = " ²" if here.fold else ""
    return f"{here:%H:%M}{again}" if one_day else f"{here:%d.%m. %H:%M}{again}"


def _date(key: str) -> date:
    return date(int(key[:4]), int(key[4:6]), int(key[6:8]))
