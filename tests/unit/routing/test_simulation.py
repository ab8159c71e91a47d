"""The simulated hotline: the engine's own order, in virtual time."""

from heapq import heapreplace
from itertools import accumulate
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.circles import Circle, CirclePlan
from routing.model import Capability, Queue, Requirement
from routing.scope import NOWHERE, Place
from routing.simulation import (
    Arrival,
    SimulatedAgent,
    SimulatedCall,
    SimulatedDeparture,
    Simulation,
    Visit,
)
from routing.tally import by_centre, occupancy, percentile, tally

pytestmark = pytest.mark.unit

SPEAKER = Capability(languages=(("lv", 5),))
QUEUE = Queue(queue_id="general", labels={}, answer_within_s=30, short_abandon_s=5)
HOME_FIRST = Queue(
    queue_id="home",
    labels={},
    circles=CirclePlan(circles=(Circle(kind="centre", lasts_s=20), Circle(kind="network"))),
)
ISLAND = Queue(
    queue_id="island",
    labels={},
    circles=CirclePlan(circles=(Circle(kind="centre", lasts_s=inf), Circle(kind="network"))),
)
HERE, THERE = Place("here", "town", "region"), Place("there", "town", "region")
LOCAL = SimulatedAgent(agent_id="local", capability=SPEAKER, place=HERE)
REMOTE = SimulatedAgent(agent_id="remote", capability=SPEAKER, place=THERE)
TIMES = st.floats(0.01, 100)


def call(
    name: str,
    at: float,
    handling_s: float = 100.0,
    patience_s: float = inf,
    *,
    queue: Queue = QUEUE,
    home: Place = NOWHERE,
) -> SimulatedCall:
    return SimulatedCall(name, at, queue, Requirement(), handling_s, patience_s, home)


def run(
    agents: list[SimulatedAgent], arrivals: list[Arrival]
) -> dict[str, tuple[float, str | None]]:
    """When and to whom each call left."""
    return {
        each.call.call_id: (each.left_at, each.agent.agent_id if each.agent else None)
        for each in Simulation(agents).run(arrivals)
    }


@given(agents=st.integers(1, 4), drawn=st.lists(st.tuples(TIMES, TIMES), max_size=40))
def test_patient_callers_wait_exactly_as_kiefer_and_wolfowitz_say(
    agents: int, drawn: list[tuple[float, float]]
) -> None:
    """Their recursion of 1955 gives the same instants, call by call, for any drawn numbers."""
    instants = accumulate(gap for gap, _ in drawn)
    calls = [
        call(f"{number:03d}", at, handling_s)
        for number, (at, (_, handling_s)) in enumerate(zip(instants, drawn, strict=True))
    ]
    free, expected = [0.0] * agents, {}
    for each in calls:
        expected[each.call_id] = max(free[0], each.at)
        heapreplace(free, expected[each.call_id] + each.handling_s)
    staff = [SimulatedAgent(agent_id=str(number), capability=SPEAKER) for number in range(agents)]
    left = {each.call.call_id: each.left_at for each in Simulation(staff).run(calls)}
    assert left == expected


@given(
    agents=st.integers(0, 3),
    drawn=st.lists(st.tuples(TIMES, TIMES, TIMES, st.booleans()), max_size=40),
)
def test_every_call_leaves_once_and_nobody_waits_beyond_patience(
    agents: int, drawn: list[tuple[float, float, float, bool]]
) -> None:
    """With visitors in between, with rings, and with nobody at all."""
    homes = [HERE, THERE, NOWHERE]
    staff = [
        SimulatedAgent(agent_id=str(number), capability=SPEAKER, place=homes[number])
        for number in range(agents)
    ]
    arrivals: list[Arrival] = []
    at = 0.0
    for number, (gap, length_s, patience_s, visits) in enumerate(drawn):
        at += gap
        if visits and agents:
            arrivals.append(Visit(at, str(number % agents), length_s))
        home = homes[number % 3]
        arrivals.append(
            call(f"{number:03d}", at, length_s, patience_s, queue=HOME_FIRST, home=home)
        )
    left = list(Simulation(staff).run(arrivals))
    assert sorted(each.call.call_id for each in left) == [f"{n:03d}" for n in range(len(drawn))]
    for each in left:
        assert -1e-9 <= each.wait_s <= each.call.patience_s + 1e-9
        assert each.agent is not None or each.wait_s == pytest.approx(each.call.patience_s)


def test_who_hangs_up_leaves_the_place_to_the_next() -> None:
    """The second caller gives up; the third is answered when the first is done."""
    arrivals: list[Arrival] = [call("a", 0), call("b", 1, patience_s=10), call("c", 2)]
    assert run([LOCAL], arrivals) == {"a": (0, "local"), "b": (11, None), "c": (100, "local")}


def test_visitors_go_before_callers_but_interrupt_none() -> None:
    """A visitor who comes during a call is served before the caller who waited longer."""
    arrivals: list[Arrival] = [call("a", 0), call("b", 1), Visit(50, "local", 30)]
    assert run([LOCAL], arrivals) == {"a": (0, "local"), "b": (130, "local")}


def test_the_home_centre_comes_first() -> None:
    """The colleague elsewhere has been idle longer, and is not asked until the ring widens."""
    arrivals: list[Arrival] = [
        call("first", 1, 5, queue=HOME_FIRST, home=HERE),
        call("second", 10, 100, queue=HOME_FIRST, home=HERE),
        call("third", 11, 100, queue=HOME_FIRST, home=HERE),
    ]
    assert run([REMOTE, LOCAL], arrivals) == {
        "first": (1, "local"),
        "second": (10, "local"),
        "third": (31, "remote"),
    }


def test_a_ring_in_which_all_are_at_the_counter_takes_no_time() -> None:
    """The librarian has a visitor: the network answers at once."""
    arrivals: list[Arrival] = [
        Visit(1, "local", 500),
        call("a", 2, queue=HOME_FIRST, home=HERE),
    ]
    assert run([REMOTE, LOCAL], arrivals) == {"a": (2, "remote")}


def test_an_island_waits_for_its_own() -> None:
    """A ring without end keeps its callers, even while everybody there is at the counter."""
    arrivals: list[Arrival] = [Visit(1, "local", 500), call("a", 2, queue=ISLAND, home=HERE)]
    assert run([REMOTE, LOCAL], arrivals) == {"a": (501, "local")}


def test_a_head_start_is_a_place_further_ahead() -> None:
    """A queue's head start puts its calls before those that came a little earlier."""
    urgent = Queue(queue_id="urgent", labels={}, head_start_s=60)
    arrivals: list[Arrival] = [call("a", 0), call("b", 1), call("c", 30, queue=urgent)]
    assert run([LOCAL], arrivals) == {"a": (0, "local"), "c": (100, "local"), "b": (200, "local")}


def test_arrivals_out_of_order_are_refused() -> None:
    """Virtual time does not run backwards."""
    with pytest.raises(ValueError, match="order of time"):
        list(Simulation([LOCAL]).run([call("a", 5), call("b", 4)]))


def test_occupancy_counts_calls_against_readiness_inside_the_counted_time() -> None:
    """Of 100 counted seconds 40 are handling, 20 visitors, 40 ready: visitors count for neither."""
    simulation = Simulation([LOCAL], count_from=100, count_until=200)
    list(simulation.run([call("a", 80, 60), Visit(150, "local", 20), call("b", 300, 10)]))
    times = simulation.times["local"]
    assert (times.handling_s, times.counter_s, times.ready_s) == (40, 20, 40)
    assert occupancy(simulation.times) == pytest.approx(0.5)
    assert occupancy({}) is None


def test_the_tally_counts_by_the_formulae_of_the_live_board() -> None:
    """In time, late, abandoned and short, in all and by home centre."""
    left = [
        SimulatedDeparture(call("a", 0, home=HERE), 0, LOCAL),
        SimulatedDeparture(call("b", 0, home=HERE), 31, LOCAL),
        SimulatedDeparture(call("c", 0, home=THERE), 10, None),
        SimulatedDeparture(call("d", 0, home=THERE), 4, None),
    ]
    found = tally(left)
    assert (found.calls, found.at_once, found.longest_s) == (4, 1, 31)
    assert found.level.service_level == pytest.approx(1 / 3)
    assert found.abandonment == pytest.approx(1 / 3)
    assert found.answered_at_once == pytest.approx(1 / 4)
    assert {centre: each.calls for centre, each in by_centre(left).items()} == {
        "here": 2,
        "there": 2,
    }
    assert tally([]).abandonment is None


def test_percentiles_are_of_the_nearest_rank() -> None:
    """Always a value that occurred."""
    assert [percentile([1, 2, 3, 4], percent) for percent in (25, 50, 90, 100)] == [1, 2, 4, 4]
    assert percentile([], 50) == 0
