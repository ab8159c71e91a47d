"""An agent asks for help: whatever goes on, until one of the two says that it is over."""

import pytest

from contactcentre.core import commands
from contactcentre.core.agent.signals import HelpGiven
from contactcentre.core.agent.state import State
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.unit


@pytest.fixture
def history() -> History:
    """One agent at work."""
    history = History(network(profile(1)))
    history.links_up()
    history.ready(1)
    return history


def asks(history: History) -> None:
    """The agent presses the button."""
    history.apply(commands.HelpAsked(at=history.at, agent_id="a1"))


def test_help_is_asked_for_in_every_state(history: History) -> None:
    """It changes nothing else, and counts from the first time."""
    asks(history)
    began = history.at
    assert (history.agent(1).state, history.agent(1).help_since) == (State.READY, began)
    history.talks(1, 1)
    history.pass_s(5)
    asks(history)
    assert (history.agent(1).state, history.agent(1).help_since) == (State.TALKING, began)
    history.hangs_up(1)
    assert (history.agent(1).state, history.agent(1).help_since) == (State.WRAP_UP, began)


def test_either_side_ends_it(history: History) -> None:
    """The agent, or whoever comes."""
    for over in (
        commands.HelpWithdrawn(at=history.at, agent_id="a1"),
        HelpGiven(at=history.at, agent_id="a1", by="leader"),
    ):
        asks(history)
        history.apply(over)
        assert history.agent(1).help_since is None


def test_who_has_gone_needs_none(history: History) -> None:
    """And asks for none while logged out."""
    asks(history)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    asks(history)
    assert (history.agent(1).help_since, history.world.refused) == (None, 1)
