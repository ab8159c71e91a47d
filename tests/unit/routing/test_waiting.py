"""The estimate of a wait."""

from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.waiting import RECENT_S, WINDOW_S, Departure, Pace, Range, estimate, pace

pytestmark = pytest.mark.unit


def _share_within(shape: int, mean_between_s: float, seconds: float) -> float:
    """The gamma (Erlang) distribution, exactly."""
    x = seconds / mean_between_s
    return 1 - sum(exp(-x) * x**k / factorial(k) for k in range(shape))


@given(position=st.integers(1, 40), departures=st.integers(3, 400))
def test_nine_of_ten_wait_no_longer_than_told(position: int, departures: int) -> None:
    """The upper end holds for at least nine callers in ten, if the pace stays."""
    told = estimate(position, Pace(answered=departures))
    assert told is not None
    between_s = WINDOW_S / departures
    assert _share_within(position, between_s, told.high_min * 60) > 0.89
    assert 1 <= told.low_min <= told.high_min


@given(
    position=st.integers(1, 20_000),
    answered=st.integers(0, 1_000_000),
    patience_s=st.none() | st.floats(0.001, 1e9),
)
def test_every_line_has_an_estimate_or_none(
    position: int, answered: int, patience_s: float | None
) -> None:
    """However long it is, and however impatient its callers are."""
    told = estimate(position, Pace(answered=answered, patience_s=patience_s))
    assert told is None or 1 <= told.low_min <= told.high_min


def test_the_first_in_a_quick_line() -> None:
    """Ninety departures in a quarter of an hour: within a minute."""
    assert estimate(1, Pace(answered=90)) == Range(1, 1)


def test_nobody_guesses_without_a_pace() -> None:
    """A line that does not move gives no figure, and neither does a wrong position."""
    assert estimate(3, Pace(answered=2)) is None
    assert estimate(0, Pace(answered=90)) is None


def gone(*ages_s: float, answered: bool = True) -> list[Departure]:
    """So many left, so long ago."""
    return [Departure(at=-age_s, waited_s=60.0, answered=answered) for age_s in ages_s]


def every(seconds: float, since_s: float = WINDOW_S, until_s: float = 0.0) -> list[float]:
    """Ages at a steady pace."""
    return [since_s - n * seconds for n in range(1, int((since_s - until_s) / seconds))]


def test_who_gives_up_behind_moves_nobody() -> None:
    """The callers who come and leave tell nothing of when the first in line is answered."""
    impatient = gone(*every(10), answered=False)
    assert estimate(1, pace(impatient, [900.0], 0.0)) is None
    few = [*impatient, *gone(100, 400, 700)]
    told = estimate(1, pace(few, [900.0], 0.0))
    assert told is not None
    assert told.high_min >= 8


def test_who_gives_up_ahead_shortens_the_wait() -> None:
    """Ten ahead who lose patience soon are fewer than ten to be answered; those who still wait
    show how patient people are."""
    answers = gone(*every(60))
    quitters = gone(*every(60), answered=False)
    patient = estimate(11, pace(answers, [60.0] * 10, 0.0))
    some = estimate(11, pace([*answers, *quitters], [60.0] * 10, 0.0))
    stubborn = estimate(11, pace([*answers, *quitters], [900.0] * 10, 0.0))
    assert patient is not None
    assert some is not None
    assert stubborn is not None
    assert some.high_min < stubborn.high_min < patient.high_min


def test_a_line_that_has_stopped_gives_no_figure() -> None:
    """Nobody has been answered for five minutes, after one in every thirty seconds."""
    stopped = gone(*every(30, until_s=RECENT_S))
    assert len(stopped) > 10
    assert estimate(1, pace(stopped, [300.0], 0.0)) is None


@pytest.mark.parametrize(("then_s", "now_s"), [(15, 60), (60, 10)])
def test_a_pace_that_has_changed_is_the_present_one(then_s: float, now_s: float) -> None:
    """Agents have gone home, or volunteers have come, five minutes ago."""
    before = every(then_s, until_s=RECENT_S)
    found = pace(gone(*before, *every(now_s, since_s=RECENT_S)), [], 0.0)
    assert found.window_s == RECENT_S
    assert found.answered == pytest.approx(RECENT_S / now_s, abs=1)


def test_a_steady_pace_is_that_of_a_quarter_of_an_hour() -> None:
    """The longer window tells more."""
    assert pace(gone(*every(30)), [], 0.0).window_s == WINDOW_S
