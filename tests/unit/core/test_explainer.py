"""What is kept of agents from one decision to the next: the same that going through all finds."""

from collections import Counter, deque
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from contactcentre.core import values
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.config.network import Centre, Network
from contactcentre.core.explanation import Explainer, Roster, Scene
from contactcentre.testing import capability, municipalities, network, profile
from routing.circles import EVERYBODY, HOME_FIRST, Origin, Stage
from routing.explain import NEARNESS, explain
from routing.explanation import CallFacts, Candidate, Digest, Reason
from routing.requirement import Capability, Requirement
from routing.scope import NOWHERE, Place, Scope
from routing.sieve import NEAREST

pytestmark = pytest.mark.unit

CENTRES = [f"c{number}" for number in range(4)]
PLACES = [Place(centre, f"m{n // 2}", f"r{n // 3}") for n, centre in enumerate(CENTRES)]
CAPABILITIES = [
    capability({"taxes": 3}, {"lv": 5}),
    capability({"taxes": 1}, {"lv": 5, "ru": 3}),
    Capability(authorities=("m1",)),
]
REQUIREMENTS = [
    Requirement(),
    Requirement(skills=(("taxes", 2),)),
    Requirement(language="ru", language_level=2, authority="m1"),
]

Members = dict[int, tuple[str, Capability]]

NUMBERS = st.integers(1, 40)
IDS = NUMBERS.map("a{}".format)
MEMBERS = st.dictionaries(
    NUMBERS,
    st.tuples(st.sampled_from(CENTRES), st.sampled_from(CAPABILITIES)),
    min_size=20,
)
AGENTS = st.builds(
    Agent,
    agent_id=IDS,
    endpoint=st.just("e"),
    name=st.just("N"),
    state=st.sampled_from([*State, State.READY, State.READY]),
    reason=st.sampled_from(["lunch", "counter", None]),
    idle_since=st.integers(0, 3).map(float),
)
FEW = st.frozensets(IDS, max_size=3)
ALONE = st.builds(
    Stage,
    circle=st.just(0),
    opens_s=st.just(0.0),
    scope=IDS.map(lambda agent_id: Scope("agent", agent_id)),
    requirement=st.sampled_from(REQUIREMENTS),
)
CALLS = st.builds(
    CallFacts,
    call_id=st.just("k1"),
    asked=st.sampled_from(REQUIREMENTS),
    plan=st.sampled_from([EVERYBODY, HOME_FIRST]),
    origin=st.builds(Origin, home=st.sampled_from([NOWHERE, *PLACES]), agent_id=st.just("") | IDS),
    waited_s=st.sampled_from([0.0, 12.0, 33.0, 50.0, 70.0, 500.0]),
    refused_by=FEW,
    stage=st.none() | ALONE,
)


def made(members: Members) -> Network:
    """These agents, each in a centre."""
    profiles = [
        replace(profile(number), centre_id=centre, capability=can)
        for number, (centre, can) in members.items()
    ]
    return replace(
        network(*profiles),
        municipalities=municipalities(m0="r0", m1="r1"),
        centres={
            place.centre: Centre(centre_id=place.centre, name="C", municipality=place.municipality)
            for place in PLACES
        },
    )


def plain(scene: Scene, chosen: str) -> Digest:
    """The full explanation, cut short; who was chosen is the first of those who were free."""
    told = explain(scene.call, scene.roster.everybody())
    reasons = {each.agent_id: each.passed_over for each in told.candidates}
    longer = Reason(code="longer_idle")
    free = [key for key, reason in reasons.items() if reason in (None, longer)]
    free.sort(key=lambda agent_id: agent_id != chosen)
    first = {key: longer if place else None for place, key in enumerate(free)}
    reasons = first | {key: reason for key, reason in reasons.items() if key not in first}
    others = Counter(
        replace(reason, in_s=None) for reason in [*reasons.values()][NEAREST:] if reason is not None
    )
    return Digest(
        waited_s=told.waited_s,
        asked=told.asked,
        stage=told.stage,
        skipped=told.skipped,
        nearest=tuple(
            Candidate(agent_id=agent_id, name="", passed_over=reason)
            for agent_id, reason in [*reasons.items()][:NEAREST]
        ),
        others=tuple(sorted(others.items(), key=order)),
    )


def order(counted: tuple[Reason, int]) -> tuple[int, int, str, int]:
    reason, count = counted
    return -count, NEARNESS[reason.code], reason.detail, reason.level


class Day(RuleBasedStateMachine):
    """Agents change, come and go; networks are published; calls are decided."""

    def __init__(self) -> None:
        super().__init__()
        self.explainer = Explainer()
        self.agents: dict[str, Agent] = {}

    @initialize(members=MEMBERS)
    def begin(self, members: Members) -> None:
        self.publish(members)
        for number in members:
            self.change(Agent(agent_id=f"a{number}", endpoint="e", name="N", state=State.READY))

    @rule(members=MEMBERS)
    def publish(self, members: Members) -> None:
        self.network = made(members)

    @rule(agent=AGENTS)
    def change(self, agent: Agent) -> None:
        """Or come: also one whom the configuration does not know."""
        self.agents[agent.agent_id] = agent

    @rule(agent_id=IDS)
    def leave(self, agent_id: str) -> None:
        self.agents.pop(agent_id, None)

    @rule(agent_id=IDS)
    def leave_and_come_back(self, agent_id: str) -> None:
        """As many as before, in another order."""
        agent = self.agents.pop(agent_id, None)
        if agent is not None:
            self.agents[agent_id] = agent

    @rule(
        calls=st.lists(CALLS, min_size=1, max_size=3),
        chosen=FEW,
        barred=st.frozensets(st.sampled_from(CENTRES)),
        agent=AGENTS,
    )
    def decide(
        self,
        calls: list[CallFacts],
        chosen: frozenset[str],
        barred: frozenset[str],
        agent: Agent,
    ) -> None:
        """Calls of one event, of whom each finds one agent less; somebody changes before it."""
        self.change(agent)
        agents, left = dict(self.agents), sorted(chosen & self.agents.keys())
        for call in calls:
            roster = Roster(
                agents=agents, network=self.network, barred=barred, chosen=frozenset(left)
            )
            scene, first = Scene(call=call, roster=roster), left.pop(0) if left else ""
            deque(self.explainer.follow(roster))
            assert self.explainer.digest(scene, first) == plain(scene, first)


Day.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
test_what_is_kept_says_what_going_through_all_says = Day.TestCase


def test_only_who_has_changed_is_looked_at() -> None:
    """Of a network that is known; where it is another one, everybody is."""
    explainer, given = Explainer(), made(dict.fromkeys(range(1, 31), ("c0", CAPABILITIES[0])))
    agents = {key: Agent(agent_id=key, endpoint="e", name="N") for key in given.agents}
    after = agents | {"a7": values.replace(agents["a7"], state=State.READY)}
    roster = Roster(agents=agents, network=given, barred=frozenset())
    changed = replace(roster, agents=after)
    steps = [
        len([*explainer.follow(each)])
        for each in (roster, changed, changed, replace(changed, network=replace(given)))
    ]
    assert steps == [30, 1, 0, 30]
