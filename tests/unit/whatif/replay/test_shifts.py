"""When agents want calls, out of what they did."""

import pytest

from contactcentre.testing import START
from contactcentre.whatif.replay.period_log import PeriodLog, Presence
from contactcentre.whatif.replay.shifts import LEAD_S, ShiftStep, steps
from routing.calendar import Calendar

pytestmark = pytest.mark.unit

HOUR_S = 3600.0
NEVER = Calendar(weekly=((),) * 7)
ALWAYS = Calendar(weekly=(((0, 1440),),) * 7)


def of(*states: tuple[float, str, str], hours: Calendar | None = None) -> list[tuple[float, str]]:
    """States of `a1` as (seconds after the start, state, reason); each lasts until the next."""
    ends = [*(at for at, _, _ in states[1:]), None]
    presences = tuple(
        Presence(
            agent_id="a1",
            from_at=START + at,
            to_at=None if end is None else START + end,
            state=state,  # type: ignore[arg-type]
            reason=reason or None,
        )
        for (at, state, reason), end in zip(states, ends, strict=True)
    )
    recording = PeriodLog(from_at=START, to_at=START + HOUR_S, presences=presences)
    changed = {"a1": hours} if hours else {}
    found: list[ShiftStep] = steps(recording, changed, START, START + HOUR_S)
    return [
        (step.at - START, step.will + (f" {step.reason}" if step.reason else "")) for step in found
    ]


def test_being_rung_and_talking_change_nothing() -> None:
    """Only what the agent wants counts: to come, to pause, to leave."""
    assert of(
        (0, "READY", ""),
        (10, "RESERVED", ""),
        (12, "TALKING", ""),
        (99, "WRAP_UP", ""),
        (120, "READY", ""),
        (500, "NOT_READY", "lunch"),
        (900, "LOGGED_OUT", ""),
    ) == [(0, "come"), (500, "pause lunch"), (900, "leave")]


def test_a_break_after_a_call_was_asked_for_during_it() -> None:
    """It is there a moment before the call ends, lest another call comes in between."""
    assert of((0, "TALKING", ""), (60, "WRAP_UP", ""), (90, "NOT_READY", "break"))[1:] == [
        (90 - LEAD_S, "pause break")
    ]


def test_a_missed_ring_is_no_wish() -> None:
    """It pauses the agent when it is over, not before."""
    assert of((0, "READY", ""), (30, "RESERVED", ""), (50, "NOT_READY", "missed")) == [
        (0, "come"),
        (50, "pause missed"),
    ]


def test_a_lost_phone_is_no_wish_either() -> None:
    """Calls were wanted and could not come."""
    told = of((0, "READY", ""), (30, "NOT_READY", "phone"), (50, "READY", ""))
    assert told == [(0, "come"), (30, "lose_phone"), (50, "come")]


def test_changed_hours_replace_log_ins_and_keep_breaks() -> None:
    """Whoever is to be there all day is, but for the lunch that was recorded."""
    states = ((100, "READY", ""), (600, "NOT_READY", "lunch"), (900, "LOGGED_OUT", ""))
    assert of(*states, hours=ALWAYS) == [(0, "come"), (600, "pause lunch"), (900, "come")]
    assert of(*states, hours=NEVER) == []


def test_hours_open_and_close() -> None:
    """17:30 in Riga comes sixteen minutes and forty seconds after the start."""
    until = Calendar(weekly=(((0, 17 * 60 + 30),),) * 7)
    assert of((0, "READY", ""), hours=until) == [(0, "come"), (1000, "leave")]
