"""The legs of a contact: who was rung, from when to when, why each ended, who held for how long."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, events
from contactcentre.core.call.leg import Leg, Party, Purpose
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Result
from contactcentre.testing import START, History, call_id, network, profile
from ivr.flow import parse

pytestmark = pytest.mark.unit

OUTSIDE = """
schema: 1
version: 1
languages:
  lv: {}
start: institution
default: institution
nodes:
  institution:
    type: transfer
    number: "64507020"
    prompts: []
"""


@pytest.fixture
def history() -> History:
    """Two agents; the exchange is there."""
    made = History(network(profile(1), profile(2)))
    made.links_up()
    return made


def ends(legs: tuple[Leg, ...]) -> list[tuple[Party, Purpose, Result | None]]:
    """Who was rung what for, and how that ended."""
    return [(leg.party, leg.purpose, leg.result) for leg in legs]


def hold(history: History, agent: int, seconds: float) -> None:
    """The agent of call 1 lets the caller hear music."""
    offer_id = f"{call_id(1)}-{agent}"
    history.apply(events.HoldStarted(at=history.at, offer_id=offer_id))
    history.pass_s(seconds)
    history.apply(events.HoldEnded(at=history.at, offer_id=offer_id))


def test_a_leg_that_is_over_stays_so() -> None:
    """Its first end counts, and ends its hold."""
    talk = Leg(leg_id="c-1", at=START, ring_until=START, answered_at=START, held_since=START + 5)
    over = talk.over(START + 15, Result.HUNG_UP)
    assert (over.ended_at, over.hold_s, over.held_since) == (START + 15, 10.0, None)
    assert over.over(START + 20, Result.LOST) == over


def test_each_agent_held_for_so_long(history: History) -> None:
    """A caller who is transferred has two talks; the contact's hold is that of both."""
    history.talks(1, 1)
    hold(history, 1, 10)
    history.passes_on(1, 1, "taxes")
    history.dial_ends(1, DialResult.ANSWERED)
    history.ready(2)
    history.leg_answers(1)
    hold(history, 2, 5)
    history.hangs_up(1)
    call = history.call(1)
    assert ends(call.legs) == [
        (Party.AGENT, Purpose.OFFER, Result.TRANSFERRED),
        (Party.AGENT, Purpose.OFFER, Result.CALLER_LEFT),
    ]
    assert ([leg.hold_s for leg in call.legs], call.hold_s) == ([10.0, 5.0], 15.0)


def test_audio_that_was_lost_ends_a_leg(history: History) -> None:
    """The agent comes back by another; that one ends by the agent's own hand."""
    history.talks(1, 1)
    history.loses_audio(1, 1)
    history.returns(1)
    history.leg_answers(1)
    history.apply(commands.EndAsked(at=history.at, agent_id="a1", call_id=call_id(1)))
    history.dial_ends(1, DialResult.ANSWERED)
    assert ends(history.call(1).legs) == [
        (Party.AGENT, Purpose.OFFER, Result.AUDIO_LOST),
        (Party.AGENT, Purpose.REJOIN, Result.HUNG_UP),
    ]


def test_each_attempt_to_ring_back_is_a_leg(history: History) -> None:
    """Beside that of the agent who waits for the citizen; an attempt that was heard talks."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    dial = history.promise(key).dial
    assert dial is not None
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=dial.leg_id))
    assert ends(history.promise(key).legs) == [
        (Party.AGENT, Purpose.OFFER, Result.UNREACHED),
        (Party.CITIZEN, Purpose.CALLBACK, Result.UNREACHED),
    ]
    pause_s = history.world.network.callbacks.retry_after_s[0]
    history.pass_s(pause_s)
    history.fires("callback", key)
    history.rings_back(1, key)
    history.lifts(key)
    _, _, agent, citizen = history.promise(key).legs
    assert (agent.rings, citizen.talks, citizen.device) == (True, True, "telephone")


def test_somebody_outside_is_a_leg(history: History) -> None:
    """Whom the menu puts through to an institution is on the telephone with that number."""
    given = history.world.network
    flows = {**given.flows, "hotline": parse(OUTSIDE, name="hotline")}
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, flows=flows)))
    history.arrives(1)
    (leg,) = history.call(1).legs
    assert (leg.party, leg.purpose, leg.number) == (Party.OUTSIDE, Purpose.TRANSFER, "64507020")
    assert (leg.leg_id, history.call(1).phase) == (f"{call_id(1)}-1", Phase.TRANSFERRED)
    history.pass_s(60)
    history.apply(
        events.DialEnded(at=history.at, call_id=call_id(1), offer_id="", result=DialResult.ANSWERED)
    )
    (leg,) = history.call(1).legs
    assert (leg.ended_at, leg.result) == (START + 60, Result.HUNG_UP)


def test_no_leg_outlives_its_contact(history: History) -> None:
    """Asterisk went down under a talk: nobody knows how it ended."""
    history.talks(1, 1)
    history.apply(
        events.SnapshotTaken(at=history.at + 1, channels=(), reachable=("a-1",), restarted=True)
    )
    history.apply(events.LeashLost(at=history.at + 1, call_id=call_id(1)))
    history.apply(
        events.SnapshotTaken(at=history.at + 2, channels=(), reachable=("a-1",), restarted=True)
    )
    (leg,) = history.call(1).legs
    assert (leg.ended_at, leg.result) == (history.at + 2, Result.LOST)
