"""On which days Latvia works, by the national days that a published calendar has."""

from __future__ import annotations

from datetime import date

from contactcentre.core.config.network import Network
from contactcentre.features.cases.terms import Works
from routing.calendar import Calendar


def working_days(network: Network) -> Works:
    """By the calendar of the hotline; where none is published, week-ends alone are known."""
    calendar = network.calendars.get(network.default_calendar)
    return lambda day: works(day, calendar)


def works(day: date, calendar: Calendar | None) -> bool:
    """Whether people work on that day: a moved day is worked on its Saturday."""
    if calendar is None:
        return day.weekday() < 5
    iso = day.isoformat()
    off = iso in calendar.holidays or iso in calendar.moved.values()
    return iso in calendar.moved or (day.weekday() < 5 and not off)
