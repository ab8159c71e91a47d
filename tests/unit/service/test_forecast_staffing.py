"""Who is needed, who is there, and shifts that cover it."""

from __future__ import annotations

from datetime import date

import pytest

from agents_ui.staffing.port import QUARTERS, Shift
from contactcentre.core.config.network import Network
from contactcentre.features.forecast import simulated
from contactcentre.features.forecast.calendar import HOLIDAY, DayKind
from contactcentre.features.forecast.simulated import ExpectedCalls, Staff
from contactcentre.features.forecast.staffing import (
    StaffingPromise,
    cover,
    needed,
    promise_of,
    rostered,
    there,
)
from routing import erlang
from routing.model import Capability, Queue
from routing.simulation import SimulatedAgent
from routing.targets import Targets

pytestmark = pytest.mark.unit

PROMISE = StaffingPromise(0.75, 30.0, 0.05)
MONDAY = date(2026, 9, 7)
TAXES = Queue(queue_id="taxes", labels={}, short_abandon_s=0.0)


def shift(**more) -> Shift:
    """Two on Mondays from eight to noon."""
    usual = {"weekday": 0, "day": None, "begins_min": 480, "ends_min": 720, "agents": 2}
    return Shift(shift_id="s", **{**usual, **more})


@pytest.mark.parametrize("calls", [0.1, 0.7, 3, 12, 40, 170, 700, 2400])
def test_as_many_as_the_promise_needs_and_no_more(calls):
    """By Erlang A, from one agent to more than seven hundred: with one fewer, the share in time or
    the share that hangs up would be broken."""
    handling_s, patience_s = 250.0, 120.0
    load, found = calls * handling_s / 900, needed(calls, handling_s, patience_s, PROMISE)

    def kept(agents: int, load: float) -> bool:
        told = erlang.impatient(agents, load, handling_s, patience_s=patience_s, within_s=30.0)
        return told.service_level >= 0.75 and told.abandonment <= 0.05

    assert kept(found, load)
    assert not kept(found - 1, load * 1.03)


def test_nobody_for_nothing_and_the_strictest_promise():
    """No calls need no agents; several queues keep to what each of them promises."""
    assert needed(0, 250, 120, PROMISE) == 0
    strict = Queue(queue_id="a", labels={}, answer_within_s=20.0)
    high = Queue(queue_id="b", labels={}, targets=Targets(service_level=1.0))
    assert promise_of([strict, high], 0.05) == StaffingPromise(0.99, 20.0, 0.05)
    assert promise_of([], 0.05).level == 0.75


def test_breaks_are_added_to_who_is_needed():
    """Ten on the phone, a sixth away: twelve on shift."""
    assert rostered([10, 0, 1], 1 / 6) == (12, 0, 2)


def test_shifts_of_a_weekday_of_a_day_and_of_a_moved_saturday():
    """A holiday has none; a Saturday that is worked for a Monday has the Monday's; on one day some
    may be away; another queue's shift counts for the whole alone."""
    away = shift(weekday=None, day=MONDAY, agents=-1, ends_min=540)
    shifts = [shift(), away, shift(queue="taxes", agents=5)]
    plain = there(shifts, MONDAY, DayKind(0), queue="")
    assert plain is not None
    assert (plain[31], plain[32], plain[36], plain[48]) == (0, 6, 7, 0)
    assert sum(there(shifts, MONDAY, DayKind(HOLIDAY), queue="") or ()) == 0
    saturday = there(shifts, date(2026, 9, 12), DayKind(0, "moved"), queue="taxes")
    assert saturday is not None
    assert saturday[32] == 5
    assert there([shift()], MONDAY, DayKind(0), queue="taxes") is None


def test_shifts_to_begin_with_cover_and_do_not_waste():
    """Everybody who is needed is there, in shifts of four to nine hours."""
    need = [0] * QUARTERS
    for slot in range(32, 76):
        need[slot] = 3 + (slot % 17) + (8 if 38 <= slot < 44 else 0)
    have = [0] * QUARTERS
    for begins, ends, agents in cover(need):
        assert 16 <= ends - begins <= 36
        for slot in range(begins, ends):
            have[slot] += agents
    assert all(here >= wanted for here, wanted in zip(have, need, strict=True))
    assert list(cover([0] * QUARTERS)) == []
    late = [0] * 95 + [1]
    assert list(cover(late)) == [(80, 96, 1)]


def staff(agents: int, begins: float = 0.0, ends: float = 86_400.0) -> Staff:
    """So many who speak Latvian."""
    capability = Capability(languages=(("lv", 5),))
    made = (SimulatedAgent(agent_id=f"a{n}", capability=capability) for n in range(agents))
    return Staff(tuple((one, begins, ends) for one in made), 0)


def test_simulated_as_erlang_says():
    """A steady day comes out near the formula, whose talks are a little less even; and always the
    same."""
    calls = ExpectedCalls(
        queue=TAXES, calls=[36.0] * 96, handling_s=250, patience_s=120, languages={"lv": 1.0}
    )
    network = Network(version=1)
    tried = simulated.tried(MONDAY, [calls], staff(11), network)
    told = erlang.impatient(11, 10.0, 250, patience_s=120, within_s=30)
    assert tried.calls == pytest.approx(36 * 96, rel=0.02)
    assert tried.service_level == pytest.approx(told.service_level, abs=0.04)
    assert tried.abandonment == pytest.approx(told.abandonment, abs=0.02)
    assert tried == simulated.tried(MONDAY, [calls], staff(11), network)


def test_nobody_answers_outside_the_shift():
    """Who rings before it waits or hangs up; whose language nobody speaks is answered by nobody."""
    quarters = [4.0 if slot < 72 else 0.0 for slot in range(96)]
    common = {"queue": TAXES, "calls": quarters, "handling_s": 60, "patience_s": 60}
    network, morning = Network(version=1), staff(9, 8 * 3600.0, 12 * 3600.0)
    served = simulated.tried(
        MONDAY, [ExpectedCalls(**common, languages={"lv": 1.0})], morning, network
    )
    assert served.service_level == pytest.approx(4 / 18, abs=0.05)
    assert {hour for hour, _ in served.worst} <= set(range(24)) - set(range(8, 12))
    nobody = simulated.tried(
        MONDAY, [ExpectedCalls(**common, languages={"ru": 1.0})], morning, network
    )
    assert nobody.service_level == 0
