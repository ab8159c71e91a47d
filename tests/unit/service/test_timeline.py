"""A call's life as it is told on the board."""

import pytest

from contactcentre.core import commands, events
from contactcentre.core.decisions import Decision
from contactcentre.core.outcomes import DialResult
from contactcentre.features.explanations.timeline import moments
from contactcentre.testing import History, call_id, network, profile
from routing.circles import Stage
from routing.explanation import Candidate, Digest
from routing.requirement import Requirement
from routing.scope import NETWORK

pytestmark = pytest.mark.unit

DIGEST = Digest(
    waited_s=4.0,
    asked=Requirement(),
    stage=Stage(circle=0, opens_s=0.0, scope=NETWORK, requirement=Requirement()),
    nearest=(Candidate(agent_id="a1", name=""),),
)


@pytest.fixture
def history() -> History:
    """A missed offer, then an answer, then the end."""
    told = History(network(profile(1), profile(2)))
    told.ready(1)
    told.waits(7)
    told.pass_s(20)
    told.dial_ends(7, DialResult.NO_ANSWER)
    told.pass_s(5)
    told.ready(2)
    told.leg_answers(7)
    told.pass_s(60)
    told.hangs_up(7)
    return told


def test_the_whole_life_in_order(history: History) -> None:
    """Times are the call's own; reasons stand with the decisions; names with the offers."""
    call = history.call(7)
    offered = Decision(
        call_id=call_id(7), at=call.offers[0].at, kind="offered", offers=1, digest=DIGEST
    )
    told = moments(call, [offered])
    assert [each.kind for each in told] == [
        "arrived",
        "queued",
        "offered",
        "missed",
        "offered",
        "answered",
        "talk_ended",
        "ended",
    ]
    assert [each.agent_id for each in told][2:6] == ["a1", "a1", "a2", "a2"]
    assert told[2].decision == DIGEST
    assert (told[4].decision, told[-1].outcome) == (None, "answered")
    assert [each.at for each in told] == sorted(each.at for each in told)


def test_a_waiting_call_has_no_end(history: History) -> None:
    """What has not happened yet is not told."""
    history.waits(8)
    waits = Decision(call_id=call_id(8), at=history.at, kind="queued", digest=DIGEST)
    told = moments(history.call(8), [waits])
    assert [each.kind for each in told] == ["arrived", "queued"]
    assert told[1].decision == DIGEST


def test_a_talk_that_was_transferred() -> None:
    """The agent who passed the caller on is named, and the next one after."""
    told = History(network(profile(1), profile(2)))
    told.links_up()
    told.talks(1, 7)
    told.pass_s(30)
    told.passes_on(1, 7, "taxes")
    told.dial_ends(7, DialResult.ANSWERED)
    told.pass_s(2)
    told.ready(2)
    told.pass_s(2)
    told.leg_answers(7)
    kinds = [(each.kind, each.agent_id) for each in moments(told.call(7), [])]
    assert kinds[2:] == [
        ("offered", "a1"),
        ("answered", "a1"),
        ("transferred", "a1"),
        ("offered", "a2"),
        ("answered", "a2"),
    ]


def test_who_was_chosen_by_name_has_taken_the_caller_over(history: History) -> None:
    """From whom, and when; that is no offer out of the line."""
    history.links_up()
    history.saves(2, 7)
    history.talks(1, 8)
    key, leg = call_id(8), f"{call_id(8)}-1"
    chosen = {"agent_id": "a1", "call_id": key}
    history.apply(commands.PassChosen(at=history.at, colleague="a2", **chosen))
    history.apply(events.LegLeashed(at=history.at, offer_id=leg, leg="PJSIP/a-1-1"))
    told = {"call_id": key, "offer_id": leg, "result": DialResult.ANSWERED}
    history.apply(events.DialEnded(at=history.at, **told))
    history.pass_s(4)
    history.apply(events.LegDialed(at=history.at, offer_id=f"{key}-2", leg="PJSIP/a-2-1"))
    history.apply(events.LegAnswered(at=history.at, offer_id=f"{key}-2"))
    last = moments(history.call(8), [])[-2:]
    assert [(each.kind, each.agent_id, each.by) for each in last] == [
        ("transferred", "a1", ""),
        ("taken_over", "a2", "a1"),
    ]
    assert last[1].at == history.at
