"""A call as spans: what each part of it took, and nothing of anybody."""

from __future__ import annotations

import pytest

from contactcentre.core import effects, events
from contactcentre.core.clock_step import ClockStepped
from contactcentre.engine.consumer import changes_of
from contactcentre.features.traces.otlp import body
from contactcentre.features.traces.spans import Span, told
from contactcentre.testing import START, History, call_id, network, profile

pytestmark = pytest.mark.unit

CITIZEN = "+37120000077"


class Traced(History):
    """Keeps the spans that each event has let be told."""

    def __init__(self) -> None:
        super().__init__(network(profile(1), profile(2)))
        self.spans: list[Span] = []
        self.links_up()

    def apply(self, event: events.Event) -> list[effects.Effect]:
        """One event, and its spans."""
        made = super().apply(event)
        self.spans += told(changes_of(event, self.world))
        return made

    def took(self) -> list[tuple[str, float, float]]:
        """Names, with seconds since the start from and to."""
        return [(one.name, one.began - START, one.ended - START) for one in self.spans]


def test_from_arrival_to_record() -> None:
    """Menu, waiting, ring and talk are told when the call is over, the wrap-up with its record."""
    history = Traced()
    history.arrives(1, caller=CITIZEN)
    history.pass_s(5)
    history.presses(1, "")
    history.pass_s(10)
    history.ready(1)
    history.pass_s(4)
    history.leg_answers(1)
    history.pass_s(60)
    assert history.spans == []
    history.hangs_up(1)
    history.pass_s(20)
    history.saves(1, 1)
    assert history.took() == [
        ("call", 0, 79),
        ("menu", 0, 5),
        ("waiting", 5, 19),
        ("ring", 15, 19),
        ("talk", 19, 79),
        ("wrap_up", 79, 99),
    ]
    root, *beneath = history.spans
    assert (root.trace, root.parent) == (call_id(1), "")
    assert {one.parent for one in beneath} == {root.span}
    assert len({one.span for one in history.spans}) == len(history.spans)
    facts = root.attributes
    assert (facts["queue"], facts["outcome"], facts["came_by"]) == ("general", "answered", "phone")


def test_a_ring_in_vain_and_a_caller_who_gives_up() -> None:
    """Each ring is a span of its own, with what came of it; there is no talk and no wrap-up."""
    history = Traced()
    history.ready(1)
    history.waits(1, "")
    history.pass_s(3)
    history.rejects(1, 1)
    history.pass_s(2)
    history.hangs_up(1)
    assert history.took() == [("call", 0, 5), ("menu", 0, 0), ("waiting", 0, 5), ("ring", 0, 3)]
    ring = history.spans[-1].attributes
    assert (ring["answered"], ring["result"]) == (False, "rejected")
    assert history.spans[0].attributes["outcome"] == "abandoned"


def test_a_callback_has_a_trace_of_its_own() -> None:
    """From the promise to the talk, with the ring at the citizen's; there is no menu in it."""
    history = Traced()
    key = history.asks_callback(1)
    (asked,) = {one.trace for one in history.spans}
    history.ready(1)
    history.rings_back(1, key)
    history.dialed(key)
    history.lifts(key)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(events.LegDialed(at=history.at, offer_id=offer.leg_id, leg="PJSIP/a-1-1"))
    history.apply(events.LegAnswered(at=history.at, offer_id=offer.leg_id))
    history.pass_s(30)
    history.apply(events.CallerHungUp(at=history.at, call_id=key, cause=16))
    own = [one for one in history.spans if one.trace != asked]
    assert [one.name for one in own] == ["call", "waiting", "ring", "talk", "ring", "talk"]
    (trace,) = {one.trace for one in own}
    assert len(bytes.fromhex(trace)) == 16


def test_nothing_of_anybody() -> None:
    """Neither a citizen's number nor an agent, their phone or their name is in what is sent."""
    history = Traced()
    history.ready(1)
    history.arrives(1, caller=CITIZEN)
    history.presses(1, "")
    history.leg_answers(1)
    history.hangs_up(1)
    history.saves(1, 1)
    sent = body(history.spans).decode()
    assert '"talk"' in sent
    for told_of in (CITIZEN, "20000077", '"a1"', "a-1", "Agent 1", "PJSIP"):
        assert told_of not in sent


def test_a_clock_that_is_set_back() -> None:
    """No span ends before it has begun."""
    history = Traced()
    history.waits(1, "")
    history.at -= 3600
    history.apply(ClockStepped(at=history.at, by_s=-3600))
    history.hangs_up(1)
    assert all(one.began <= one.ended for one in history.spans)
    assert history.spans
