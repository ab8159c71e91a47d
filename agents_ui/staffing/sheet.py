"""The week as a file: CSV as RFC 4180 has it, with the mark by which spreadsheets know UTF-8."""

from __future__ import annotations

import csv
import io

from agents_ui.staffing.port import QUARTERS, StaffingWeek
from agents_ui.staffing.table import clock, open_span

HEADS = ("day", "at", "expected", "low", "high", "came", "needed", "on_shift")


def sheet(week: StaffingWeek) -> bytes:
    """Numbers, days and times alone: there is no text in it that could be a formula."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(HEADS)
    first, end = open_span(week) or (0, QUARTERS)
    for one in week.days:
        for slot in range(first, end):
            lines.writerow(
                (
                    one.day.isoformat(),
                    clock(slot),
                    *(round(each[slot], 2) for each in (one.calls, one.low, one.high)),
                    "" if one.came is None else one.came[slot],
                    one.need[slot],
                    "" if one.there is None else one.there[slot],
                )
            )
    return file.getvalue().encode("utf-8-sig")
