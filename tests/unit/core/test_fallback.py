"""Callers whom the exchange alone had while we were away."""

from collections.abc import Callable
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


def restarted(old: History) -> History:
    """The service has been away for five minutes."""
    new = History(old.world.network)
    new.at = START + 300
    new.world.restore(old.world.calls.values(), old.world.agents.values())
    new.apply(events.ServiceStarted(at=new.at))
    return new


@pytest.fixture
def back() -> History:
    """Agent 1 is at work and call 1 waited when the service went away."""
    old = History(network(profile(1)))
    old.waits(1)
    old.apply(commands.AgentLoggedIn(at=old.at, agent_id="a1"))
    return restarted(old)


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


@pytest.mark.parametrize("by_s", [3600.0, -3600.0])
def test_the_clock_was_set_while_we_were_away(back: History, by_s: float) -> None:
    """The exchange's record goes by the clock of before: no wait is negative, or an hour longer."""
    back.clock_steps(by_s)
    back.apply(replace(ended(1), at=back.at))
    call = back.call(1)
    assert call.queueing.queued_at is not None
    assert call.talk.answered_at is not None
    assert call.talk.ended_at is not None
    assert 0.0 <= call.talk.answered_at - call.queueing.queued_at <= 300.0
    assert call.talk.ended_at - call.talk.answered_at == 60.0
    assert call.talk.ended_at <= back.at


def talking(number: int) -> tuple[events.Channel, events.Channel]:
    """The caller and the phone of agent 1 hear each other, in the fallback queue's talk."""
    caller = events.Channel(
        channel=f"PJSIP/carrier-{number}",
        channel_id=f"1.{number}",
        our_id=call_id(number),
        bridge="b",
        rung=False,
        where=events.Where.FALLBACK_QUEUE,
    )
    phone = events.Channel(
        channel="PJSIP/a-1-1", channel_id="2.1", our_id="", bridge="b", rung=True, endpoint="a-1"
    )
    return caller, phone


def test_a_caller_who_was_answered_out_of_the_menu(begin: Callable[..., History]) -> None:
    """Never in line with us: no wait, and none that is negative when the talk is passed on."""
    old = begin()
    old.arrives(1)
    old.apply(commands.AgentLoggedIn(at=old.at, agent_id="a1"))
    new = restarted(old)
    new.links_up(*talking(1), reachable=("a-1",))
    assert (new.call(1).phase, new.call(1).talk.agent_id) == (Phase.TALKING, "a1")
    new.pass_s(60)
    new.passes_on(1, 1, "taxes")
    new.returns(1)
    assert (new.call(1).phase, new.call(1).wait_s) == (Phase.WAITING, 0.0)


def test_a_phone_in_two_talks_is_in_the_one_that_we_know(begin: Callable[..., History]) -> None:
    """Its name was another's while the fallback queue rang it, and it rang for us as well since."""
    old = begin()
    old.arrives(2)
    old.talks(1, 1)
    (own,) = old.call(1).legs
    mine = [
        events.Channel(
            channel="PJSIP/carrier-1", channel_id="1.1", our_id=call_id(1), bridge="b1", rung=False
        ),
        events.Channel(
            channel=own.channel,
            channel_id="2.2",
            our_id=own.leg_id,
            bridge="b1",
            rung=True,
            endpoint="a-1",
        ),
    ]
    new = restarted(old)
    new.links_up(*mine, *talking(2), reachable=("a-1",))
    assert (new.call(1).phase, new.agent(1).call_id) == (Phase.TALKING, call_id(1))
    assert new.call(2).phase is Phase.MENU
    assert new.agent(1).state is State.TALKING


def test_a_listener_who_was_rung_there(begin: Callable[..., History]) -> None:
    """Whoever talks hears no message: it is for the next one at once, and not after the lease."""
    old = begin()
    old.arrives(1)
    key = old.leaves_message(2, caller="+37120000002")
    old.ready(1)
    old.listens(1, key)
    new = restarted(old)
    new.links_up(*talking(1), reachable=("a-1",))
    assert (new.agent(1).state, new.agent(1).call_id) == (State.TALKING, call_id(1))
    assert (new.promise(key).phase, new.promise(key).open_offer) == (Phase.CALLBACK, None)
    new.ready(2)
    assert new.agent(2).call_id == key


def test_a_citizen_whom_we_had_rung_and_who_gave_up_there(begin: Callable[..., History]) -> None:
    """The promise is not lost: the citizen is rung once more, later."""
    old = begin()
    old.links_up()
    key = old.asks_callback(1)
    old.ready(1)
    old.rings_back(1, key)
    old.dialed(key)
    old.lifts(key)
    new = restarted(old)
    gave_up = replace(ended(1, answered=False), call_id=key, channel_id=f"cb-{key}-1")
    new.apply(gave_up)
    promise = new.promise(key)
    assert promise.phase is Phase.CALLBACK
    assert promise.callback is not None
    assert (promise.callback.attempts, promise.callback.not_before > new.at) == (1, True)


def test_an_agent_who_was_awaited_and_rung_there(begin: Callable[..., History]) -> None:
    """Whoever waits for the agent's return is for the next one: the agent has somebody else."""
    old = begin()
    old.links_up()
    old.talks(1, 2)
    old.loses_audio(1, 2)
    old.arrives(1)
    assert old.call(2).phase is Phase.REJOINING
    new = restarted(old)
    caller = talking(2)[0]
    new.links_up(*talking(1), replace(caller, bridge=""), reachable=("a-1",))
    assert (new.agent(1).state, new.agent(1).call_id) == (State.TALKING, call_id(1))
    assert (new.call(2).phase, new.call(2).talk.agent_id) == (Phase.WAITING, None)


def test_a_talk_that_ended_unseen_and_went_on_with_another(begin: Callable[..., History]) -> None:
    """The fallback queue found another agent: it is that one's call, and the first is free."""
    old = begin()
    old.links_up()
    old.talks(2, 1)
    old.apply(commands.AgentLoggedIn(at=old.at, agent_id="a1"))
    new = restarted(old)
    new.links_up(*talking(1), reachable=("a-1", "a-2"))
    assert (new.call(1).phase, new.call(1).talk.agent_id) == (Phase.TALKING, "a1")
    assert (new.agent(1).state, new.agent(2).call_id) == (State.TALKING, None)
