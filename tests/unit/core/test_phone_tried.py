"""An agent tries the telephone before the first call."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.unit


def hotline(device: str = "browser") -> History:
    """An agent who has logged in and is not ready yet."""
    one = replace(profile(1), device=device, mobile="+37120000099")  # type: ignore[arg-type]
    history = History(network(one))
    history.links_up()
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    history.phone(1, reachable=True)
    return history


def tries(history: History) -> list[str]:
    """The agent presses the button; the phones that are rung for it."""
    rung = history.apply(commands.PhoneTried(at=history.at, agent_id="a1"))
    return [order.endpoint for order in rung if isinstance(order, effects.TryPhone)]


@pytest.mark.parametrize("device", ["browser", "desk"])
def test_a_phone_of_ours_is_rung(device: str) -> None:
    """The agent stays what the agent was; whoever presses on and on does not ring on and on."""
    history = hotline(device)
    before = history.agent(1)
    assert tries(history) == ["a-1"]
    assert tries(history) == []
    history.pass_s(3)
    assert tries(history) == ["a-1"]
    assert history.agent(1) == before


def test_nobody_is_tried_for_whom_a_caller_may_come() -> None:
    """Ready, in a call, or in one that is not ours; nor where there is nothing to ring, or money
    would be paid for it."""
    assert tries(hotline("mobile")) == []
    history = hotline()
    history.apply(events.PhoneBusy(at=history.at, endpoint="a-1", busy=True))
    assert tries(history) == []
    history.apply(events.PhoneBusy(at=history.at, endpoint="a-1", busy=False))
    history.apply(events.TelephonyLost(at=history.at))
    assert tries(history) == []
    history.links_up()
    assert tries(history) == ["a-1"]
    history.pass_s(5)
    history.ready(1)
    assert tries(history) == []
    history.talks(1, 1)
    assert tries(history) == []
    history.phone(1, reachable=False)
    assert tries(history) == []
