"""Every agent is accounted for, and the one who is chosen is the one whom the bench gives."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.testing import capability
from routing.circles import HOME_FIRST, Circle, CirclePlan, Origin, Relax, stage
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts, State
from routing.line import Bench
from routing.requirement import Capability, Requirement, levels
from routing.scope import Place

pytestmark = pytest.mark.unit

PLACES = [Place(f"c{n}", f"m{n // 2}", f"r{n // 4}") for n in range(6)]
HOME, NEAR, FAR = PLACES[0], PLACES[1], PLACES[5]
PLAN = CirclePlan(
    circles=(
        Circle(kind="centre", lasts_s=20),
        Circle(kind="municipality", lasts_s=15),
        Circle(kind="network", lasts_s=60),
        Circle(kind="network", relax=Relax(skills_at_most=1, languages=("lv",))),
    )
)
CALL = CallFacts(
    call_id="k1",
    asked=Requirement(skills=(("taxes", 3),), language="ru"),
    plan=PLAN,
    origin=Origin(home=HOME),
    waited_s=8.0,
)
ABLE = capability({"taxes": 4}, {"lv": 5, "ru": 3})

SKILLS = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3), max_size=2).map(levels)
REQUIREMENTS = st.builds(Requirement, skills=SKILLS, language=st.sampled_from(["lv", "ru"]))
CAPABILITIES = st.builds(
    Capability,
    skills=SKILLS,
    languages=st.dictionaries(st.sampled_from(["lv", "ru"]), st.integers(1, 3)).map(levels),
)
AGENTS = st.lists(
    st.builds(
        AgentFacts,
        agent_id=st.sampled_from("abcdef"),
        name=st.just("N"),
        capability=CAPABILITIES,
        state=st.sampled_from(get_args(State)),
        place=st.sampled_from(PLACES),
        idle_since=st.integers(0, 3).map(float),
        barred=st.booleans(),
    ),
    unique_by=lambda agent: agent.agent_id,
)
CALLS = st.builds(
    CallFacts,
    call_id=st.just("k"),
    asked=REQUIREMENTS,
    plan=st.sampled_from([PLAN, HOME_FIRST]),
    origin=st.builds(
        Origin, home=st.sampled_from([Place(), *PLACES]), agent_id=st.sampled_from(["", "a"])
    ),
    waited_s=st.floats(0, 130),
    refused_by=st.frozensets(st.sampled_from("abc")),
)


def agent(agent_id: str = "a", **facts: object) -> AgentFacts:
    """Free at home and able, but for what is said."""
    known = AgentFacts(
        agent_id=agent_id, name=f"Agent {agent_id}", capability=ABLE, state="ready", place=HOME
    )
    return replace(known, **facts)  # type: ignore[arg-type]


def reason(call: CallFacts, *agents: AgentFacts) -> str | None:
    """Why the first of them is passed over."""
    told = {each.agent_id: each.passed_over for each in explain(call, agents).candidates}
    found = told[agents[0].agent_id]
    if found is None:
        return None
    return str(found) if found.in_s is None else f"{found} in {found.in_s:g} s"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, None),
        ({"state": "logged_out"}, "logged_out"),
        ({"state": "not_ready", "detail": "counter"}, "not_ready:counter"),
        ({"state": "busy", "detail": "talking"}, "busy:talking"),
        ({"place": NEAR}, "circle:municipality in 12 s"),
        ({"place": FAR}, "circle:network in 27 s"),
        ({"capability": capability({"taxes": 2}, {"ru": 3})}, "skill:taxes<3 in 87 s"),
        ({"capability": capability({}, {"ru": 3})}, "skill:taxes<1"),
        ({"capability": capability({"taxes": 5}, {"lv": 5})}, "language:ru<1 in 87 s"),
        ({"capability": capability({"taxes": 5}, {"en": 5})}, "language:ru<1"),
        ({"place": FAR, "capability": capability({}, {"ru": 3})}, "skill:taxes<1"),
        ({"barred": True}, None),
    ],
)
def test_each_reason_is_told(facts: dict[str, object], told: str | None) -> None:
    """The first thing that is in the way, and when it will be no more."""
    assert reason(CALL, agent(**facts)) == told


def test_the_cap_a_refusal_and_somebody_else_before() -> None:
    """Reasons that do not lie in what the agent can do."""
    late = replace(CALL, waited_s=40.0)
    assert reason(late, agent(place=FAR, barred=True)) == "remote_cap"
    assert reason(replace(CALL, refused_by=frozenset("a")), agent()) == "refused"
    assert reason(CALL, agent("b", idle_since=2.0), agent("a", idle_since=1.0)) == "longer_idle"
    municipal = replace(CALL, asked=Requirement(language="ru", authority="m1"))
    assert reason(municipal, agent()) == "authority:m1"


def test_the_chosen_one_comes_first_then_the_nearest() -> None:
    """So that a supervisor reads the answer first."""
    told = explain(
        CALL,
        [
            agent("out", state="logged_out"),
            agent("far", place=FAR),
            agent("late", idle_since=9.0),
            agent("best", idle_since=1.0),
        ],
    )
    assert [each.agent_id for each in told.candidates] == ["best", "late", "far", "out"]
    assert told.chosen == "best"
    assert not told.relaxed


@given(CALLS, AGENTS)
def test_it_chooses_whom_the_bench_gives(call: CallFacts, agents: list[AgentFacts]) -> None:
    """The explanation can't tell another story than what happened; everybody is accounted for."""
    bench = Bench()
    for each in agents:
        if each.state == "ready":
            bench.enter(
                each.agent_id,
                each.capability,
                each.idle_since,
                place=each.place,
                barred=each.barred,
            )
    now = stage(call.plan, call.asked, call.origin, call.waited_s)
    told = explain(call, agents)
    assert told.chosen == bench.first_for(
        now.requirement,
        scopes=now.scopes,
        home=call.origin.home.centre,
        without=call.refused_by,
    )
    assert {each.agent_id for each in told.candidates} == {each.agent_id for each in agents}
    assert sum(each.passed_over is None for each in told.candidates) <= 1
