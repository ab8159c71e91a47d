"""Rings: the home centre first, then wider circles, each after its seconds."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Centre, Hotline, Network
from contactcentre.core.explanation import why
from contactcentre.core.outcomes import DialResult
from contactcentre.testing import History, call_id, municipalities, network, profile
from routing.circles import EVERYBODY, Circle, CirclePlan, Relax

pytestmark = pytest.mark.unit

HOME_NUMBER = "60000101"

CIRCLES = CirclePlan(
    circles=(
        Circle(kind="agent", lasts_s=5.0),
        Circle(kind="centre", lasts_s=15.0),
        Circle(kind="municipality", lasts_s=10.0),
        Circle(kind="network", lasts_s=30.0),
        Circle(kind="network", relax=Relax(skills_at_most=0)),
    )
)


@pytest.fixture
def circles() -> Network:
    """Agents 1 in the home centre, 2 in its municipality, 3 far away; unskilled 4 far, 5 home."""
    profiles = (
        profile(1),
        replace(profile(2), centre_id="c2"),
        replace(profile(3), centre_id="c3"),
        replace(profile(4, taxes=False), centre_id="c3"),
        profile(5, taxes=False),
    )
    made = network(*profiles)
    centres = {
        "c1": Centre(centre_id="c1", name="C1", municipality="m1"),
        "c2": Centre(centre_id="c2", name="C2", municipality="m1"),
        "c3": Centre(centre_id="c3", name="C3", municipality="m9"),
    }
    hotlines = {
        **made.hotlines,
        HOME_NUMBER: Hotline(number=HOME_NUMBER, labels={}, flow="hotline", centre_id="c1"),
    }
    queues = {key: replace(queue, circles=CIRCLES) for key, queue in made.queues.items()}
    around = municipalities(m1="r1", m9="r9")
    return replace(made, municipalities=around, centres=centres, hotlines=hotlines, queues=queues)


@pytest.fixture
def history(circles: Network) -> History:
    """A World with those agents, all logged out."""
    return History(circles)


def rings_home(
    history: History, number: int, *, dialled: str = HOME_NUMBER, caller: int | None = None
) -> None:
    """A call, by default to the home centre's own number, chooses taxes."""
    history.arrives(number, caller=f"+3712000{caller or number:04}", dialled=dialled)
    history.presses(number, "1")


def occupy(history: History, number: int, call: int) -> None:
    """The agent is at work, in a talk that came by the common number."""
    history.ready(number)
    rings_home(history, call, dialled="60000100")
    history.leg_answers(call)
    assert history.agent(number).state is State.TALKING


def widen(history: History, number: int) -> None:
    """The last ring timer of a call fires when it is due."""
    timers = [
        order
        for order in history.ordered(effects.StartTimer)
        if (order.kind, order.key) == ("widen", call_id(number))
    ]
    history.pass_s(timers[-1].seconds)
    history.apply(events.TimerFired(at=history.at, kind="widen", key=call_id(number)))


def test_the_home_centre_is_asked_first(history: History) -> None:
    """Whoever is idle longest far away is passed over while the home centre has somebody."""
    history.ready(3)
    history.pass_s(60)
    history.ready(1)
    rings_home(history, 7)
    offer = history.call(7).offer
    assert offer is not None
    assert (offer.agent_id, offer.circle) == ("a1", 1)


def test_a_busy_home_is_waited_for_and_then_left(history: History) -> None:
    """Agent far away gets the call when centre and municipality have had their seconds."""
    occupy(history, 1, call=1)
    occupy(history, 2, call=2)
    history.ready(3)
    rings_home(history, 7)
    assert history.call(7).phase is Phase.WAITING
    widen(history, 7)
    assert history.call(7).phase is Phase.WAITING
    widen(history, 7)
    offer = history.call(7).offer
    assert offer is not None
    assert (offer.agent_id, offer.circle) == ("a3", 3)
    assert history.call(7).queueing.queued_at == history.at - 25.0


def test_a_ring_without_anybody_takes_no_time(history: History) -> None:
    """Nobody at work in centre and municipality: the network is asked at once."""
    history.ready(3)
    rings_home(history, 7)
    assert history.agent(3).state is State.RESERVED


def test_the_common_number_asks_everybody(history: History) -> None:
    """A caller who belongs nowhere waits for no circle."""
    occupy(history, 1, call=1)
    history.ready(3)
    rings_home(history, 7, dialled="60000100")
    assert history.agent(3).state is State.RESERVED


def test_the_last_ring_asks_for_less(history: History) -> None:
    """When the skilled have had their time, an unskilled agent may answer."""
    occupy(history, 1, call=1)
    history.ready(4)
    rings_home(history, 7)
    for _ in range(2):
        widen(history, 7)
        assert history.agent(4).state is State.READY
    widen(history, 7)
    assert history.agent(4).state is State.RESERVED


def test_the_agent_of_the_last_talk_is_asked_first(history: History) -> None:
    """A caller who rings again gets the same agent, though another one is idle longer."""
    history.ready(3)
    rings_home(history, 7)
    history.leg_answers(7)
    history.ready(1)
    history.hangs_up(7)
    history.saves(3, 7)
    history.pass_s(300)
    rings_home(history, 8, caller=7)
    offer = history.call(8).offer
    assert offer is not None
    assert (offer.agent_id, offer.circle) == ("a3", 0)


def test_a_record_that_is_saved_late_makes_nobody_the_last_agent(history: History) -> None:
    """Agent 3 talked to the caller before agent 1 did, and writes it down only now."""
    history.ready(3)
    rings_home(history, 7)
    history.leg_answers(7)
    history.hangs_up(7)
    history.pass_s(60)
    history.ready(1)
    rings_home(history, 8, caller=7)
    widen(history, 8)
    history.leg_answers(8)
    history.hangs_up(8)
    history.saves(1, 8)
    history.pass_s(60)
    history.saves(3, 7)
    rings_home(history, 9, caller=7)
    offer = history.call(9).offer
    assert offer is not None
    assert (offer.agent_id, offer.circle) == ("a1", 0)


def test_a_colleague_who_comes_back_takes_no_ring_away(history: History) -> None:
    """A call that has reached the network stays there when the home centre is staffed again."""
    history.ready(4)
    rings_home(history, 7)
    assert history.call(7).phase is Phase.WAITING
    history.ready(5)
    history.apply(events.TimerFired(at=history.at, kind="widen", key=call_id(7)))
    history.ready(3)
    assert history.agent(3).state is State.RESERVED


def test_a_ring_that_empties_ends_at_once(history: History) -> None:
    """The home centre's only agent declines and is away: the next one is asked without a wait."""
    history.ready(1)
    rings_home(history, 7)
    history.ready(2)
    history.dial_ends(7, DialResult.DECLINED)
    offer = history.call(7).open_offer
    assert offer is not None
    assert (offer.agent_id, offer.circle) == ("a2", 2)


def test_who_is_taken_out_twice_in_one_talk_leaves_no_ring_behind(circles: Network) -> None:
    """Nobody waits at home for an agent who sits there no more, whatever was published between."""
    history = History(circles)
    occupy(history, 1, call=1)
    history.ready(3)
    fewer = replace(circles, agents={k: one for k, one in circles.agents.items() if k != "a1"})
    for given in (fewer, circles, fewer):
        history.apply(events.NetworkPublished(at=history.at, network=given))
    rings_home(history, 7)
    assert [offer.agent_id for offer in history.call(7).offers] == ["a3"]


def test_calls_that_are_let_out_of_a_ring_together_keep_their_order(circles: Network) -> None:
    """The head start counts when both ask for the one agent who is free."""
    taxes = replace(circles.queues["taxes"], head_start_s=60.0)
    history = History(replace(circles, queues={**circles.queues, "taxes": taxes}))
    occupy(history, 1, call=1)
    history.ready(3)
    history.arrives(7, caller="+37120000007", dialled=HOME_NUMBER)
    history.presses(7, "")
    history.pass_s(1)
    rings_home(history, 8)
    history.hangs_up(1)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    assert history.agent(3).call_id == call_id(8)


def test_a_ring_that_empties_elsewhere_moves_nobody(history: History) -> None:
    """Of those who wait, only those whose home it is stand anew."""
    occupy(history, 1, call=1)
    occupy(history, 3, call=2)
    rings_home(history, 7)
    history.hangs_up(2)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a3"))
    assert call_id(7) not in history.world.touched_calls
    history.hangs_up(1)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    assert call_id(7) in history.world.touched_calls


def test_a_call_does_not_stay_in_a_ring_that_is_configured_no_more(
    history: History, circles: Network
) -> None:
    """It waits for its old ring's time at most, and then for everybody."""
    occupy(history, 1, call=1)
    history.ready(3)
    rings_home(history, 7)
    queues = {key: replace(queue, circles=EVERYBODY) for key, queue in circles.queues.items()}
    history.apply(events.NetworkPublished(at=history.at, network=replace(circles, queues=queues)))
    history.pass_s(15)
    history.fires("widen", call_id(7))
    offer = history.call(7).open_offer
    assert offer is not None
    assert offer.agent_id == "a3"


def test_a_supervisor_can_ask_why(history: History) -> None:
    """The explanation agrees with the decision, before the ring widens and after it."""
    occupy(history, 1, call=1)
    history.ready(3)
    rings_home(history, 7)
    waits = why(history.world, history.call(7), history.at)
    assert waits.chosen is None
    reasons = {each.agent_id: each.passed_over for each in waits.candidates}
    assert str(reasons["a1"]) == "busy:talking"
    far = reasons["a3"]
    assert far is not None
    assert (far.code, far.in_s) == ("circle", 25.0)
    assert (int(waits.waited_s), waits.stage.scope.kind) == (0, "centre")
