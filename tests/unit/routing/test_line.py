"""First come, first served, among those who may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.testing import capability
from routing.line import Bench, Line
from routing.model import Capability, Requirement, levels

pytestmark = pytest.mark.unit

ANYBODY = Requirement()
TAXES = Requirement(skills=(("taxes", 2),))
RUSSIAN = Requirement(language="ru")

BEGINNER = capability({"taxes": 1}, {"lv": 3})
EXPERT = capability({"taxes": 5}, {"lv": 3, "ru": 1})

SKILLS = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3), max_size=2).map(levels)
REQUIREMENTS = st.builds(Requirement, skills=SKILLS, language=st.sampled_from(["lv", "ru"]))
CAPABILITIES = st.builds(
    Capability,
    skills=SKILLS,
    languages=st.dictionaries(st.sampled_from(["lv", "ru"]), st.integers(0, 3)).map(levels),
)
ENTRIES = st.lists(st.tuples(REQUIREMENTS, st.integers(0, 5)), max_size=12)


@pytest.mark.parametrize(
    ("one", "asked", "may"),
    [
        (BEGINNER, ANYBODY, True),
        (BEGINNER, TAXES, False),
        (EXPERT, TAXES, True),
        (BEGINNER, RUSSIAN, False),
        (EXPERT, RUSSIAN, True),
        (Capability(), ANYBODY, False),
        (EXPERT, Requirement(language="ru", language_level=2), False),
    ],
)
def test_skill_and_language_must_reach_the_level(
    one: Capability, asked: Requirement, may: bool
) -> None:
    """Every skill asked for, at its level, and the language at its own."""
    assert one.meets(asked) is may


def test_the_longest_waiting_call_comes_first() -> None:
    """Of those that the agent may answer, whatever they ask for."""
    line = Line()
    line.enter("taxes", TAXES, 1.0)
    line.enter("second", ANYBODY, 3.0)
    line.enter("first", ANYBODY, 2.0)
    assert list(line.in_order()) == ["taxes", "first", "second"]
    assert line.first_for(BEGINNER) == "first"
    assert line.first_for(EXPERT) == "taxes"
    assert line.first_for(Capability()) is None


def test_the_longest_idle_agent_comes_first() -> None:
    """Of those who may answer the call."""
    bench = Bench()
    bench.enter("beginner", BEGINNER, 1.0)
    bench.enter("expert", EXPERT, 2.0)
    assert bench.first_for(ANYBODY) == "beginner"
    assert bench.first_for(TAXES) == "expert"
    assert bench.first_for(Requirement(language="en")) is None


def test_entering_again_moves() -> None:
    """Nobody stands in line twice."""
    line = Line()
    line.enter("a", ANYBODY, 1.0)
    line.enter("b", ANYBODY, 2.0)
    line.enter("a", TAXES, 3.0)
    assert list(line.in_order()) == ["b", "a"]
    assert len(line) == 2


def test_leaving_twice_is_no_fault() -> None:
    """Who does not stand in line leaves nothing."""
    line = Line()
    line.enter("a", ANYBODY, 1.0)
    line.leave("a")
    line.leave("a")
    assert "a" not in line
    assert line.first_for(EXPERT) is None


def test_the_same_instant_is_decided_by_the_id() -> None:
    """The order is total, so a replay decides alike."""
    line = Line()
    for key in ("b", "a"):
        line.enter(key, ANYBODY, 1.0)
    assert line.first_for(EXPERT) == "a"


@given(entries=ENTRIES, who=CAPABILITIES, gone=st.sets(st.integers(0, 11)))
def test_the_line_is_what_a_plain_search_finds(
    entries: list[tuple[Requirement, int]], who: Capability, gone: set[int]
) -> None:
    """Lanes are only a faster way: the answer is that of looking at everybody."""
    line = Line()
    for number, (asked, since) in enumerate(entries):
        line.enter(f"{number:02}", asked, float(since))
    for number in gone:
        line.leave(f"{number:02}")
    left = sorted(
        (since, f"{number:02}")
        for number, (asked, since) in enumerate(entries)
        if number not in gone and who.meets(asked)
    )
    assert line.first_for(who) == (left[0][1] if left else None)


@given(skills=st.dictionaries(st.text(), st.integers()))
def test_levels_are_canonical(skills: dict[str, int]) -> None:
    """The order in which they were given does not matter."""
    assert levels(skills) == levels(dict(reversed(list(skills.items()))))
