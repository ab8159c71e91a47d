"""The cap of calls from afar, per centre and hour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.remote_cap import HOUR_S, Afar

pytestmark = pytest.mark.unit


def test_a_centre_is_barred_at_its_cap_and_free_an_hour_later() -> None:
    """Each centre by itself; no cap bars nobody."""
    afar = Afar()
    for at in (0.0, 10.0):
        afar.took("c0", at)
    assert afar.barred("c0", 2, 20.0)
    assert not afar.barred("c0", 3, 20.0)
    assert not afar.barred("c0", None, 20.0)
    assert not afar.barred("c1", 1, 20.0)
    assert afar.free_in_s("c0", 2, 20.0) == HOUR_S - 20.0
    assert afar.free_in_s("c0", 1, 20.0) == HOUR_S - 10.0
    assert not afar.barred("c0", 2, HOUR_S)


def test_a_cap_of_none_at_all_never_ends() -> None:
    """Cap 0: this centre answers its own alone."""
    assert Afar().barred("c0", 0, 1.0)
    assert Afar().free_in_s("c0", 0, 1.0) is None
    assert Afar().free_in_s("c0", 1, 1.0) == 0.0


@given(st.lists(st.integers(0, 600), max_size=60), st.integers(1, 5))
def test_no_hour_holds_more_than_the_cap(gaps: list[int], cap: int) -> None:
    """However the calls come, and waiting as long as told is enough."""
    afar, taken, at = Afar(), list[float](), 0.0
    for gap in gaps:
        at += gap
        wait_s = afar.free_in_s("c0", cap, at)
        assert wait_s is not None
        assert (wait_s == 0.0) is not afar.barred("c0", cap, at)
        at += wait_s
        assert not afar.barred("c0", cap, at)
        afar.took("c0", at)
        taken.append(at)
        assert sum(at - HOUR_S < each <= at for each in taken) <= cap
