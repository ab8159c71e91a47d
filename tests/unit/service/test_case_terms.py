"""The number of a case as it is told, and by when the case is to be answered."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.features.calendars.national_days import national_days
from contactcentre.features.cases.number import Misheard, read, spoken, told
from contactcentre.features.cases.terms import due_on, send_on_by, working_days_later
from contactcentre.features.cases.working_days import works
from routing.calendar import Calendar

pytestmark = pytest.mark.unit

IDS = st.integers(1, 10_000_000)


def latvia(day: date) -> bool:
    """Whether people work on that day."""
    days = national_days(2026)
    known = Calendar(weekly=((),) * 7, holidays=days.holidays, moved=days.moved)
    return works(day, known)


@given(IDS)
def test_a_number_is_read_as_it_was_told(case_id: int) -> None:
    """However it is written down."""
    number = told(case_id)
    for text in (number, spoken(number), "-".join(number), f"  {number} "):
        assert read(text) == case_id


@given(IDS, st.integers(0, 15), st.integers(1, 9))
def test_a_digit_misheard_is_noticed(case_id: int, place: int, more: int) -> None:
    """Any one of them."""
    number = told(case_id)
    place %= len(number)
    other = str((int(number[place]) + more) % 10)
    with pytest.raises(Misheard):
        read(number[:place] + other + number[place + 1 :])


@given(IDS, st.integers(0, 15))
def test_two_digits_that_changed_places_are_noticed(case_id: int, place: int) -> None:
    """Neighbours, as they are mixed up."""
    number = told(case_id)
    place %= len(number) - 1
    turned = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if turned != number:
        with pytest.raises(Misheard):
            read(turned)


@pytest.mark.parametrize(
    "text", ["", "1", "abcdef", "１００１７８", "9" * 40, "000000", "+37129123445"]
)
def test_no_number(text: str) -> None:
    """What was never told is refused."""
    with pytest.raises(Misheard):
        read(text)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (date(2026, 1, 31), date(2026, 3, 2)),  # the month's last is a Saturday
        (date(2026, 4, 4), date(2026, 5, 5)),  # the 4th of May is a holiday
        (date(2026, 5, 22), date(2026, 6, 25)),  # a Monday that was moved, then Ligo and Jani
        (date(2026, 12, 1), date(2027, 1, 4)),  # over New Year
    ],
)
def test_a_submission_is_answered_within_a_month(opened: date, due: date) -> None:
    """Or on the next working day, as Latvia works."""
    assert due_on("submission", opened, latvia) == due


def test_what_has_no_term_in_law_has_our_own_word() -> None:
    """Five working days; a working Saturday is one."""
    assert due_on("question", date(2026, 6, 19), latvia) == date(2026, 6, 30)
    assert latvia(date(2026, 6, 27))
    assert not latvia(date(2026, 6, 22))


def test_what_belongs_elsewhere_is_sent_on() -> None:
    """Within seven working days, if the law says so."""
    assert send_on_by("complaint", date(2026, 11, 13), latvia) == date(2026, 11, 25)
    assert send_on_by("question", date(2026, 11, 13), latvia) is None


def test_a_calendar_that_knows_no_holidays_knows_week_ends() -> None:
    """Where none is published, nothing is worse than a week-end."""
    assert working_days_later(date(2026, 11, 27), 1, lambda day: works(day, None)) == date(
        2026, 11, 30
    )
