"""Calls at home in a circle: found by it, whatever else stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.core.line.calls_by_circle import Homes
from routing.scope import NETWORK, NOWHERE, Place, Scope, circles

pytestmark = pytest.mark.unit

TOWNS = [Place(f"c{number}", f"m{number // 2}", "r0") for number in range(4)]
PLACES = [NOWHERE, Place(municipality="m0"), *TOWNS]
SCOPES = sorted({scope for place in PLACES for scope in circles(place)} - {NETWORK})
CALLS = st.sampled_from("abcd")
STEPS = st.lists(st.tuples(CALLS, st.none() | st.sampled_from(PLACES)))


@given(steps=STEPS, scopes=st.sets(st.sampled_from(SCOPES)))
def test_a_plain_search_finds_the_same(
    steps: list[tuple[str, Place | None]], scopes: set[Scope]
) -> None:
    """However often calls come, move and go."""
    homes, plain = Homes(), dict[str, Place]()
    for call, home in steps:
        plain.pop(call, None)
        if home is None:
            homes.drop(call)
        else:
            homes.put(call, home)
            plain[call] = home
    expected = {call for call, home in plain.items() if scopes & set(circles(home))}
    assert homes.around(scopes) == expected


def test_the_network_is_nobodys_home() -> None:
    """Nobody stands elsewhere because nobody at all is at work."""
    homes = Homes()
    homes.put("a", Place("c0", "m0", "r0"))
    assert homes.around([NETWORK]) == set()
