"""A chart of a report by time: a bar a row, as an SVG that needs no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agents_ui.reports import figures
from agents_ui.reports.periods import BY_TIME
from agents_ui.reports.port import Measure, ReportQuestion, ReportTable

WIDTH: Final = 1000.0
HEIGHT: Final = 150.0
MOST_BARS: Final = 400
_LABELS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Where it stands, and what it says; `part` is how much of it was answered."""

    x: float
    width: float
    height: float
    part: float
    says: str
    label: str  # beneath it, where there is room


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars of a figure, and what the highest is."""

    measure: Measure
    bars: tuple[Bar, ...]
    most: str
    parted: bool


def chart(asked: ReportQuestion, report: ReportTable, language: str) -> Chart | None:
    """Of the first figure of the view; None where rows are not of time, or are one, or too many."""
    rows = report.rows
    by_time = asked.by in BY_TIME
    if not by_time or not 1 < len(rows) <= MOST_BARS:
        return None
    keys = [one.key for one in report.measures]
    first = keys.index("queued") if "queued" in keys else 0
    part = keys.index("answered") if "queued" in keys and "answered" in keys else None
    most = max((row.values[first] or 0.0) for row in rows)
    if most <= 0:
        return None
    width, every = WIDTH / len(rows), max(1, len(rows) // _LABELS)
    unit = report.measures[first].unit
    bars = []
    for number, row in enumerate(rows):
        value = row.values[first] or 0.0
        label = figures.label(asked, row, language)
        bars.append(
            Bar(
                x=round(number * width, 2),
                width=round(max(width - min(2.0, width / 5), 0.5), 2),
                height=round(HEIGHT * value / most, 2),
                part=round(HEIGHT * (row.values[part] or 0.0) / most, 2)
                if part is not None
                else 0.0,
                says=f"{label}: {figures.shown(unit, value, language)}",
                label=label if number % every == 0 and number + every <= len(rows) else "",
            )
        )
    return Chart(
        measure=report.measures[first],
        bars=tuple(bars),
        most=figures.shown(unit, most, language),
        parted=part is not None,
    )
