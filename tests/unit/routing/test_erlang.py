"""Erlang's formulae against published values and the domain's own tables."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import erlang

pytestmark = pytest.mark.unit

AGENTS = st.integers(1, 200)
LOADS = st.floats(0.1, 300)
PATIENCES = st.floats(5, 5_000)


@pytest.mark.parametrize(
    ("trunks", "load", "lost"),
    [(1, 1.0, 0.5), (10, 4.461, 0.01), (20, 12.03, 0.01), (100, 84.06, 0.01), (10, 6.216, 0.05)],
)
def test_erlang_b_is_as_the_printed_tables_have_it(trunks: int, load: float, lost: float) -> None:
    """Loads at 1 % and 5 % loss from the traffic tables of every textbook."""
    assert erlang.blocking(trunks, load) == pytest.approx(lost, rel=2e-3)
    assert erlang.trunks_for(load * 0.999, lost) == trunks


@pytest.mark.parametrize(("calls", "trunks"), [(26, 7), (31, 8), (47, 11), (234, 33), (3190, 330)])
def test_trunks_of_the_volume_scenarios(calls: int, trunks: int) -> None:
    """A trunk is held for 300 s of talk and some 45 s of menu and wait; 1 % find none."""
    assert erlang.trunks_for(calls * 345 / 3600, 0.01) == trunks


def test_erlang_c_by_hand() -> None:
    """M/M/2 at load 1 waits in a third of the cases; M/M/1 at rho waits with chance rho."""
    assert erlang.wait_probability(2, 1.0) == pytest.approx(1 / 3)
    assert erlang.wait_probability(1, 0.8) == pytest.approx(0.8)
    assert erlang.wait_probability(10, 8.0) == pytest.approx(0.4092, abs=5e-5)
    assert erlang.mean_wait_s(1, 0.8, 60) == pytest.approx(0.8 / 0.2 * 60)
    assert erlang.service_level(1, 0.8, 60, 0) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("calls", "handling_s", "agents", "stricter"),
    [
        (26, 180, 3, 3),
        (31, 180, 3, 4),
        (47, 300, 6, 7),
        (47, 480, 9, 10),
        (234, 180, 15, 15),
        (234, 300, 23, 24),
        (234, 780, 57, 58),
        (452, 480, 67, 68),
        (452, 780, 106, 108),
    ],
)
def test_agents_of_the_volume_scenarios(
    calls: int, handling_s: float, agents: int, stricter: int
) -> None:
    """The domain's table 9.2: for 75 % in 30 s, and for 80 % in 20 s."""
    load = calls * handling_s / 3600
    assert erlang.agents_for(load, handling_s, level=0.75, within_s=30) == agents
    assert erlang.agents_for(load, handling_s, level=0.80, within_s=20) == stricter


def test_erlang_a_is_as_published() -> None:
    """Garnett, Mandelbaum, Reiman (2002): 48 calls a minute of a minute, 50 agents, patience 2."""
    found = erlang.impatient(50, 48.0, 60, patience_s=120)
    assert found.abandonment == pytest.approx(0.031, abs=5e-4)
    assert found.mean_wait_s == pytest.approx(3.7, abs=0.05)
    assert found.occupancy == pytest.approx(0.93, abs=5e-3)
    assert erlang.mean_wait_s(50, 48.0, 60) == pytest.approx(20.8, abs=0.05)


@pytest.mark.parametrize(
    ("calls", "handling_s", "agents", "abandoned", "wait_s", "in_system"),
    [
        (468, 240, 20, 36, 44, 26),
        (468, 240, 40, 1, 1, 31),
        (780, 240, 20, 62, 74, 36),
        (780, 240, 40, 24, 28, 46),
        (780, 240, 60, 1, 2, 52),
        (3120, 240, 40, 81, 97, 124),
        (3120, 240, 100, 52, 62, 154),
        (3120, 240, 166, 20, 24, 187),
        (5000, 180, 60, 76, 91, 187),
        (5000, 180, 140, 44, 53, 213),
    ],
)
def test_abandonment_in_a_crisis(
    calls: int, handling_s: float, agents: int, abandoned: int, wait_s: int, in_system: int
) -> None:
    """The domain's table 9.3, with a mean patience of 120 s."""
    load = calls * handling_s / 3600
    found = erlang.impatient(agents, load, handling_s, patience_s=120)
    assert 100 * found.abandonment == pytest.approx(abandoned, abs=0.55)
    assert found.mean_wait_s == pytest.approx(wait_s, abs=0.55)
    assert found.in_system == pytest.approx(in_system, abs=0.55)


@pytest.mark.parametrize(("agents", "load"), [(1, 0.5), (20, 16.0), (1000, 960.0)])
def test_callers_of_endless_patience_make_erlang_c_of_erlang_a(agents: int, load: float) -> None:
    """With a mean patience of thirty years the two models agree."""
    found = erlang.impatient(agents, load, 240, patience_s=1e9, within_s=30)
    assert found.wait_probability == pytest.approx(erlang.wait_probability(agents, load), rel=1e-4)
    assert found.mean_wait_s == pytest.approx(erlang.mean_wait_s(agents, load, 240), rel=1e-4)
    level = erlang.service_level(agents, load, 240, 30)
    assert found.service_level == pytest.approx(level, rel=1e-4)


def test_service_level_with_impatient_callers_by_integration() -> None:
    """Against the density of the virtual wait, summed up state by state with a fine step."""
    agents, load, handling_s, patience_s, within_s = 2, 3.0, 100.0, 60.0, 45.0
    found = erlang.impatient(agents, load, handling_s, patience_s=patience_s, within_s=within_s)
    step = 1e-3 * within_s
    weights, survivors = [1.0], 0.0
    for calls in range(1, 30):
        out = min(calls, agents) / handling_s + max(calls - agents, 0) / patience_s
        weights.append(weights[-1] * load / handling_s / out)
    for calls, weight in enumerate(weights):
        if calls < agents:
            survivors += weight
            continue
        rates = [agents / handling_s + i / patience_s for i in range(calls - agents + 1)]
        survivors += weight * _served(rates, patience_s, within_s, step)
    assert found.service_level == pytest.approx(survivors / sum(weights), rel=2e-3)


def _served(rates: list[float], patience_s: float, within_s: float, step: float) -> float:
    """The chance to get through all the steps in time before patience ends, by Euler's method."""
    at = [1.0] + [0.0] * len(rates)
    for _ in range(round(within_s / step)):
        flows = [at[i] * rate * step for i, rate in enumerate(reversed(rates))]
        for i, flow in enumerate(flows):
            at[i] -= flow + at[i] * step / patience_s
        for i, flow in enumerate(flows):
            at[i + 1] += flow
    return at[-1]


@given(agents=AGENTS, load=LOADS, patience_s=PATIENCES)
def test_what_comes_in_goes_out(agents: int, load: float, patience_s: float) -> None:
    """In the steady state all calls are answered or abandoned, and shares are shares."""
    found = erlang.impatient(agents, load, 240, patience_s=patience_s)
    assert load * (1 - found.abandonment) == pytest.approx(agents * found.occupancy, rel=1e-6)
    assert 0 <= found.abandonment <= found.wait_probability <= 1 + 1e-9
    assert -1e-9 <= found.service_level <= 1
    assert 1 - found.service_level <= found.wait_probability + 1e-9


@given(load=st.floats(0.01, 900), level=st.floats(0.01, 0.999))
def test_the_fewest_agents_are_enough_and_one_less_is_not(load: float, level: float) -> None:
    """`agents_for` agrees with `service_level` on both sides of its answer."""
    agents = erlang.agents_for(load, 300, level=level, within_s=30)
    assert erlang.service_level(agents, load, 300, 30) >= level
    assert erlang.service_level(agents - 1, load, 300, 30) < level


def test_a_thousand_agents_do_not_overflow() -> None:
    """Nor does a crowd of very patient callers before them."""
    found = erlang.impatient(1000, 1500.0, 240, patience_s=24_000)
    assert found.abandonment == pytest.approx(1 / 3, rel=1e-3)
    assert math.isfinite(found.service_level)
    assert erlang.blocking(1000, 1.0) == 0.0


def test_nobody_rings_and_nobody_is_there() -> None:
    """The ends of the scale are answers, not divisions by zero."""
    assert erlang.mean_wait_s(0, 0.0, 240) == 0
    assert erlang.mean_wait_s(3, 4.0, 240) == math.inf
    assert erlang.service_level(3, 4.0, 240, 30) == 0
    assert erlang.agents_for(0.0, 240, level=0.75, within_s=30) == 0
    assert erlang.impatient(5, 0.0, 240, patience_s=60).service_level == 1
    assert erlang.impatient(0, 2.0, 240, patience_s=60).abandonment == pytest.approx(1)


def test_what_can_not_be_reached_is_refused() -> None:
    """No number of servers gives certainty; loads and times must make sense."""
    with pytest.raises(erlang.NeverEnough):
        erlang.agents_for(1.0, 240, level=1.0, within_s=30)
    with pytest.raises(erlang.NeverEnough):
        erlang.trunks_for(1.0, 0.0)
    with pytest.raises(ValueError, match="not below zero"):
        erlang.blocking(3, -1.0)
    with pytest.raises(ValueError, match="longer than nothing"):
        erlang.impatient(1, 1.0, 240, patience_s=0)


@given(LOADS, PATIENCES, st.floats(0.05, 0.95))
def test_one_agent_less_than_needed_is_too_few(
    load: float, patience_s: float, level: float
) -> None:
    """With impatient callers: the number found keeps the promise, the one below it does not."""
    agents = erlang.impatient_agents_for(load, 240, patience_s=patience_s, level=level, within_s=30)

    def reached(agents: int) -> float:
        found = erlang.impatient(agents, load, 240, patience_s=patience_s, within_s=30)
        return found.service_level

    assert reached(agents) >= level > reached(agents - 1)


def test_patience_without_end_asks_for_the_printed_number() -> None:
    """Erlang C's agents of the domain's table 9.2, found by Erlang A."""
    for calls, handling_s, agents in ((234, 300, 23), (452, 480, 67)):
        load = calls * handling_s / 3600
        found = erlang.impatient_agents_for(
            load, handling_s, patience_s=1e9, level=0.75, within_s=30
        )
        assert found == agents


def test_a_promise_to_everybody_is_refused() -> None:
    """No number of agents answers all calls in time; no calls need nobody."""
    with pytest.raises(erlang.NeverEnough):
        erlang.impatient_agents_for(5, 240, patience_s=60, level=1, within_s=30)
    assert erlang.impatient_agents_for(0, 240, patience_s=60, level=0.8, within_s=30) == 0
