"""One rule of alerts: when it raises, when it clears, and that it never flaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_ui.alerts.port import RuleRefused, RuleText
from contactcentre.features.alerts import written
from contactcentre.features.alerts.document import AlertRule
from contactcentre.features.alerts.machine import CALM, LONGEST_STEP_S, step

pytestmark = pytest.mark.unit

RULE = AlertRule(
    name="Daudzi gaida", figure="waiting", threshold=10, clears=6, after_s=60, clears_after_s=30
)


def play(rule, looks, *, awake=True):
    """What each look turned, from the values and the seconds since the look before."""
    state, turned = CALM, []
    for value, dt_s in looks:
        state, turn = step(rule, state, value, dt_s, awake=awake)
        turned.append(turn)
    return state, turned


def every(seconds, *values):
    return [(value, seconds) for value in values]


def test_it_raises_after_its_time_and_not_before():
    """A peak that is shorter raises nothing; nor do two of them."""
    assert play(RULE, every(10, *[11] * 6, 10, *[11] * 6))[1] == [""] * 13
    assert play(RULE, every(10, *[11] * 7))[1] == [""] * 6 + ["raised"]
    assert play(RULE, every(10, *[10] * 100))[1] == [""] * 100  # is not above


def test_it_clears_at_another_line():
    """Between the two lines it stays as it is."""
    raised = every(10, *[11] * 7)
    assert play(RULE, raised + every(10, *[7] * 100))[1][7:] == [""] * 100
    assert play(RULE, raised + every(10, 6, 6, 6, 6))[1][7:] == ["", "", "", "cleared"]
    assert play(RULE, raised + every(10, 6, 6, 6, 7, 6, 6, 6))[1][7:] == [""] * 7


def test_the_worst_value_is_kept():
    """From when it was raised; below is the other way round."""
    state, _ = play(RULE, every(10, *[11] * 7, 40, 7, 12))
    assert state.peak == 40
    below = replace(RULE, side="below", figure="service_level", threshold=60, clears=75)
    state, turned = play(below, every(10, *[50] * 7, 20, 70, 50))
    assert (state.peak, turned.count("raised")) == (20, 1)


def test_a_figure_without_a_value():
    """Is not beyond anything, and lets an alert clear."""
    assert play(RULE, every(10, *[None] * 50))[1] == [""] * 50
    assert play(RULE, every(10, *[11] * 5, None, *[11] * 6))[1] == [""] * 12
    assert play(RULE, every(10, *[11] * 7, *[None] * 4))[1][-1] == "cleared"


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 1e9, -1e9])
def test_a_clock_that_is_set_turns_nothing(jump):
    """A step counts as the longest time that there is between two looks, or as none."""
    assert play(RULE, [(11, 10), (11, jump), (11, 10)])[1] == ["", "", ""]
    state, _ = play(RULE, [(11, 10), (11, jump)])
    assert state.held_s in (0.0, LONGEST_STEP_S)


def test_asleep_it_raises_nothing_and_clears():
    """What is still so when it wakes is raised after its time."""
    assert play(RULE, every(10, *[11] * 50), awake=False)[1] == [""] * 50
    state, _ = play(RULE, every(10, *[11] * 7))
    for _ in range(4):
        state, turned = step(RULE, state, 6, 10, awake=False)
    assert turned == "cleared"


def test_what_is_calm_stays_the_same_object():
    """So that two hundred rules cost next to nothing."""
    state, _ = play(RULE, every(10, 3, 4, 5))
    assert state is CALM


values = st.one_of(st.none(), st.floats(0, 20))
looks = st.lists(st.tuples(values, st.floats(-100, 100)), max_size=200)
rules = st.builds(
    lambda side, line, gap, after, clears_after: replace(
        RULE,
        side=side,
        threshold=line,
        clears=max(line - gap, 0) if side == "above" else line + gap,
        after_s=after,
        clears_after_s=clears_after,
    ),
    st.sampled_from(["above", "below"]),
    *(st.floats(0, 20), st.floats(0, 10), st.floats(0, 120), st.floats(0, 120)),
)


@given(rules, looks)
def test_raised_and_cleared_take_turns(rule, seen):
    """No alert is raised twice, or over before it was raised."""
    turns = [turn for turn in play(rule, seen)[1] if turn]
    assert turns == ["raised", "cleared"] * (len(turns) // 2) + ["raised"] * (len(turns) % 2)


@given(rules, looks)
def test_it_never_flaps(rule, seen):
    """Between raised and cleared lies the time that the rule says, without any break, and all that
    while the figure was on the other side."""
    state, held_s = CALM, 0.0
    for value, dt_s in seen:
        before = state
        state, turned = step(rule, state, value, dt_s, awake=True)
        above = rule.side == "above"
        bad = value is not None and (value > rule.threshold if above else value < rule.threshold)
        calm = value is None or (value <= rule.clears if above else value >= rule.clears)
        onward = calm if before.raised else bad
        went_on = before.held_s is not None
        passed_s = min(max(dt_s, 0.0), LONGEST_STEP_S) if went_on else 0.0
        held_s = held_s + passed_s if onward else 0.0
        if turned:
            assert onward
            assert held_s >= (rule.clears_after_s if before.raised else rule.after_s)
            held_s = 0.0


@given(rules, looks)
def test_asleep_nothing_is_raised(rule, seen):
    """Whatever the figure does."""
    assert "raised" not in play(rule, seen, awake=False)[1]


HOURS = replace(RULE, days=(1, 2, 3, 4, 5), since=8 * 60, until=17 * 60)
NIGHT = replace(RULE, days=(5,), since=22 * 60, until=6 * 60)


@pytest.mark.parametrize(
    ("rule", "moment", "awake"),
    [
        (HOURS, "2026-06-26 08:00", True),
        (HOURS, "2026-06-26 16:59", True),
        (HOURS, "2026-06-26 17:00", False),
        (HOURS, "2026-06-27 10:00", False),
        (NIGHT, "2026-06-26 23:00", True),
        (NIGHT, "2026-06-27 05:59", True),
        (NIGHT, "2026-06-27 06:00", False),
        (NIGHT, "2026-06-26 05:00", False),
        (NIGHT, "2026-06-27 23:00", False),
        (replace(NIGHT, days=(7,)), "2026-06-29 01:00", True),
        (RULE, "2026-06-28 23:59", True),
    ],
)
def test_days_and_hours(rule, moment, awake):
    """Hours that end before they begin go on into the next day."""
    here = datetime.fromisoformat(moment)
    assert rule.wakes(here.isoweekday(), here.hour * 60 + here.minute) is awake


def test_the_form_and_the_rule_are_one():
    """What is read is shown as it was written."""
    text = RuleText(
        name="Daudzi gaida",
        of="queue:taxes",
        threshold="10",
        clears="6",
        days="12345",
        since="08:30",
        mail="a@ludza.lv\nb@ludza.lv",
        urgent="yes",
    )
    assert written.text_of(written.read(text)) == text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"threshold": "many"}, "threshold"),
        ({"threshold": "-1"}, "threshold"),
        ({"threshold": "nan"}, "threshold"),
        ({"threshold": "1e5"}, "threshold"),
        ({"threshold": "1" * 400}, "threshold"),
        ({"clears": "11"}, "clears"),
        ({"side": "below", "clears": "9"}, "clears"),
        ({"figure": "service_level", "threshold": "101"}, "threshold"),
        ({"figure": "agents_long", "of": "queue:taxes"}, "of"),
        ({"figure": "enquiries_late", "of": "queue:taxes"}, "of"),
        ({"figure": "__class__"}, "figure"),
        ({"after": "3601"}, "after"),
        ({"days": ""}, "days"),
        ({"since": "8"}, "since"),
        ({"mail": "a@b.lv\nBcc: c@d.lv"}, "mail"),
        ({"mail": "Anna <a@b.lv>"}, "mail"),
        ({"mail": " ".join(f"a{number}@b.lv" for number in range(11))}, "mail"),
    ],
)
def test_what_cant_be_is_told_at_its_field(changes, field):
    """And nothing is guessed."""
    good = RuleText(name="x", threshold="10")
    written.read(good)
    with pytest.raises(RuleRefused) as refused:
        written.read(replace(good, **changes))
    assert field in [name for name, _ in refused.value.problems]
