"""What is kept of a decision: the same that the full explanation says, cut short."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.testing import capability
from routing.circles import EVERYBODY, HOME_FIRST, Origin, Stage, stage
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts, State
from routing.requirement import Requirement
from routing.scope import Place, Scope
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


def sieved(agents: Iterable[AgentFacts]) -> Sieve:
    sieve = Sieve()
    for agent in agents:
        sieve.put(agent)
    return sieve


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
    short = sieved(agents).digest(call)
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
    assert sieved([far]).digest(call).chosen == "a9"


@pytest.mark.parametrize("prefers", ["", "a2"])
def test_a_ring_of_one_agent_is_nobody_elses(prefers: str) -> None:
    """Who stands in a group with others is told apart where the call is meant for that one."""
    alone = Stage(
        circle=0,
        opens_s=0.0,
        scope=Scope("agent", "a2"),
        requirement=Requirement(),
        prefers=prefers,
    )
    call = CallFacts(
        call_id="k1", asked=Requirement(), plan=EVERYBODY, origin=Origin(), waited_s=5, stage=alone
    )
    agents = [
        AgentFacts(agent_id=each, name="", capability=SKILLED, state="ready")
        for each in ("a1", "a2", "a3")
    ]
    assert [
        (each.agent_id, str(each.passed_over or "")) for each in sieved(agents).digest(call).nearest
    ] == [
        ("a2", ""),
        ("a1", "circle:network"),
        ("a3", "circle:network"),
    ]


def test_of_reasons_as_frequent_the_nearer_is_told_first() -> None:
    """In whatever order agents came."""
    states: list[State] = ["logged_out", "busy", "ready"]
    agents = [
        AgentFacts(agent_id=f"a{n:02}", name="", capability=SKILLED, state=state)
        for n, state in enumerate(states * 11)
    ]
    call = CallFacts(call_id="k1", asked=Requirement(), plan=EVERYBODY, origin=Origin(), waited_s=5)
    for some in (agents, agents[::-1]):
        others = sieved(some).digest(call).others
        assert [(str(reason), count) for reason, count in others] == [
            ("busy", 11),
            ("logged_out", 11),
            ("longer_idle", 1),
        ]
