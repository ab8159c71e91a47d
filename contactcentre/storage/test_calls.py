"""Contacts in which a colleague rang as a citizen would."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from contactcentre.storage import tables as models


def is_a_citizens(call_id: ColumnElement[str]) -> ColumnElement[bool]:
    """It was no test call. Those burden the line, and are in its figures; of what citizens have
    asked, which leaves the house, they tell nothing."""
    tests = models.scripted_calls.c.call_id
    return ~select(tests).where(tests == call_id).exists()
