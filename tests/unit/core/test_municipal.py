"""A municipality's own services: its own agents are asked first, and nobody waits for ever."""

from dataclasses import replace

import pytest

from contactcentre.core import values
from contactcentre.core.call import demand
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Centre, Hotline, Network
from contactcentre.core.explanation import why
from contactcentre.testing import History, call_id, municipalities, network, profile
from ivr.flow import parse
from routing.circles import Circle, CirclePlan, Relax
from routing.model import AgentProfile

pytestmark = pytest.mark.unit

COMMON, CENTRE = "60000100", "60000101"

CIRCLES = CirclePlan(
    circles=(
        Circle(kind="municipality", lasts_s=20.0),
        Circle(kind="network", lasts_s=10.0),
        Circle(kind="network", relax=Relax(any_authority=True)),
    )
)


def agent_of(number: int, municipality: str) -> AgentProfile:
    """An agent of a municipality's only centre."""
    made = profile(number)
    capability = replace(made.capability, authorities=(municipality,))
    return replace(made, centre_id=f"c-{municipality}", capability=capability)


@pytest.fixture
def given() -> Network:
    """Two municipalities with a centre and an agent each; taxes are municipal."""
    made = network(agent_of(1, "m1"), agent_of(2, "m2"))
    names = ("m1", "m2")
    own = Hotline(number=CENTRE, labels={}, flow="hotline", centre_id="c-m1")
    queues = {**made.queues}
    queues["taxes"] = replace(queues["taxes"], level="municipal", circles=CIRCLES)
    return replace(
        made,
        centres={
            f"c-{name}": Centre(centre_id=f"c-{name}", name=name, municipality=name)
            for name in names
        },
        municipalities=municipalities(m1="r", m2="r"),
        hotlines={**made.hotlines, CENTRE: own},
        queues=queues,
    )


@pytest.fixture
def history(given: Network) -> History:
    """Both agents ready; the second one longer idle."""
    history = History(given)
    history.ready(2)
    history.pass_s(60)
    history.ready(1)
    return history


def chooses(history: History, number: int, municipality: str, dialled: str = COMMON) -> None:
    """A caller who chose this municipality in the menu, and then its matter."""
    history.arrives(number, dialled=dialled)
    call = history.call(number)
    history.world.calls[call.call_id] = values.replace(
        call, choice=values.replace(call.choice, municipality=municipality)
    )
    history.presses(number, "1")


def test_the_chosen_municipality_s_agent_is_asked(history: History) -> None:
    """A caller of the common number belongs to the municipality chosen in the menu."""
    chooses(history, 1, "m1")
    assert history.agent(1).call_id == call_id(1)


def test_the_dialled_centre_s_municipality_is_asked(history: History) -> None:
    """Where the menu asked nothing."""
    chooses(history, 1, "", CENTRE)
    assert history.agent(1).call_id == call_id(1)


def test_the_choice_counts_more_than_the_number(history: History) -> None:
    """Somebody in one municipality rings about another one's services."""
    chooses(history, 1, "m2", CENTRE)
    assert history.agent(2).call_id == call_id(1)


def test_a_state_service_stays_with_the_number_dialled(given: Network) -> None:
    """The menu's choice does not take a caller away from the own centre."""
    history = History(given)
    history.arrives(1, dialled=CENTRE)
    call = values.replace(
        history.call(1),
        choice=values.replace(history.call(1).choice, municipality="m2"),
        queue="general",
    )
    assert demand.home(call, given).centre == "c-m1"
    assert demand.authority(call, given) == ""
    assert demand.authority(values.replace(call, queue="taxes"), given) == "m2"


def test_others_know_the_answer_too_in_the_end(given: Network) -> None:
    """Nobody of the municipality is there: everybody is asked after the first network ring."""
    history = History(given)
    history.ready(2)
    chooses(history, 1, "m1")
    assert history.call(1).phase is Phase.WAITING
    said = why(history.world, history.call(1), history.at)
    reasons = [str(each.passed_over) for each in said.candidates if each.agent_id == "a2"]
    assert reasons == ["authority:m1"]
    history.pass_s(10)
    history.fires("widen", call_id(1))
    assert history.agent(2).call_id == call_id(1)


FLOW = """
schema: 1
version: 1
languages:
  lv: {}
start: chosen
default: callback
nodes:
  chosen:
    type: set
    values: {municipality: m1}
    then: callback
  callback:
    type: callback
    queue: taxes
    prompts: []
"""


def test_a_callback_belongs_to_the_municipality_chosen_before(given: Network) -> None:
    """Who chooses a municipality and is rung back later is asked for by its own agents."""
    flows = {**given.flows, "callback": parse(FLOW, name="callback")}
    history = History(replace(given, flows=flows))
    promise = history.promise(history.asks_callback(1))
    assert promise.choice.municipality == "m1"
