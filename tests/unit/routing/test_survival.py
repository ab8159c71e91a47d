"""Patience learned from answered and abandoned calls."""

from math import inf
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.survival import Observation, Patience, patience

pytestmark = pytest.mark.unit

REMISSION = [
    *((week, True) for week in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((week, False) for week in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]
"""Weeks of remission under 6-MP: Freireich and others (1963), the example of every textbook."""


def of(pairs: list[tuple[float, bool]]) -> Patience:
    return patience(Observation(wait_s, gave_up) for wait_s, gave_up in pairs)


def test_it_is_the_estimate_of_the_textbooks() -> None:
    """The printed values for the 6-MP group: 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448."""
    found = of([(float(week), relapsed) for week, relapsed in REMISSION])
    assert found.times == (6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0)
    expected = (0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448)
    assert found.shares == pytest.approx(expected, abs=5e-4)
    assert found.rate == pytest.approx(9 / 359)
    assert (found.share(5.9), found.share(6.0)) == (1.0, pytest.approx(0.857, abs=5e-4))


def test_who_was_answered_is_not_impatient() -> None:
    """Exponential patience cut by exponential answers is found again; the plain mean is not."""
    chance = Random(5)  # noqa: S311
    seen = []
    for _ in range(20_000):
        gives_up_s, answer_s = chance.expovariate(1 / 120), chance.expovariate(1 / 60)
        seen.append((min(gives_up_s, answer_s), gives_up_s < answer_s))
    found = of(seen)
    drawn = [found.draw(1 - chance.random()) for _ in range(5_000)]
    assert fmean(drawn) == pytest.approx(120, rel=0.05)
    assert fmean(wait_s for wait_s, gave_up in seen if gave_up) < 50


@given(
    st.lists(st.tuples(st.integers(1, 50).map(float), st.booleans()), max_size=30),
    st.floats(0, 60),
    st.floats(0, 1, exclude_min=True),
)
def test_patience_is_longer_than_what_was_waited(
    seen: list[tuple[float, bool]], beyond_s: float, chance: float
) -> None:
    """Whatever is drawn, the caller has already waited so long."""
    assert of(seen).draw(chance, beyond_s) >= beyond_s


def test_where_nobody_gave_up_nobody_will() -> None:
    """Without a single abandonment nothing is known of it."""
    assert of([(30.0, False)]).draw(0.5) == inf
    assert of([]).draw(0.5) == inf


def test_beyond_the_record_people_give_up_at_the_mean_rate() -> None:
    """The median of the tail is ln 2 divided by the rate after its beginning."""
    found = of([(100.0, True), (200.0, False)])
    assert found.draw(0.5, 200.0) == pytest.approx(200 + 0.6931 * 300, rel=1e-3)
    everybody = of([(100.0, True)])
    assert everybody.draw(0.5, 100.0) == pytest.approx(100 + 0.6931 * 100, rel=1e-3)
