"""The estimate of a wait."""

from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.waiting import WINDOW_S, Range, estimate

pytestmark = pytest.mark.unit


def _share_within(shape: int, mean_between_s: float, seconds: float) -> float:
    """The gamma (Erlang) distribution, exactly."""
    x = seconds / mean_between_s
    return 1 - sum(exp(-x) * x**k / factorial(k) for k in range(shape))


@given(position=st.integers(1, 40), departures=st.integers(3, 400))
def test_nine_of_ten_wait_no_longer_than_told(position: int, departures: int) -> None:
    """The upper end holds for at least nine callers in ten, if the pace stays."""
    told = estimate(position, departures)
    assert told is not None
    between_s = WINDOW_S / departures
    assert _share_within(position, between_s, told.high_min * 60) > 0.89
    assert 1 <= told.low_min <= told.high_min


def test_the_first_in_a_quick_line() -> None:
    """Ninety departures in a quarter of an hour: within a minute."""
    assert estimate(1, 90) == Range(1, 1)


def test_nobody_guesses_without_a_pace() -> None:
    """A line that does not move gives no figure, and neither does a wrong position."""
    assert estimate(3, 2) is None
    assert estimate(0, 90) is None
