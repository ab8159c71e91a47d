"""When it is open, in Riga's own time."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("when", "change"),
    [
        ("2026-01-06T07:00:00", "2026-01-06T08:00:00"),
        ("2026-01-06T08:00:00", "2026-01-06T12:00:00"),
        ("2026-01-06T12:30:00", "2026-01-06T13:00:00"),
        ("2026-01-09T17:00:00", "2026-01-12T08:00:00"),
        ("2025-12-31T16:59:59", "2025-12-31T17:00:00"),
        ("2025-12-31T17:00:00", "2026-01-01T00:00:00"),
        ("2026-01-01T09:00:00", "2026-01-02T00:00:00"),
    ],
)
def test_the_next_change(when: str, change: str) -> None:
    """Opening and closing are changes, and so are the two midnights of a holiday."""
    assert CALENDAR.next_change(at(when)) == at(change)


@pytest.mark.parametrize("hours", [(), ((0, 1440),)])
def test_what_never_changes_has_no_next_change(hours: tuple[Interval, ...]) -> None:
    """Neither does a calendar that is always shut, nor one that is always open."""
    assert Calendar(weekly=(hours,) * 7).next_change(at("2026-01-06T12:00:00")) is None


@pytest.mark.parametrize(
    ("since", "open_h", "until"),
    [
        ("2026-01-06T09:00:00", 0, "2026-01-06T09:00:00"),
        ("2026-01-06T09:00:00", 3, "2026-01-06T12:00:00"),
        ("2026-01-06T09:00:00", 4, "2026-01-06T14:00:00"),
        ("2026-01-06T09:00:00", 24, "2026-01-09T09:00:00"),
        ("2026-01-04T12:00:00", 1, "2026-01-06T09:00:00"),
        ("2025-12-31T16:00:00", 2, "2026-01-02T09:00:00"),
        ("2026-01-06T08:00:00", 8 * 250, "2026-12-22T16:00:00"),
    ],
)
def test_opening_time_runs_only_while_it_is_open(since: str, open_h: float, until: str) -> None:
    """A promise in service time skips lunch, nights, week-ends, holidays and closed days."""
    assert CALENDAR.after(at(since), open_h * 3600) == at(until)


def test_what_never_opens_keeps_no_promise() -> None:
    """An always shut calendar has no instant after an hour of opening time."""
    assert Calendar(weekly=((),) * 7).after(at("2026-01-06T12:00:00"), 3600) is None


WEEKS = st.lists(
    st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
        lambda edges: tuple(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
    ),
    min_size=7,
    max_size=7,
).map(tuple)


@settings(max_examples=6, deadline=None)
@given(
    weekly=WEEKS,
    when=st.sampled_from(["2024-02-29", "2026-03-28", "2026-10-24", "2027-12-31", "2028-03-25"]),
    minute=st.integers(0, 2 * 1440),
    open_min=st.integers(1, 4000),
)
def test_the_same_as_a_scan_minute_by_minute(
    weekly: tuple[tuple[Interval, ...], ...], when: str, minute: int, open_min: int
) -> None:
    """Around leap days, the year's end and both changes of the clock, whatever the hours are."""
    calendar = Calendar(weekly=weekly, holidays=frozenset({"2026-03-29", "2028-01-01"}))
    start = at(when) + 60 * minute
    scan = [start + 60 * step for step in range(8 * 1440)]
    states = [calendar.state(each) for each in scan]
    changed = next((t for t, state in zip(scan, states, strict=True) if state != states[0]), None)
    if changed is not None:
        assert calendar.next_change(start) == changed
    opened = [t for t, state in zip(scan, states, strict=True) if state == "open"]
    if open_min <= len(opened):
        assert calendar.after(start, 60 * open_min) == opened[open_min - 1] + 60
