"""Hours of whole years: the law's holidays, moved working days, eves, both clock changes."""

import re
from datetime import date, datetime, timedelta

import pytest

from contactcentre.core.config.document import read
from contactcentre.features.calendars import document
from contactcentre.features.calendars.national_days import DayOff, national_days
from routing.calendar import LOCAL, Calendar, Interval

pytestmark = pytest.mark.unit

MORNING, AFTERNOON = ["08:00", "12:00"], ["13:00", "17:00"]
WORKDAY: tuple[Interval, ...] = ((480, 720), (780, 1020))
SHORT: tuple[Interval, ...] = ((480, 720), (780, 960))
DAYS_OFF = [
    DayOff(day="2027-05-03", worked_on="2027-05-15"),
    DayOff(day="2027-06-18"),
]


def office(**changed: object) -> Calendar:
    """Monday to Friday, with lunch, by the law."""
    weekdays = {day: [MORNING, AFTERNOON] for day in ("mon", "tue", "wed", "thu")}
    written = {
        "calendar_id": "office",
        "weekly": {**weekdays, "fri": [["08:00", "14:00"]]},
        "exceptions": {},
        "public_holidays": True,
        "moved_days": True,
        "eve_shorter_min": 60,
    }
    known = read(document.CalendarDocument, {**written, **changed}, "calendar office")
    return known.on(national_days(2026, DAYS_OFF))


OFFICE = office()


def every_day(*hours: list[str]) -> dict[str, list[list[str]]]:
    """The same hours from Monday to Sunday."""
    return {key: list(hours) for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def at(text: str) -> float:
    """An instant of Riga's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp()


@pytest.mark.parametrize(
    "day",
    [
        # domain: 1 January; Good Friday; Easter Monday; 1 and 4 May; Līgo and Jāņi; 18 November;
        # 24, 25, 26 and 31 December
        *("2026-01-01", "2026-04-03", "2026-04-05", "2026-04-06", "2026-05-01", "2026-05-04"),
        *("2026-05-10", "2026-05-24", "2026-06-23", "2026-06-24", "2026-11-18", "2026-12-24"),
        *("2026-12-25", "2026-12-26", "2026-12-31", "2027-01-01", "2027-03-26", "2027-03-29"),
        *("2027-05-04", "2027-06-23", "2027-06-24", "2027-11-18", "2027-12-31"),
        # on a Sunday in 2025 and a Saturday in 2028: the Monday is off as well
        *("2025-05-04", "2025-05-05", "2028-11-18", "2028-11-20"),
        "2027-06-18",  # a holiday for once
        "2036-01-01",  # ten New Years later
    ],
)
def test_public_holidays(day: str) -> None:
    """It is a holiday from its first minute to its last."""
    assert [OFFICE.state(at(f"{day}T{clock}")) for clock in ("00:00", "10:00", "23:59:59")] == [
        "holiday"
    ] * 3


@pytest.mark.parametrize("day", ["2027-05-03", "2028-12-27", "2026-05-05", "2028-05-02"])
def test_other_holidays_do_not_shift(day: str) -> None:
    """Only 4 May and 18 November give a Monday off in their place."""
    assert OFFICE.on(date.fromisoformat(day))[0] == "closed"


@pytest.mark.parametrize(
    ("off", "worked", "hours"),
    [
        ("2025-05-02", "2025-05-10", ((480, 780),)),  # a Friday's, before Mother's Day
        ("2025-11-17", "2025-11-08", SHORT),  # a Monday's, and the eve of 18 November
        ("2026-01-02", "2026-01-17", ((480, 840),)),
        ("2026-06-22", "2026-06-27", SHORT),  # the eve of Līgo, moved with its rights
        ("2027-05-03", "2027-05-15", SHORT),  # newer than the library: from the table
    ],
)
def test_a_moved_working_day(off: str, worked: str, hours: tuple[Interval, ...]) -> None:
    """The day is closed, and the Saturday has its hours."""
    assert OFFICE.on(date.fromisoformat(off)) == ("closed", ())
    assert OFFICE.on(date.fromisoformat(worked)) == ("closed", hours)


def test_who_does_not_follow_the_cabinet_works_on_the_day_itself() -> None:
    """Municipalities are only asked to follow it; holidays stay."""
    own = office(moved_days=False)
    assert own.on(date(2026, 1, 2)) == ("closed", ((480, 840),))
    assert own.on(date(2026, 1, 17)) == ("closed", ())
    assert own.state(at("2026-01-01T10:00")) == "holiday"


def test_who_keeps_no_holidays_is_open_on_all_days() -> None:
    """And no eve is shorter."""
    always = office(weekly=every_day(["00:00", "24:00"]), public_holidays=False)
    assert {always.on(date(2026, 1, 1) + timedelta(days=n)) for n in range(366)} == {
        ("closed", ((0, 1440),))
    }


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-11-17", SHORT),  # Tuesday before 18 November
        ("2026-12-23", SHORT),
        ("2026-12-30", SHORT),
        ("2026-04-02", SHORT),  # before Good Friday
        ("2026-04-30", SHORT),
        ("2026-11-16", WORKDAY),
        ("2026-05-08", ((480, 840),)),  # Friday before Mother's Day: Saturday is its eve
        ("2028-11-17", ((480, 780),)),  # Friday before a holiday on Saturday
    ],
)
def test_the_working_day_before_a_holiday_is_an_hour_shorter(
    day: str, hours: tuple[Interval, ...]
) -> None:
    """By the Labour Law, s. 135, from the end of the day."""
    assert OFFICE.on(date.fromisoformat(day)) == ("closed", hours)


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, WORKDAY), (240, ((480, 720),)), (300, ((480, 660),)), (480, ())]
)
def test_as_much_shorter_as_is_said(minutes: int, hours: tuple[Interval, ...]) -> None:
    """It eats into the morning once the afternoon is gone."""
    assert office(eve_shorter_min=minutes).on(date(2026, 11, 17)) == ("closed", hours)


def test_an_exception_wins_over_everything() -> None:
    """Over a holiday, a moved day on both its ends, and an eve."""
    days = ("2026-11-18", "2026-06-22", "2026-06-27", "2026-11-17")
    own = {day: [["10:00", "11:00"]] for day in days}
    calendar = office(exceptions=own)
    assert {calendar.on(date.fromisoformat(day)) for day in own} == {("closed", ((600, 660),))}


def test_christmas_to_the_new_year() -> None:
    """A promise of eight hours of opening time, made on 23 December, and the next openings."""
    assert OFFICE.after(at("2026-12-23T15:00"), 8 * 3600) == at("2026-12-28T16:00")
    assert OFFICE.next_opening(at("2026-12-23T16:00")) == at("2026-12-28T08:00")
    assert OFFICE.next_opening(at("2026-12-31T12:00")) == at("2027-01-04T08:00")
    assert OFFICE.next_opening(at("2027-01-04T08:00")) == at("2027-01-04T08:00")


def test_the_last_minute_of_a_day_and_of_a_leap_day() -> None:
    """Open until 24:00 means until midnight and no longer; 29 February is a day like others."""
    late = office(
        weekly={"tue": [["23:59", "24:00"]]}, exceptions={"2028-02-29": [["23:58", "24:00"]]}
    )
    assert late.state(at("2026-03-03T23:59:59")) == "open"
    assert late.state(at("2026-03-04T00:00")) == "closed"
    assert late.next_change(at("2026-03-03T23:59:30")) == at("2026-03-04T00:00")
    assert late.next_opening(at("2028-02-28T12:00")) == at("2028-02-29T23:58")
    assert late.after(at("2028-02-29T00:00"), 120) == at("2028-03-01T00:00")


def test_three_years_half_hour_by_half_hour() -> None:
    """Whatever `next_change` says is what a look at every half hour finds, over three years with
    all their holidays, moved days, eves and clock changes, in a calendar open at night."""
    night = office(weekly=every_day(["02:30", "04:30"], ["22:00", "24:00"]))
    instant, end = at("2026-01-01T00:00"), at("2029-01-01T00:00")
    while instant < end:
        change = night.next_change(instant)
        assert change is not None
        state = night.state(instant)
        # No hours here begin or end elsewhere, but for what a short eve takes: whole hours.
        looks = [*range(int(instant), int(change), 1800), change - 60, change - 1]
        assert {night.state(look) for look in looks} == {state}
        assert night.state(change) != state
        instant = change


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 60), ("2026-10-25", 180)])
def test_the_nights_of_the_changed_clock(day: str, minutes: int) -> None:
    """From half past two to half past four: three o'clock is skipped, and comes twice."""
    night = office(weekly=every_day(["02:30", "04:30"]))
    start, end = at(f"{day}T02:30"), at(f"{day}T04:30")
    assert end - start == minutes * 60
    assert night.next_change(at(f"{day}T00:00")) == start
    assert night.next_change(start) == end
    assert night.after(start, minutes * 60) == end
    opened = sum(night.state(at(f"{day}T00:00") + 60 * n) == "open" for n in range(1380))
    assert opened == minutes


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"weekly": [[], []]}, "weekly: must be a mapping"),
        ({"weekly": {"monday": []}}, "weekly.monday: must be 'mon', 'tue'"),
        ({"weekly": {"tue": "08:00-12:00"}}, "weekly.tue: must be a list"),
        ({"weekly": {"tue": [["08:00"]]}}, "weekly.tue.0.1: is missing"),
        ({"weekly": {"tue": [["8:00", "12:00"]]}}, "weekly.tue.0.0: '8:00' is no time of day"),
        ({"weekly": {"tue": [["08:00", "24:30"]]}}, "weekly.tue.0.1: '24:30' is no time of day"),
        ({"weekly": {"tue": [["08:00", 12]]}}, "weekly.tue.0.1: must be a text"),
        ({"weekly": {"tue": [["12:00", "08:00"]]}}, "weekly.tue.0: 12:00 to 08:00 ends before"),
        ({"weekly": {"tue": [["08:00", "08:00"]]}}, "weekly.tue.0: 08:00 to 08:00 ends before"),
        (
            {"weekly": {"tue": [["12:30", "17:00"], ["08:00", "13:00"]]}},
            "weekly.tue: hours overlap from 12:30 to 13:00",
        ),
        ({"exceptions": []}, "exceptions: must be a mapping"),
        ({"exceptions": {"2026-02-29": []}}, "exceptions.2026-02-29: no such date"),
        ({"exceptions": {"20260627": []}}, "exceptions.20260627: no such date"),
        (
            {"exceptions": {"2026-06-27": [["09:00", "09:60"]]}},
            "exceptions.2026-06-27.0.1: '09:60'",
        ),
        ({"eve_shorter_min": -1}, "eve_shorter_min: must be 0 to 1440 minutes"),
        ({"eve_shorter_min": "60"}, "eve_shorter_min: must be a whole number"),
    ],
)
def test_a_broken_calendar_is_refused(row: dict[str, object], message: str) -> None:
    """With the place and what is wrong there."""
    with pytest.raises(ValueError, match="^calendar office, " + re.escape(message)):
        office(**row)


def test_hours_that_touch_are_one() -> None:
    """Two intervals that meet are no fault, and the line stays open between them."""
    calendar = office(weekly={"tue": [["12:00", "17:00"], ["08:00", "12:00"]]})
    assert calendar.next_change(at("2026-03-03T08:00")) == at("2026-03-03T17:00")


def test_a_day_off_that_does_not_exist_is_refused() -> None:
    """With the document and the field."""
    wrong = {"day": "2027-05-03", "worked_on": "2027-05-32"}
    with pytest.raises(ValueError, match="day off 2027-05-03, worked_on: no such date"):
        read(DayOff, wrong, "day off 2027-05-03")
