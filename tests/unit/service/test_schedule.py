"""When a report is sent, and of which days it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_ui.reports.port import ScheduleRefused, ScheduleText
from contactcentre.features.reports import schedule
from routing.calendar import LOCAL

pytestmark = pytest.mark.unit

TEXT = ScheduleText(name="Vakardiena", to="anna@ludza.example", at="07:00", view="service")
DAILY = schedule.read(TEXT, "lv")


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp()


def here(at):
    return datetime.fromtimestamp(at, LOCAL)


def times(one, after, count):
    found = []
    for _ in range(count):
        after = one.next_at(after)
        found.append(f"{here(after):%Y-%m-%d %H:%M}")
    return found


def test_each_day_by_the_clock():
    """Over both changes of the hour at the same hour."""
    assert times(DAILY, moment("2026-03-28 07:00"), 2) == ["2026-03-29 07:00", "2026-03-30 07:00"]
    assert times(DAILY, moment("2026-10-24 06:59"), 2) == ["2026-10-24 07:00", "2026-10-25 07:00"]


def test_an_hour_that_is_leapt_over_or_comes_twice():
    """Once a day all the same: 03:30 of 29 March does not exist, that of 25 October is twice."""
    night = replace(DAILY, at=3 * 60 + 30)
    spring = times(night, moment("2026-03-28 12:00"), 2)
    assert spring == ["2026-03-29 04:30", "2026-03-30 03:30"]
    autumn = times(night, moment("2026-10-24 12:00"), 2)
    assert autumn == ["2026-10-25 03:30", "2026-10-26 03:30"]


def test_a_day_of_the_week_and_of_the_month():
    """Of the week before, from Monday to Sunday; of the month before, whole."""
    weekly = replace(DAILY, every="week", weekday=3)
    assert times(weekly, moment("2026-06-22 12:00"), 2) == ["2026-06-24 07:00", "2026-07-01 07:00"]
    asked = weekly.question(moment("2026-06-24 07:00"))
    assert (asked.since, asked.until) == (date(2026, 6, 15), date(2026, 6, 21))
    monthly = replace(DAILY, every="month", day=28)
    assert times(monthly, moment("2026-01-28 07:00"), 2) == ["2026-02-28 07:00", "2026-03-28 07:00"]
    asked = monthly.question(moment("2026-03-28 07:00"))
    assert (asked.since, asked.until) == (date(2026, 2, 1), date(2026, 2, 28))
    asked = DAILY.question(moment("2026-01-01 07:00"))
    assert (asked.since, asked.until) == (date(2025, 12, 31), date(2025, 12, 31))


def test_what_was_missed_is_made_up_once():
    """By the last time that has passed."""
    due, now = moment("2026-06-20 07:00"), moment("2026-06-24 09:00")
    assert DAILY.latest_at(due, now) == moment("2026-06-24 07:00")
    assert DAILY.latest_at(due, due) == due


@given(
    st.sampled_from(["day", "week", "month"]),
    *(st.integers(0, 1439), st.integers(1, 7), st.integers(1, 28)),
    st.floats(moment("2020-01-01 00:00"), moment("2030-01-01 00:00")),
)
def test_there_is_always_a_next_time(every, minute, weekday, day, after):
    """After that instant, on such a day, and none lies between."""
    one = replace(DAILY, every=every, at=minute, weekday=weekday, day=day)
    found = one.next_at(after)
    assert after < found <= after + timedelta(days=32).total_seconds()
    assert one.next_at(found - 0.001) == found
    local = here(found)
    if every == "week":
        assert local.isoweekday() == weekday
    if every == "month":
        assert local.day == day


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"at": "7"}, "at"),
        ({"at": "24:00"}, "at"),
        ({"every": "hour"}, "every"),
        ({"weekday": "8"}, "weekday"),
        ({"day": "31"}, "day"),
        ({"day": "1e1"}, "day"),
        ({"to": ""}, "to"),
        ({"to": "anna@ludza.example\nBcc:x@y.example"}, "to"),
        ({"to": " ".join(f"a{number}@b.example" for number in range(21))}, "to"),
        ({"view": "secrets"}, "view"),
        ({"by": "caller"}, "by"),
        ({"only": "caller"}, "only"),
        ({"key": "x" * 201}, "key"),
    ],
)
def test_what_cant_be_is_told_by_its_field(changes, field):
    """Nothing is guessed."""
    with pytest.raises(ScheduleRefused) as refused:
        schedule.read(replace(TEXT, **changes), "lv")
    assert field in refused.value.fields


def test_it_is_read_as_it_was_written():
    """From the database, and in the form."""
    assert schedule.kept(schedule.written(DAILY)) == DAILY
    assert schedule.text_of(DAILY) == TEXT
