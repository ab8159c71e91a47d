"""A report as a table to be taken away, or sent."""

from __future__ import annotations

from agents_ui.reports import figures
from agents_ui.reports.port import ReportQuestion, ReportTable, Sheet


def sheet_of(asked: ReportQuestion, report: ReportTable, language: str) -> Sheet:
    """Its rows and what they come to, with stable names as heads."""
    by = asked.by
    return Sheet(
        name=f"{asked.view}-by-{by}-{asked.since}-{asked.until}",
        heads=(by, f"{by}_name", *(one.key for one in report.measures)),
        rows=tuple(
            (row.key or "total", figures.label(asked, row, language), *map(_plain, row.values))
            for row in (*report.rows, report.total)
        ),
    )


def _plain(value: float | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else round(value, 4)
