"""When it is open, in Riga's own time."""

from datetime import datetime

import pytest

from routing.calendar import LOCAL, Calendar, Interval, State, local_minute

pytestmark = pytest.mark.unit

WORKDAY: tuple[Interval, ...] = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
CALENDAR = Calendar(
    weekly=(WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, (), ()),
    exceptions={"2026-01-03": ((600, 660),), "2026-01-05": (), "2026-11-18": ((600, 660),)},
    holidays=frozenset({"2026-01-01", "2026-11-18"}),
)


def at(text: str) -> float:
    """An instant of Riga's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp()


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-01-06T07:59:59", "closed"),
        ("2026-01-06T08:00:00", "open"),
        ("2026-01-06T11:59:59", "open"),
        ("2026-01-06T12:00:00", "closed"),
        ("2026-01-06T13:00:00", "open"),
        ("2026-01-06T17:00:00", "closed"),
        ("2026-01-04T10:00:00", "closed"),
        ("2026-01-01T10:00:00", "holiday"),
        ("2026-01-03T10:30:00", "open"),
        ("2026-01-05T10:30:00", "closed"),
        ("2026-11-18T10:30:00", "open"),
        ("2026-07-07T08:00:00", "open"),
    ],
)
def test_the_hours_are_those_of_the_wall_clock(when: str, state: State) -> None:
    """Weekly hours, exceptions both ways and holidays; an exception wins over a holiday."""
    assert CALENDAR.state(at(when)) == state


def test_the_night_of_the_changed_clock() -> None:
    """On 29 March 2026 the clock goes from 3 to 4; eight o'clock is eight o'clock."""
    weekly: tuple[tuple[Interval, ...], ...] = (*((),) * 6, ((480, 540),))
    sunday = Calendar(weekly=weekly)
    assert sunday.state(at("2026-03-29T08:00:00")) == "open"
    assert sunday.state(at("2026-03-29T08:00:00") - 1) == "closed"
    assert at("2026-03-29T08:00:00") - at("2026-03-28T08:00:00") == 23 * 3600


def test_weekday_and_minute_are_local() -> None:
    """Half past midnight on a Tuesday in Riga is still Monday in UTC."""
    assert local_minute(at("2026-01-06T00:30:00")) == (1, 30)
