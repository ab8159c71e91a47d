"""Scores by their formula, talks by chance that can be reckoned anew, and documents: pure."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_ui.quality.documents import WRITTEN
from agents_ui.quality.port import Filled, QualityRefused
from contactcentre.core.config.document import Refused
from contactcentre.features.quality import cards, documents, drawing, sampler, scoring
from contactcentre.features.quality.document import Criterion, CriterionGroup, Scorecard
from contactcentre.features.quality.drawing import SampledTalk
from contactcentre.features.quality.scoring import Score
from contactcentre.features.upkeep.guard import found_in
from contactcentre.settings import ROOT

pytestmark = pytest.mark.unit

CARD = Scorecard(
    lv="Saruna",
    en="Talk",
    groups=(
        CriterionGroup(
            lv="Visa",
            en="All",
            criteria=(
                Criterion(key="a", lv="A", en="A", weight=3, critical=True),
                Criterion(key="b", lv="B", en="B", weight=2),
                Criterion(key="c", lv="C", en="C", weight=1, scale="one_to_five"),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"a": "yes", "b": "yes", "c": "5"}, Score(100, failed=False)),
        ({"a": "yes", "b": "no", "c": "5"}, Score(67, failed=False)),
        ({"a": "yes", "b": "no", "c": "1"}, Score(50, failed=False)),
        ({"a": "yes", "b": "no", "c": "3"}, Score(58, failed=False)),  # 3.5 / 6
        ({"a": "na", "b": "no", "c": "2"}, Score(8, failed=False)),  # 0.25 / 3
        ({"a": "na", "b": "na", "c": "4"}, Score(75, failed=False)),
        ({"a": "no", "b": "yes", "c": "5"}, Score(0, failed=True)),
        ({"a": "na", "b": "na", "c": "na"}, Score(None, failed=False)),
    ],
)
def test_the_score_is_its_formula(marks: dict[str, str], expected: Score) -> None:
    """The weighted share of what applies; a critical No makes it nothing."""
    assert scoring.score(CARD, marks) == expected


_BOXES = st.sampled_from(["yes", "no", "na"])


@given(a=st.sampled_from(["yes", "na"]), b=_BOXES, c=st.sampled_from(["1", "2", "3", "4", "5"]))
def test_a_better_mark_never_lowers_the_score(a: str, b: str, c: str) -> None:
    """Whatever else is marked."""
    now = scoring.score(CARD, {"a": a, "b": b, "c": c}).points
    better = scoring.score(CARD, {"a": a, "b": b, "c": "5"}).points
    assert now is not None
    assert better is not None
    assert 0 <= now <= better <= 100


def test_the_weights_are_exact() -> None:
    """Halves are rounded up, and no binary fraction tips one."""
    card = Scorecard(
        lv="x",
        en="x",
        groups=(
            CriterionGroup(
                lv="x",
                en="x",
                criteria=(
                    Criterion(key="a", lv="A", en="A", weight=1),
                    Criterion(key="b", lv="B", en="B", weight=7),
                ),
            ),
        ),
    )
    assert scoring.score(card, {"a": "yes", "b": "no"}).points == 13  # of 12.5
    assert Fraction(1, 8) * 100 == Fraction(25, 2)


def talks(count: int, kept: int = 0) -> list[SampledTalk]:
    """So many, the first of them recorded."""
    return [
        SampledTalk(call_id=f"c{number}", leg_id=f"c{number}-1", kept=number < kept)
        for number in range(count)
    ]


def test_chance_says_the_same_again() -> None:
    """In whatever order the talks come; another agent, month or rule has another draw."""
    every, seed = talks(60), drawing.seed(202611, "a1", "monthly")
    chosen = drawing.drawn(every, seed, 5)
    assert chosen == drawing.drawn(reversed(every), seed, 5)
    assert [place for place, _ in chosen] == sorted(place for place, _ in chosen)
    others = {
        tuple(one.call_id for _, one in drawing.drawn(every, drawing.seed(*key), 5))
        for key in ((202611, "a1", "monthly"), (202612, "a1", "monthly"), (202611, "a2", "monthly"))
    }
    assert len(others) == 3


def test_chance_favours_nobody() -> None:
    """Over many months each of ten talks is drawn about as often as any other."""
    count = dict.fromkeys((one.call_id for one in talks(10)), 0)
    for month in range(2000):
        for _, one in drawing.drawn(talks(10), drawing.seed(month, "a", "r"), 3):
            count[one.call_id] += 1
    assert sum(count.values()) == 6000
    assert all(520 <= each <= 680 for each in count.values())  # 600, and four deviations


def test_recorded_talks_where_there_are_any() -> None:
    """Else all: record and note are enough."""
    assert [one.call_id for one in drawing.population(talks(5, kept=2))] == ["c0", "c1"]
    assert len(drawing.population(talks(5))) == 5
    assert len(drawing.drawn(talks(2), "x", 9)) == 2
    assert drawing.drawn(talks(2), "x", -1) == []


def test_a_month_is_drawn_evenly() -> None:
    """The first on its first day, all by its last, and never fewer on a later day."""
    days = [drawing.due(4, date(2026, 11, day)) for day in range(1, 31)]
    assert (days[0], days[14], days[-1]) == (1, 2, 4)
    assert days == sorted(days)
    assert list(sampler.due(4, date(2027, 1, 3))) == [(date(2026, 12, 1), 4), (date(2027, 1, 1), 1)]
    assert list(sampler.due(4, date(2027, 1, 8))) == [(date(2027, 1, 1), 2)]
    assert sampler.following(date(2026, 12, 1)) == date(2027, 1, 1)


def test_what_it_begins_with_holds_together() -> None:
    """Each document of the file is one, and names what is there."""
    made = documents.starter(ROOT / "config" / "starter" / "quality.yaml")
    assert {kind: len(some) for kind, some in made.items()} == {
        "scorecard": 2,
        "rule": 1,
        "script": 1,
    }
    talk, test = made["scorecard"].values()
    assert isinstance(talk, Scorecard)
    assert isinstance(test, Scorecard)
    assert len(talk.criteria) == 7
    assert (talk.use, test.use) == ("talk", "test")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"groups": []}, "empty"),
        ({"lv": ""}, "lv"),
        ({"groups": [{"lv": "x", "en": "x", "criteria": [{"key": "a", "lv": "A"}]}]}, "en"),
    ],
)
def test_a_scorecard_that_is_none(change: dict[str, object], fault: str) -> None:
    """Is refused with the place of its fault."""
    written = {
        "lv": "x",
        "en": "x",
        "groups": [{"lv": "x", "en": "x", "criteria": [{"key": "a", "lv": "A", "en": "A"}]}],
    }
    documents.read("scorecard", written)
    with pytest.raises(Refused) as refused:
        documents.read("scorecard", {**written, **change})
    assert fault in str(refused.value)


def test_critical_is_what_can_be_answered_with_no() -> None:
    """A scale has no No; and two criteria have two keys."""
    one = {"key": "a", "lv": "A", "en": "A", "scale": "one_to_five", "critical": True}
    for criteria, fault in (([one], "critical"), ([{**one, "critical": False}] * 2, "doubled")):
        written = {"lv": "x", "en": "x", "groups": [{"lv": "x", "en": "x", "criteria": criteria}]}
        with pytest.raises(Refused, match=fault):
            documents.read("scorecard", written)


def test_a_form_of_lines_is_a_scorecard() -> None:
    """What names a group begins one; blank lines are none; keys that are there stay, new ones are
    new."""
    made = WRITTEN["scorecard"](
        {
            "name-lv": "Saruna",
            "name-en": "Talk",
            "use": "talk",
            "active": "yes",
            "group-lv-0": "Sākums",
            "group-en-0": "Beginning",
            "lv-0": "A",
            "en-0": "A",
            "key-0": "c0",
            "weight-0": "3",
            "critical-0": "yes",
            "lv-1": "B",
            "en-1": "B",
            "scale-1": "one_to_five",
            "group-lv-2": "Cita",
            "group-en-2": "Other",
            "lv-2": "",
            "en-2": " ",
            "group-lv-3": "Beigas",
            "group-en-3": "End",
            "lv-3": "C",
            "en-3": "C",
        }
    )
    card = documents.read("scorecard", made)
    assert isinstance(card, Scorecard)
    assert [(one.lv, [each.key for each in one.criteria]) for one in card.groups] == [
        ("Sākums", ["c0", "c1"]),
        ("Beigas", ["c2"]),
    ]
    assert card.criteria["c0"].critical
    assert (card.criteria["c0"].weight, card.criteria["c1"].scale) == (3, "one_to_five")


FULL = {"a": "yes", "b": "no", "c": "3"}


@pytest.mark.parametrize(
    ("filled", "finish", "reason"),
    [
        (Filled(marks={"a": "5"}), False, "mark"),
        (Filled(marks={"c": "yes"}), False, "mark"),
        (Filled(marks={"a": "yes"}), True, "open"),
        (Filled(marks=dict.fromkeys("abc", "na")), True, "nothing"),
        (Filled(marks=FULL, comment="x" * 2001), True, "length"),
        (Filled(marks=FULL, remarks={"b": "Numurs 29123445"}), True, "personal"),
        (Filled(marks=FULL, comment="Kods 010180-12345"), False, "personal"),
    ],
)
def test_what_can_not_be_filled_in(filled: Filled, finish: bool, reason: str) -> None:
    """Is told by a stable code; a draft may lack marks."""
    with pytest.raises(QualityRefused) as refused:
        cards.values(CARD, filled, found_in, finish=finish)
    assert refused.value.reason == reason


def test_what_is_filled_in_is_kept_as_it_is() -> None:
    """Marks of no criterion are dropped, blank remarks are none."""
    filled = Filled(
        marks={**FULL, "gone": "yes"}, remarks={"a": " ", "b": " Nē "}, comment=" Labi "
    )
    assert cards.values(CARD, filled, found_in, finish=True) == {
        "marks": FULL,
        "remarks": {"b": "Nē"},
        "comment": "Labi",
        "score": 58,
        "failed": False,
    }
    assert scoring.differing(CARD, FULL, {**FULL, "c": "4"}) == ["c"]
