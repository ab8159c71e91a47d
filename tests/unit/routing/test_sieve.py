"""What is kept of a decision: the same that the full explanation says, cut short."""

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.testing import capability
from routing.circles import HOME_FIRST, Origin, stage
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts, State
from routing.requirement import Requirement
from routing.scope import Place
from routing.sieve import NEAREST, Sieve

pytestmark = pytest.mark.unit

PLACES = [Place(f"c{n}", f"m{n // 2}", f"r{n // 4}") for n in range(6)]
SKILLED = capability({"taxes": 3}, {"lv": 5})
UNSKILLED = capability({}, {"lv": 5})
CALL = CallFacts(
    call_id="k1",
    asked=Requirement(skills=(("taxes", 2),)),
    plan=HOME_FIRST,
    origin=Origin(home=PLACES[0], agent_id="a3"),
    waited_s=33.0,
)

AGENTS = st.lists(
    st.builds(
        AgentFacts,
        agent_id=st.integers(0, 60).map("a{}".format),
        name=st.just("N"),
        capability=st.sampled_from([SKILLED, UNSKILLED]),
        state=st.sampled_from(get_args(State)),
        place=st.sampled_from(PLACES),
        idle_since=st.integers(0, 3).map(float),
        barred=st.booleans(),
    ),
    unique_by=lambda agent: agent.agent_id,
    max_size=40,
)


@given(AGENTS, st.sampled_from([0.0, 33.0, 500.0]))
def test_it_says_what_the_explanation_says(agents: list[AgentFacts], waited_s: float) -> None:
    """The nearest ones are its first ones, and the others are all counted by their reason."""
    call = CallFacts(
        call_id=CALL.call_id,
        asked=CALL.asked,
        plan=CALL.plan,
        origin=CALL.origin,
        waited_s=waited_s,
    )
    full = explain(call, agents)
    sieve = Sieve(call)
    sieve.add(agents[:7])
    sieve.add(agents[7:])
    short = sieve.digest()
    assert short.chosen == full.chosen
    assert [(each.agent_id, each.passed_over) for each in short.nearest] == [
        (each.agent_id, each.passed_over) for each in full.candidates[:NEAREST]
    ]
    counted = Counter(str(each.passed_over) for each in full.candidates[NEAREST:])
    assert {str(reason): count for reason, count in short.others} == counted


def test_the_ring_that_the_call_stands_in_counts() -> None:
    """A call that has reached a wide ring stays there, whatever its wait alone would say."""
    wide = stage(CALL.plan, CALL.asked, CALL.origin, 200.0)
    call = CallFacts(
        call_id="k1", asked=CALL.asked, plan=CALL.plan, origin=CALL.origin, waited_s=12, stage=wide
    )
    far = AgentFacts(agent_id="a9", name="", capability=SKILLED, state="ready", place=PLACES[5])
    sieve = Sieve(call)
    sieve.add([far])
    assert sieve.digest().chosen == "a9"
