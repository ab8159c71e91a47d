"""A call that an agent let go by goes to others first, and rather back than nowhere."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.explanation import why
from contactcentre.core.outcomes import DialResult
from contactcentre.core.world import World
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

RULES = OfferRules(rejected_s=5.0, missed_s=8.0, misses=3, again_s=20.0)


@pytest.fixture
def history() -> History:
    """Agents 1 and 2, who rest 5 s after a rejection; an agent's third miss in a row is one."""
    return History(replace(network(profile(1), profile(2)), offers=RULES))


def rested(history: History, number: int) -> None:
    """The agent's rest is over when its timer says so."""
    agent = history.agent(number)
    assert agent.resting_until is not None
    history.at = agent.resting_until
    history.fires("rest", agent.agent_id)


def asked_again(history: History, number: int) -> None:
    """The next look at a refused call, when it is due."""
    history.pass_s(RULES.again_s)
    history.fires("again", call_id(number))


def refused(history: History) -> None:
    """Agent 1 has rejected call 1 and rested; agent 2 is in a talk."""
    history.talks(2, 9)
    history.ready(1)
    history.waits(1)
    history.rejects(1, 1)
    history.dial_ends(1, DialResult.NO_ANSWER)
    rested(history, 1)


def test_who_refused_a_call_gets_the_next_one(history: History) -> None:
    """The rejected call waits for the other agent, who is talking; a newer one is offered."""
    refused(history)
    assert history.agent(1).state is State.READY
    assert history.call(1).phase is Phase.WAITING
    history.waits(2)
    assert history.agent(1).call_id == call_id(2)


def test_the_other_agent_gets_it(history: History) -> None:
    """As soon as the other one is free."""
    refused(history)
    history.dial_ends(9, DialResult.ANSWERED)
    history.saves(2, 9)
    assert history.agent(2).call_id == call_id(1)


def test_it_comes_back_where_nobody_else_is_at_work(history: History) -> None:
    """Not at once, and again only after a pause, however often it is refused."""
    history.ready(1)
    history.waits(1)
    for number in (1, 2, 3):
        history.rejects(1, 1)
        history.dial_ends(1, DialResult.NO_ANSWER)
        rested(history, 1)
        assert history.call(1).phase is Phase.WAITING
        asked_again(history, 1)
        assert len(history.call(1).offers) == number + 1


def test_it_does_not_wait_for_others_for_ever(history: History) -> None:
    """Three rounds without anybody free, and whoever refused it is asked after all."""
    refused(history)
    for _ in range(2):
        asked_again(history, 1)
        assert history.call(1).phase is Phase.WAITING
    asked_again(history, 1)
    assert history.agent(1).call_id == call_id(1)


def test_somebody_whose_phone_is_away_is_nobody(history: History) -> None:
    """The call does not wait for an agent who cannot be rung."""
    refused(history)
    history.dial_ends(9, DialResult.ANSWERED)
    history.phone(2, reachable=False)
    history.saves(2, 9)
    assert history.agent(2).reason == "phone"
    asked_again(history, 1)
    assert history.agent(1).call_id == call_id(1)


def test_who_missed_a_call_and_is_back_may_have_it(history: History) -> None:
    """A click on ready after a miss says: now I am here. After a rejection it does not."""
    history.talks(2, 9)
    history.ready(1)
    history.waits(1)
    history.pass_s(20)
    history.dial_ends(1, DialResult.NO_ANSWER)
    rested(history, 1)
    assert history.call(1).phase is Phase.WAITING
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert history.agent(1).call_id == call_id(1)
    history.rejects(1, 1)
    history.dial_ends(1, DialResult.NO_ANSWER)
    history.pass_s(1)
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert history.agent(1).state is State.READY


def test_the_third_miss_in_a_row_is_no_rest(history: History) -> None:
    """Twice the agent comes back by himself; then a click is needed."""
    history.ready(1)
    history.waits(1)
    for _ in range(2):
        history.dial_ends(1, DialResult.NO_ANSWER)
        agent = history.agent(1)
        assert (agent.state, agent.reason, agent.wants_ready) == (State.NOT_READY, "missed", True)
        assert history.ordered(effects.StartTimer)[-1].kind in ("rest", "again")
        rested(history, 1)
        asked_again(history, 1)
    history.dial_ends(1, DialResult.NO_ANSWER)
    agent = history.agent(1)
    assert (agent.reason, agent.wants_ready, agent.resting_until) == ("missed", False, None)


def test_a_talk_ends_the_row_of_misses(history: History) -> None:
    """In a row means without an answer between."""
    history.ready(1)
    history.waits(1)
    history.dial_ends(1, DialResult.NO_ANSWER)
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.leg_answers(1)
    assert history.agent(1).missed == 0


def test_a_rest_ends_with_a_click(history: History) -> None:
    """Ready is ready."""
    history.ready(1)
    history.waits(1)
    history.rejects(1, 1)
    assert history.agent(1).reason == "rejected"
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert (history.agent(1).state, history.agent(1).resting_until) == (State.READY, None)
    assert effects.CancelTimer(kind="rest", key="a1") in history.orders


def test_a_break_chosen_in_a_rest_stays(history: History) -> None:
    """The timer of the rest does not end it."""
    history.ready(1)
    history.waits(1)
    history.rejects(1, 1)
    history.not_ready(1, "lunch")
    history.fires("rest", "a1")
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "lunch")


@pytest.mark.parametrize(
    ("said", "seconds"), [(DialResult.NO_ANSWER, 8.0), (DialResult.UNREACHABLE, 30.0)]
)
def test_each_end_has_its_own_rest(history: History, said: DialResult, seconds: float) -> None:
    """As the rules say."""
    history.ready(1)
    history.waits(1)
    history.dial_ends(1, said)
    assert effects.StartTimer(kind="rest", key="a1", seconds=seconds) in history.orders


def test_refusals_and_rests_outlive_the_service(history: History) -> None:
    """A new process knows them from the journal's states and sets the timers anew."""
    history.talks(2, 9)
    history.ready(1)
    history.waits(1)
    history.rejects(1, 1)
    history.dial_ends(1, DialResult.NO_ANSWER)
    old, history.world = history.world, World(history.world.network)
    history.world.restore(old.calls.values(), old.agents.values())
    history.orders.clear()
    history.apply(events.ServiceStarted(at=history.at))
    again = effects.StartTimer(kind="again", key=call_id(1), seconds=RULES.again_s)
    assert again in history.orders
    assert effects.StartTimer(kind="rest", key="a1", seconds=5.0) in history.orders
    history.returns(1)
    rested(history, 1)
    assert history.call(1).phase is Phase.WAITING


def test_a_supervisor_is_told(history: History) -> None:
    """The explanation names the refusal."""
    refused(history)
    said = why(history.world, history.call(1), history.at)
    reasons = {each.agent_id: str(each.passed_over) for each in said.candidates}
    assert reasons == {"a1": "refused", "a2": "busy:talking"}


def test_rules_that_would_ring_without_a_pause_are_refused() -> None:
    """With the reason."""
    with pytest.raises(ValueError, match="a rest lasts 1 to 3600"):
        OfferRules(rejected_s=0.0)
    with pytest.raises(ValueError, match="misses"):
        OfferRules(misses=0)
    with pytest.raises(ValueError, match="rings for 1 to 120"):
        OfferRules(mobile_ring_s=600.0)


def test_a_device_s_ring_time_wins_over_the_queue_s() -> None:
    """None leaves it to the queue."""
    rules = OfferRules(desk_ring_s=12.0)
    assert rules.ring_s("desk", 20.0) == 12.0
    assert rules.ring_s("browser", 20.0) == 20.0
    assert rules.ring_s("mobile", 20.0) == 25.0
