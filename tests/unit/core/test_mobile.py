"""An agent on a mobile: reachable while logged in, and a talk only when key 1 was pressed."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.offer_moves import ACCEPT_S, LEASE_GRACE_S, PROMPT_S
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Result
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit

NUMBER = "+37120000777"


@pytest.fixture
def history() -> History:
    """Agent 1 answers on a mobile, agent 2 on a desk phone; a call rings at agent 1."""
    mobile = replace(profile(1), device="mobile", mobile=NUMBER)
    history = History(network(mobile, replace(profile(2), device="desk")))
    history.apply(events.ServiceStarted(at=history.at))
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.waits(1)
    return history


def test_it_needs_neither_registration_nor_microphone(history: History) -> None:
    """Ready with a click, and rung at its number, for as long as mobiles ring and are asked."""
    assert history.agent(1).state is State.RESERVED
    (ring,) = history.ordered(effects.Ring)
    assert (ring.phone.number, ring.timeout_s) == (NUMBER, 25.0)
    lease = [order for order in history.ordered(effects.StartTimer) if order.kind == "offer"][-1]
    assert lease.seconds == PROMPT_S + 25.0 + ACCEPT_S + LEASE_GRACE_S


def test_its_number_is_nowhere_else(history: History) -> None:
    """Neither in what is journaled nor in what might be printed."""
    kept = (*history.world.calls.values(), *history.world.agents.values())
    assert NUMBER not in repr(kept) + repr(history.orders) + repr(history.world.network)


def test_the_fallback_queue_does_not_ring_it(history: History) -> None:
    """Nobody would ask for the key there."""
    assert history.ordered(effects.SetMember) == []


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (DialResult.NO_ANSWER, Result.MISSED),
        (DialResult.BUSY, Result.BUSY),
        (DialResult.DECLINED, Result.REJECTED),
        (DialResult.UNREACHABLE, Result.UNREACHABLE),
    ],
)
def test_what_becomes_of_it(history: History, said: DialResult, result: Result) -> None:
    """The caller keeps the place in every case."""
    history.dial_ends(1, said)
    assert history.call(1).offers[0].result is result
    assert history.call(1).phase is Phase.WAITING


def test_a_snapshot_does_not_take_it_away(history: History) -> None:
    """It has no registration that could be missing, and its leg is the carrier's."""
    leg = events.Channel(
        channel="PJSIP/carrier-00000099",
        channel_id="1.99",
        our_id=f"{call_id(1)}-1",
        bridge="b",
        rung=True,
    )
    caller = replace(leg, channel_id="1.1", our_id=call_id(1), rung=False)
    seen = events.SnapshotTaken(at=history.at, channels=(caller, leg), reachable=())
    history.apply(seen)
    assert history.call(1).phase is Phase.TALKING
    assert history.agent(1).state is State.TALKING


def test_a_desk_phone_that_says_busy_is_in_another_call(history: History) -> None:
    """Only our page says busy for no."""
    history.dial_ends(1, DialResult.NO_ANSWER)
    history.ready(2)
    history.dial_ends(1, DialResult.BUSY)
    agent = history.agent(2)
    assert (agent.reason, agent.wants_ready, agent.resting_until) == ("busy", True, history.at + 30)
