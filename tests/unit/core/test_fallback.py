"""Callers whom the exchange alone had while we were away."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.testing import START, History, call_id, network, profile

pytestmark = pytest.mark.unit

STRANGER = 7


def ended(number: int, *, answered: bool = True, endpoint: str = "a-1") -> events.FallbackEnded:
    """What the exchange tells of a call on our return."""
    return events.FallbackEnded(
        at=START + 300,
        call_id=call_id(number),
        channel_id=f"1.{number}",
        caller="+37120000001",
        dialled="60000100",
        arrived_at=START + 100,
        queued_at=START + 110,
        answered_at=START + 130 if answered else None,
        endpoint=endpoint if answered else "",
        ended_at=START + 190,
    )


@pytest.fixture
def back() -> History:
    """Agent 1 is at work and call 1 waits; the service has been away for five minutes."""
    old = History(network(profile(1)))
    old.waits(1)
    old.apply(commands.AgentLoggedIn(at=old.at, agent_id="a1"))
    new = History(old.world.network)
    new.at = START + 300
    new.world.restore(old.world.calls.values(), old.world.agents.values())
    new.apply(events.ServiceStarted(at=new.at))
    return new


def test_a_call_that_we_never_had(back: History) -> None:
    """Who rang, when, answered by whom, how long; and the agent has a record to write."""
    back.apply(ended(STRANGER))
    call = back.call(STRANGER)
    assert (call.phase, call.end.outcome, call.talk.agent_id) == (
        Phase.ENDED,
        Outcome.ANSWERED,
        "a1",
    )
    assert (call.arrived_at, call.queueing.queued_at) == (START + 100, START + 110)
    assert (call.talk.answered_at, call.talk.ended_at, call.wait_s) == (
        START + 130,
        START + 190,
        20.0,
    )
    assert back.agent(1).unsaved == (call_id(STRANGER),)
    assert back.agent(1).state is State.NOT_READY
    back.saves(1, STRANGER)
    assert back.agent(1).unsaved == ()
    assert call_id(STRANGER) not in back.world.calls


def test_a_call_that_we_had(back: History) -> None:
    """Its wait began with us, and it is not lost with the snapshot."""
    back.apply(ended(1))
    back.links_up()
    call = back.call(1)
    assert (call.end.outcome, call.talk.agent_id, call.queueing.queued_at) == (
        Outcome.ANSWERED,
        "a1",
        START,
    )
    assert (call.offers[-1].result, call.talk.answered_at) == (Result.HUNG_UP, START + 130)


def test_a_caller_who_gave_up_there(back: History) -> None:
    """Abandoned then, and not unknown; the place is kept for the next call."""
    back.apply(ended(1, answered=False))
    back.links_up()
    call = back.call(1)
    assert (call.end.outcome, call.end.at) == (Outcome.ABANDONED, START + 190)
    back.arrives(2)
    back.presses(2, "1")
    assert back.call(2).queueing.place_at == START


def test_a_phone_that_is_nobody_s_any_more(back: History) -> None:
    """The call was answered all the same."""
    back.apply(ended(STRANGER, endpoint="gone"))
    assert (back.call(STRANGER).end.outcome, back.call(STRANGER).talk.agent_id) == (
        Outcome.ANSWERED,
        None,
    )


def test_told_twice_it_is_one_call(back: History) -> None:
    """A crash between the telling and the forgetting."""
    back.apply(ended(STRANGER, endpoint="gone"))
    back.apply(replace(ended(STRANGER), at=back.at))
    assert back.world.refused == 1
    assert back.call(STRANGER).talk.agent_id is None


def test_whom_we_have_again_is_ours(back: History) -> None:
    """A live socket is the better witness."""
    back.returns(1)
    back.apply(ended(1))
    assert back.call(1).phase is Phase.WAITING
