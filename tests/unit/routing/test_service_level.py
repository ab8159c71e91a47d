"""The formulae, by hand and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.service_level import Level, Queued, level

pytestmark = pytest.mark.unit


def queued(wait_s: float, *, answered: bool) -> Queued:
    """A call of a queue that promises 30 seconds and calls 5 seconds short."""
    return Queued(
        queue="q", left_at=0.0, wait_s=wait_s, answered=answered, within_s=30.0, short_s=5.0
    )


def test_the_figures_of_an_hour() -> None:
    """Two of three answers in time, one abandon that counts, one that is too short to."""
    found = level(
        [
            queued(10.0, answered=True),
            queued(30.0, answered=True),
            queued(50.0, answered=True),
            queued(60.0, answered=False),
            queued(4.9, answered=False),
        ]
    )
    assert found == Level(answered=3, abandoned=1, short_abandoned=1, within=2, wait_sum_s=90.0)
    assert found.service_level == 0.5
    assert found.average_speed_of_answer_s == 30.0


def test_an_answer_at_once_is_no_short_abandon() -> None:
    """Short is only who left."""
    assert level([queued(0.0, answered=True)]).service_level == 1.0


def test_without_calls_there_is_no_figure() -> None:
    """Neither nought nor a hundred per cent."""
    assert level([]).service_level is None
    assert level([queued(1.0, answered=False)]).service_level is None
    assert level([]).average_speed_of_answer_s is None


@given(st.lists(st.tuples(st.floats(0, 600), st.booleans())))
def test_every_call_is_counted_once(calls: list[tuple[float, bool]]) -> None:
    """Answered, abandoned and short ones add up, and the level lies between 0 and 1."""
    found = level(queued(wait_s, answered=answered) for wait_s, answered in calls)
    assert found.answered + found.abandoned + found.short_abandoned == len(calls)
    assert found.service_level is None or 0 <= found.service_level <= 1
