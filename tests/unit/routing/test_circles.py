"""Rings widen and relax, and never take back what they gave."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.testing import capability
from routing.circles import HOME_FIRST, Circle, CirclePlan, Origin, Relax, Stage, stage, stages
from routing.requirement import Capability, Requirement, levels
from routing.scope import NETWORK, NOWHERE, WIDTHS, Place, Scope, ScopeKind, circles

pytestmark = pytest.mark.unit

PLACES = [Place(f"c{n}", f"m{n // 2}", f"r{n // 4}") for n in range(6)]
HOME = PLACES[0]
KINDS: list[ScopeKind] = ["agent", "centre", "municipality", "region", "network"]
SKILLS = st.dictionaries(st.sampled_from("abc"), st.integers(1, 5), max_size=3).map(levels)
LANGUAGES = st.sampled_from(["lv", "ru", "en"])
REQUIREMENTS = st.builds(
    Requirement,
    skills=SKILLS,
    language=LANGUAGES,
    language_level=st.integers(1, 3),
    authority=st.sampled_from(["", "m0", "m1"]),
)
CAPABILITIES = st.builds(
    Capability,
    skills=SKILLS,
    languages=st.dictionaries(LANGUAGES, st.integers(1, 3)).map(levels),
    authorities=st.sampled_from([(), ("m0",), ("m0", "m1")]),
)
RELAXES = st.builds(
    Relax,
    skills_at_most=st.none() | st.integers(0, 4),
    drop=st.sampled_from([(), ("a",), ("a", "b")]),
    language_at_most=st.none() | st.integers(0, 2),
    languages=st.sampled_from([(), ("ru",), ("en", "ru")]),
    any_authority=st.booleans(),
)
CIRCLES = st.builds(Circle, kind=st.sampled_from(KINDS), lasts_s=st.integers(0, 30), relax=RELAXES)
PLANS = st.lists(CIRCLES, max_size=7).map(
    lambda rings: CirclePlan(
        circles=(*sorted(rings, key=lambda ring: WIDTHS[ring.kind]), Circle(kind="network"))
    )
)
AWAY = st.frozensets(st.sampled_from(KINDS[:-1]))
ORIGINS = st.builds(
    Origin,
    home=st.sampled_from([NOWHERE, Place("", "m0", "r0"), *PLACES]),
    agent_id=st.sampled_from(["", "x"]),
    away=AWAY,
)
SECONDS = st.floats(0, 200)
ASKED = Requirement(skills=(("taxes", 3),), language="ru", language_level=2)


def admitted(able: Capability, place: Place, agent_id: str, now: Stage) -> bool:
    """Whether this agent may answer at this stage."""
    around = (*circles(place), Scope("agent", agent_id))
    return able.meets(now.requirement) and any(scope in around for scope in now.scopes)


def kinds_at(origin: Origin, *waited_s: float) -> list[tuple[ScopeKind, float | None]]:
    """What the sample plan does after so many seconds."""
    found = [stage(HOME_FIRST, ASKED, origin, each) for each in waited_s]
    return [(each.scope.kind, each.next_in_s) for each in found]


def test_the_preferred_agent_then_home_then_wider() -> None:
    """Each ring for its own seconds, the last one without end."""
    origin = Origin(home=HOME, agent_id="x")
    assert kinds_at(origin, 0, 4, 10, 30, 45, 60, 120, 9999) == [
        ("agent", 10),
        ("agent", 6),
        ("centre", 20),
        ("municipality", 15),
        ("region", 15),
        ("network", 60),
        ("network", None),
        ("network", None),
    ]


def test_a_ring_that_is_not_known_takes_no_time() -> None:
    """Who rang the common number is offered to everybody at once."""
    assert kinds_at(Origin(), 0, 60) == [("network", 60), ("network", None)]
    known = Origin(home=Place("", "m0", "r0"))
    assert kinds_at(known, 0, 15, 30) == [("municipality", 15), ("region", 15), ("network", 60)]


def test_nobody_waits_for_a_centre_that_is_closed() -> None:
    """A ring in which nobody is at work takes no time either; the network always stays."""
    closed = Origin(home=HOME, away=frozenset({"centre", "municipality", "network"}))
    assert kinds_at(closed, 0, 15) == [("region", 15), ("network", 60)]


def test_the_preferred_agent_stays_welcome() -> None:
    """While wider rings are open too, and although the agent sits elsewhere."""
    now = stage(HOME_FIRST, ASKED, Origin(home=HOME, agent_id="x"), 12)
    assert now.scopes == (Scope("centre", "c0"), Scope("agent", "x"))
    assert stage(HOME_FIRST, ASKED, Origin(home=HOME, agent_id="x"), 70).scopes == (NETWORK,)


def test_relaxations_add_up() -> None:
    """Each ring asks for what is left after all the ones before it."""
    plan = CirclePlan(
        circles=(
            Circle(kind="network", lasts_s=10, relax=Relax(skills_at_most=2)),
            Circle(kind="network", lasts_s=10, relax=Relax(languages=("lv",), language_at_most=1)),
            Circle(kind="network", relax=Relax(drop=("taxes",))),
        )
    )
    left = [each.requirement for each in stages(plan, ASKED, Origin())]
    lower = replace(ASKED, skills=(("taxes", 2),))
    wider = replace(lower, also=("lv",), language_level=1)
    assert left == [lower, wider, replace(wider, skills=())]


def test_any_language_and_any_authority_can_be_agreed_to() -> None:
    """Level 0 of a language is any language; a municipality's services become everybody's."""
    asked = Requirement(language="ru", authority="m1")
    relaxed = Relax(language_at_most=0, any_authority=True).of(asked)
    anybody = capability({}, {})
    assert not anybody.meets(asked)
    assert anybody.meets(relaxed)


def test_a_timer_that_fires_a_little_early_is_punctual() -> None:
    """So that no ring is asked for twice."""
    assert kinds_at(Origin(home=HOME), 19.9999) == [("municipality", pytest.approx(15, abs=0.01))]


@pytest.mark.parametrize(
    "circles",
    [
        (),
        (Circle(kind="centre"),),
        (Circle(kind="region"), Circle(kind="centre"), Circle(kind="network")),
        (Circle(kind="centre", lasts_s=-1), Circle(kind="network")),
    ],
)
def test_a_plan_that_strands_somebody_is_refused(circles: tuple[Circle, ...]) -> None:
    """It must end with everybody and never narrow."""
    with pytest.raises(ValueError, match="circle"):
        CirclePlan(circles=circles)


@given(PLANS, REQUIREMENTS, ORIGINS, SECONDS, SECONDS, CAPABILITIES, st.sampled_from(PLACES))
def test_waiting_longer_excludes_nobody(
    plan: CirclePlan,
    asked: Requirement,
    origin: Origin,
    one_s: float,
    other_s: float,
    able: Capability,
    place: Place,
) -> None:
    """Whoever may answer at one moment may answer at every later one, the preferred agent too."""
    early, late = (stage(plan, asked, origin, at) for at in sorted((one_s, other_s)))
    for agent_id in ("x", "y"):
        assert not admitted(able, place, agent_id, early) or admitted(able, place, agent_id, late)


@given(PLANS, REQUIREMENTS, ORIGINS, AWAY, SECONDS, CAPABILITIES, st.sampled_from(PLACES))
def test_people_going_home_excludes_nobody(
    plan: CirclePlan,
    asked: Requirement,
    origin: Origin,
    gone: frozenset[ScopeKind],
    waited_s: float,
    able: Capability,
    place: Place,
) -> None:
    """Where more rings turn out to be empty the call is at least as far as it was."""
    before = stage(plan, asked, origin, waited_s)
    after = stage(plan, asked, replace(origin, away=origin.away | gone), waited_s)
    assert after.circle >= before.circle
    for agent_id in ("x", "y"):
        assert not admitted(able, place, agent_id, before) or admitted(able, place, agent_id, after)


@given(PLANS, REQUIREMENTS, ORIGINS)
def test_timers_lead_through_every_stage_to_everybody(
    plan: CirclePlan, asked: Requirement, origin: Origin
) -> None:
    """Asking again when it said so ends in the last ring, after each stage in turn."""
    waited_s, seen = 0.0, [stage(plan, asked, origin, 0.0)]
    while (next_in_s := seen[-1].next_in_s) is not None:
        waited_s += next_in_s
        seen.append(stage(plan, asked, origin, waited_s))
        assert seen[-1].circle > seen[-2].circle
    assert seen[-1].circle == len(plan.circles) - 1
    assert seen[-1].scope == NETWORK
