"""Circles, the cap and refusals: whatever the structure does, a plain search finds the same."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contactcentre.testing import capability
from routing import lanes
from routing.line import Bench, Line
from routing.requirement import Capability, Requirement, levels
from routing.scope import NETWORK, NOWHERE, Place, Scope, circles

pytestmark = pytest.mark.unit

PLACES = [Place(f"c{n}", f"m{n // 2}", f"r{n // 4}") for n in range(6)]
AGENTS = [f"a{n}" for n in range(8)]
CALLS = [f"k{n}" for n in range(12)]
HOMES = st.sampled_from(["", *(place.centre for place in PLACES)])
WHERE = st.sampled_from([NOWHERE, *PLACES])
SCOPES = st.lists(
    st.sampled_from([scope for place in PLACES for scope in circles(place)])
    | st.sampled_from([Scope("agent", agent) for agent in AGENTS]),
    min_size=1,
    max_size=2,
    unique=True,
).map(tuple)
SKILLS = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3), max_size=2).map(levels)
LANGUAGES = st.sampled_from(["lv", "ru"])
REQUIREMENTS = st.builds(
    Requirement,
    skills=SKILLS,
    language=LANGUAGES,
    language_level=st.integers(0, 2),
    also=st.sampled_from([(), ("lv",)]),
    authority=st.sampled_from(["", "m1"]),
)
CAPABILITIES = st.builds(
    Capability,
    skills=SKILLS,
    languages=st.dictionaries(LANGUAGES, st.integers(0, 3)).map(levels),
    authorities=st.sampled_from([(), ("m1",)]),
)
INSTANTS = st.integers(0, 5).map(float)

ANYBODY = Requirement()
ABLE = capability({}, {"lv": 3})
HOME, NEAR, FAR = PLACES[0], PLACES[1], PLACES[5]


@dataclass(frozen=True)
class WaitingCall:
    since: float
    asked: Requirement
    scopes: tuple[Scope, ...]
    home: str


@dataclass(frozen=True)
class IdleAgent:
    since: float
    able: Capability
    place: Place
    barred: bool


def may(agent_id: str, agent: IdleAgent, call: WaitingCall) -> bool:
    """The rule in plain words."""
    own = call.home != "" and call.home == agent.place.centre
    around = (*circles(agent.place), Scope("agent", agent_id))
    return agent.able.meets(call.asked) and any(
        scope in around
        and (not agent.barred or own or scope == ("centre", agent.place.centre or None))
        for scope in call.scopes
    )


class Hall(RuleBasedStateMachine):
    """Calls and agents come, move and go; each asks for the other."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.line, self.bench = Line(), Bench()
        self.calls: dict[str, WaitingCall] = {}
        self.agents: dict[str, IdleAgent] = {}

    @initialize(steps=st.sampled_from([1, lanes.STEPS_PER_LANE]))
    def walk_so_far(self, steps: int) -> None:
        """Mostly a walk finds it; where it gives up early, the mask does."""
        self.patch.setattr(lanes, "STEPS_PER_LANE", steps)

    def teardown(self) -> None:
        self.patch.undo()

    @rule(
        key=st.sampled_from(CALLS),
        call=st.builds(WaitingCall, INSTANTS, REQUIREMENTS, SCOPES, HOMES),
    )
    def wait(self, key: str, call: WaitingCall) -> None:
        self.calls[key] = call
        self.line.enter(key, call.asked, call.since, scopes=call.scopes, home=call.home)

    @rule(
        key=st.sampled_from(AGENTS),
        agent=st.builds(IdleAgent, INSTANTS, CAPABILITIES, WHERE, st.booleans()),
    )
    def sit(self, key: str, agent: IdleAgent) -> None:
        self.agents[key] = agent
        self.bench.enter(key, agent.able, agent.since, place=agent.place, barred=agent.barred)

    @rule(key=st.sampled_from(CALLS))
    def hang_up(self, key: str) -> None:
        self.calls.pop(key, None)
        self.line.leave(key)

    @rule(key=st.sampled_from(AGENTS))
    def stand_up(self, key: str) -> None:
        self.agents.pop(key, None)
        self.bench.leave(key)

    @rule(
        key=st.sampled_from(AGENTS),
        agent=st.builds(IdleAgent, INSTANTS, CAPABILITIES, WHERE, st.booleans()),
        refused=st.frozensets(st.sampled_from(CALLS), max_size=6),
    )
    def ask_for_a_call(self, key: str, agent: IdleAgent, refused: frozenset[str]) -> None:
        found = self.line.first_for(
            agent.able, agent_id=key, place=agent.place, barred=agent.barred, without=refused
        )
        fitting = [
            (call.since, each)
            for each, call in self.calls.items()
            if each not in refused and may(key, agent, call)
        ]
        assert found == (min(fitting)[1] if fitting else None)

    @rule(
        call=st.builds(WaitingCall, INSTANTS, REQUIREMENTS, SCOPES, HOMES),
        refused_by=st.frozensets(st.sampled_from(AGENTS), max_size=4),
    )
    def ask_for_an_agent(self, call: WaitingCall, refused_by: frozenset[str]) -> None:
        found = self.bench.first_for(
            call.asked, scopes=call.scopes, home=call.home, without=refused_by
        )
        fitting = [
            (agent.since, each)
            for each, agent in self.agents.items()
            if each not in refused_by and may(each, agent, call)
        ]
        assert found == (min(fitting)[1] if fitting else None)

    @invariant()
    def everybody_is_there_in_order(self) -> None:
        waiting = sorted((call.since, key) for key, call in self.calls.items())
        assert list(self.line.in_order()) == [key for _, key in waiting]
        assert len(self.bench) == len(self.agents)
        sitting = sorted(
            (agent.since, key)
            for key, agent in self.agents.items()
            if not agent.barred and agent.place.municipality == "m1"
        )
        there = self.bench.standing_at(Scope("municipality", "m1"))
        assert there == [key for _, key in sitting]


Hall.TestCase.settings = settings(max_examples=7, stateful_step_count=40, deadline=None)
test_line_and_bench_find_what_a_plain_search_finds = Hall.TestCase


def test_a_call_of_one_centre_is_not_heard_elsewhere() -> None:
    """Until its ring widens."""
    line = Line()
    line.enter("k", ANYBODY, 1.0, scopes=(Scope("centre", "c0"),), home="c0")
    assert line.first_for(ABLE, agent_id="a", place=NEAR) is None
    line.enter("k", ANYBODY, 1.0, scopes=(Scope("municipality", "m0"),), home="c0")
    assert line.first_for(ABLE, agent_id="a", place=NEAR) == "k"
    assert line.first_for(ABLE, agent_id="a", place=FAR) is None


def test_one_order_over_all_circles() -> None:
    """A freed agent takes whoever has waited longest, near or far."""
    line = Line()
    line.enter("near", ANYBODY, 2.0, scopes=(Scope("centre", "c0"),), home="c0")
    line.enter("far", ANYBODY, 1.0, scopes=(NETWORK,), home="c5")
    assert line.first_for(ABLE, agent_id="a", place=HOME) == "far"


def test_a_barred_centre_still_gets_its_own_calls() -> None:
    """Even those that have widened to the whole network, and no others."""
    line = Line()
    line.enter("stranger", ANYBODY, 1.0, scopes=(NETWORK,), home="c5")
    line.enter("nobody's", ANYBODY, 2.0)
    line.enter("own", ANYBODY, 3.0, scopes=(NETWORK,), home="c0")
    assert line.first_for(ABLE, agent_id="a", place=HOME, barred=True) == "own"
    bench = Bench()
    bench.enter("a", ABLE, 1.0, place=HOME, barred=True)
    assert bench.first_for(ANYBODY, home="c5") is None
    assert bench.first_for(ANYBODY, home="c0") == "a"


def test_the_preferred_agent_is_found_by_name() -> None:
    """Wherever the agent sits, in a line of one."""
    bench = Bench()
    bench.enter("a", ABLE, 1.0, place=FAR)
    bench.enter("b", ABLE, 0.0, place=HOME)
    assert bench.first_for(ANYBODY, scopes=(Scope("agent", "a"),), home="c0") == "a"
    both = (Scope("centre", "c0"), Scope("agent", "a"))
    assert bench.first_for(ANYBODY, scopes=both, home="c0") == "b"
    line = Line()
    line.enter("k", ANYBODY, 1.0, scopes=both, home="c0")
    assert line.first_for(ABLE, agent_id="a", place=FAR) == "k"
    assert line.first_for(ABLE, agent_id="c", place=FAR) is None


def test_a_refused_call_goes_to_the_next() -> None:
    """Both ways, past everybody in the same lane who is left out."""
    bench, line = Bench(), Line()
    for number in range(4):
        bench.enter(f"a{number}", ABLE, float(number))
        line.enter(f"k{number}", ANYBODY, float(number))
    assert bench.first_for(ANYBODY, without={"a0", "a1", "a2"}) == "a3"
    assert line.first_for(ABLE, without={"k0", "k2"}) == "k1"
    assert bench.first_for(ANYBODY, without={"a0", "a1", "a2", "a3"}) is None


def test_few_lanes_that_fit_are_found_behind_many_that_do_not() -> None:
    """A rare skill far down the line costs no walk past everybody."""
    line = Line()
    for number in range(500):
        line.enter(f"k{number}", Requirement(skills=((f"s{number}", 1),)), float(number))
    able = Capability(skills=(("s450", 1), ("s499", 1)), languages=(("lv", 1),))
    assert line.first_for(able) == "k450"
    assert line.first_for(able, without={"k450"}) == "k499"


@given(
    arrivals=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), min_size=1, max_size=40),
    per_arrival=st.floats(0.2, 1.0),
)
def test_a_head_start_delays_nobody_for_longer_than_itself(
    arrivals: list[tuple[int, int]], per_arrival: float
) -> None:
    """Whoever is taken came no later than the greatest head start after anybody who still waits."""
    line, queued_at = Line(), dict[str, float]()
    at = owed = 0.0
    for number, (gap_s, head_start_s) in enumerate(arrivals):
        at += gap_s
        queued_at[f"k{number}"] = at
        line.enter(f"k{number}", ANYBODY, at - head_start_s)
        owed += per_arrival
        if owed >= 1.0:
            owed -= 1.0
            taken = line.first_for(ABLE)
            assert taken is not None
            assert queued_at[taken] <= min(queued_at.values()) + 20
            line.leave(taken)
            del queued_at[taken]
    while (taken := line.first_for(ABLE)) is not None:
        line.leave(taken)
        del queued_at[taken]
    assert not queued_at


def test_an_empty_lane_is_forgotten() -> None:
    """The next one that fits is found after the first has left."""
    line = Line()
    for number in range(100):
        line.enter(f"k{number}", Requirement(skills=((f"s{number}", 1),)), float(number))
    able = Capability(skills=(("s90", 1), ("s99", 1)), languages=(("lv", 1),))
    line.leave("k90")
    assert line.first_for(able) == "k99"


def test_places_where_nobody_stands_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands is found all the same, by those who have asked before and by others."""
    monkeypatch.setattr(lanes, "ROOM", 3)
    line, bench = Line(), Bench()
    line.enter("stays", ANYBODY, 0.0, scopes=(Scope("centre", "c0"),), home="c0")
    bench.enter("a", ABLE, 0.0, place=HOME)
    for number in range(20):
        place = Place(f"x{number}", "m0", "r0")
        scope = Scope("centre", place.centre)
        line.enter("passes", ANYBODY, 1.0, scopes=(scope,), home=place.centre)
        assert line.first_for(ABLE, agent_id="b", place=place) == "passes"
        assert line.first_for(ABLE, agent_id="a", place=HOME) == "stays"
        assert bench.first_for(ANYBODY, scopes=(scope, Scope("agent", "a"))) == "a"
        assert bench.first_for(ANYBODY, scopes=(scope,), home=place.centre) is None
    assert line.addresses < 20
    assert bench.addresses < 20


def test_a_rare_call_nearby_does_not_overtake() -> None:
    """What is found last is not what comes first."""
    line = Line()
    for number in range(100):
        rare = Requirement(skills=((f"s{number}", 1),))
        line.enter(f"k{number}", rare, float(number), scopes=(Scope("centre", "c0"),), home="c0")
    line.enter("early", ANYBODY, 50.0)
    able = Capability(skills=(("s90", 1),), languages=(("lv", 1),))
    assert line.first_for(able, agent_id="a", place=HOME) == "early"


def test_of_two_named_agents_the_longer_idle_one() -> None:
    """In whichever order they are named, and never one who has refused."""
    bench = Bench()
    bench.enter("a", ABLE, 1.0, place=HOME)
    bench.enter("b", ABLE, 2.0, place=FAR)
    both = (Scope("agent", "a"), Scope("agent", "b"))
    for scopes in (both, both[::-1]):
        assert bench.first_for(ANYBODY, scopes=scopes) == "a"
        assert bench.first_for(ANYBODY, scopes=scopes, without={"a"}) == "b"


def test_the_cap_holds_for_the_preferred_agent_too() -> None:
    """Whoever is barred gets a caller from afar by no name; one of the own centre, yes."""
    scopes = (Scope("agent", "a"),)
    for home, found in (("c5", False), ("", False), ("c0", True)):
        bench, line = Bench(), Line()
        bench.enter("a", ABLE, 1.0, place=HOME, barred=True)
        line.enter("k", ANYBODY, 1.0, scopes=scopes, home=home)
        assert (bench.first_for(ANYBODY, scopes=scopes, home=home) == "a") is found
        asked = line.first_for(ABLE, agent_id="a", place=HOME, barred=True)
        assert (asked == "k") is found
