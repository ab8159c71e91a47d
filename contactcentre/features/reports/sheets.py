"""Tables as files: CSV as RFC 4180 has it, with the mark by which spreadsheets know UTF-8; XLSX."""

from __future__ import annotations

import csv
import io

from agents_ui.reports.port import Sheet

_FORMULAE = ("=", "+", "-", "@", "\t", "\r")


def write(sheet: Sheet, form: str) -> bytes:
    """The file: `csv` or `xlsx`."""
    return _xlsx(sheet) if form == "xlsx" else _csv(sheet)


def _csv(sheet: Sheet) -> bytes:
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(sheet.heads)
    lines.writerows(tuple(map(_plain, row)) for row in sheet.rows)
    return file.getvalue().encode("utf-8-sig")


def _plain(value: str | int | float | None) -> str | int | float | None:
    """No text is one that a spreadsheet would reckon with."""
    if isinstance(value, str) and value.startswith(_FORMULAE):
        return f"'{value}"
    return value


def _xlsx(sheet: Sheet) -> bytes:
    # Not at the file's head: whoever takes no file away need not load it.
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet()
    page.write_row(0, 0, sheet.heads, book.add_format({"bold": True}))
    for number, row in enumerate(sheet.rows, start=1):
        page.write_row(number, 0, row)
    page.freeze_panes(1, 0)
    page.autofit()
    book.close()
    return file.getvalue()
