"""A cap on the calls of others that a centre takes in an hour."""

from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Centre, Hotline
from contactcentre.core.explanation import why
from contactcentre.core.outcomes import DialResult
from contactcentre.core.world import World
from contactcentre.testing import History, call_id, network, profile
from routing.remote_cap import HOUR_S

pytestmark = pytest.mark.unit

OWN_NUMBER = "60000101"


@pytest.fixture
def history() -> History:
    """The centre `c1` of agents 1 and 2 takes one call from afar in an hour."""
    made = network(profile(1), profile(2))
    centre = Centre(centre_id="c1", name="C1", municipality="m", afar_per_hour=1)
    own = Hotline(number=OWN_NUMBER, labels={}, flow="hotline", centre_id="c1")
    return History(
        replace(made, centres={"c1": centre}, hotlines={**made.hotlines, OWN_NUMBER: own})
    )


def rings_from_afar(history: History, number: int) -> None:
    """Somebody who dialled the common number chooses taxes."""
    history.arrives(number, caller=f"+3712000{number:04}")
    history.presses(number, "1")


def at_the_cap(history: History) -> None:
    """Agent 1 talks to somebody from afar; agent 2 is idle."""
    history.ready(1)
    history.ready(2)
    rings_from_afar(history, 1)
    history.leg_answers(1)


def test_a_centre_at_its_cap_is_left_alone(history: History) -> None:
    """Its idle agents get no call from afar, and are free for the centre's own."""
    at_the_cap(history)
    rings_from_afar(history, 2)
    assert history.call(2).phase is Phase.WAITING
    history.arrives(3, caller="+37120000003", dialled=OWN_NUMBER)
    history.presses(3, "1")
    assert history.agent(2).call_id == call_id(3)


def test_an_hour_later_it_is_asked_again(history: History) -> None:
    """By a timer: the call that waits is offered at that instant."""
    at_the_cap(history)
    rings_from_afar(history, 2)
    unbar = effects.StartTimer(kind="unbar", key="c1", seconds=HOUR_S)
    assert unbar in history.orders
    history.pass_s(HOUR_S)
    history.fires("unbar", "c1")
    assert history.agent(2).call_id == call_id(2)


def test_the_centre_s_own_calls_do_not_count(history: History) -> None:
    """However many."""
    history.ready(1)
    history.arrives(1, dialled=OWN_NUMBER)
    history.presses(1, "1")
    history.leg_answers(1)
    history.ready(2)
    rings_from_afar(history, 2)
    assert history.agent(2).call_id == call_id(2)


def test_the_count_outlives_the_service(history: History) -> None:
    """It is made anew from the calls that the journal kept; old ones count no more."""
    at_the_cap(history)
    history.hangs_up(1)
    ended = history.call(1)
    for later_s, state in ((60.0, State.READY), (HOUR_S, State.RESERVED)):
        world = World(history.world.network)
        world.restore([ended], history.world.agents.values())
        again = History(history.world.network)
        again.world, again.at = world, history.at + later_s
        again.apply(events.ServiceStarted(at=again.at))
        rings_from_afar(again, 2)
        assert again.agent(2).state is state


def test_every_answer_counts_after_a_restart_too(history: History) -> None:
    """Agent 1 took the call and passed it on to another centre; that was one for the cap."""
    given = history.world.network
    centres = {**given.centres, "c2": replace(given.centres["c1"], centre_id="c2")}
    others = {**given.agents, "a3": replace(profile(3), centre_id="c2")}
    given = replace(given, version=2, centres=centres, agents=others)
    history.apply(events.NetworkPublished(at=history.at, network=given))
    history.links_up()
    at_the_cap(history)
    history.ready(3)
    history.passes_on(1, 1, "taxes")
    history.dial_ends(1, DialResult.ANSWERED)
    history.leg_answers(1)
    assert history.call(1).talk.agent_id == "a3"
    after = World(given)
    after.restore([history.call(1)], history.world.agents.values())
    assert after.matcher.caps.barred == {"c1", "c2"}


def test_a_new_cap_counts_at_once(history: History) -> None:
    """A configuration that lifts it frees the agents."""
    at_the_cap(history)
    rings_from_afar(history, 2)
    given = history.world.network
    centre = replace(given.centres["c1"], afar_per_hour=None)
    lifted = replace(given, version=2, centres={"c1": centre})
    history.apply(events.NetworkPublished(at=history.at, network=lifted))
    assert history.agent(2).call_id == call_id(2)


def test_a_supervisor_is_told(history: History) -> None:
    """The explanation names the cap."""
    at_the_cap(history)
    rings_from_afar(history, 2)
    said = why(history.world, history.call(2), history.at)
    reasons = {each.agent_id: str(each.passed_over) for each in said.candidates}
    assert reasons["a2"] == "remote_cap"
