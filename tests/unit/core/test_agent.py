"""An agent's day: ready or not, and why."""

from collections.abc import Callable

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.testing import START, History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


@pytest.fixture
def ready(begin: Begin) -> History:
    """`a1` is ready since START, and it is a minute later."""
    history = begin()
    history.ready(1)
    history.pass_s(60)
    return history


def heard(history: History, *, granted: bool) -> None:
    """The browser tells of its microphone."""
    history.apply(commands.MicrophoneReported(at=history.at, agent_id="a1", granted=granted))


def test_a_shift_begins_not_ready(begin: Begin) -> None:
    """Logged in is not ready."""
    history = begin()
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    agent = history.agent(1)
    assert (agent.state, agent.reason, agent.since) == (State.NOT_READY, "shift", START)


def test_ready_waits_for_phone_and_microphone(begin: Begin) -> None:
    """What the agent wants is kept; what is in the way is said, one thing after the other."""
    history = begin()
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert history.agent(1).reason == "phone"
    history.phone(1, reachable=True)
    assert history.agent(1).reason == "microphone"
    heard(history, granted=True)
    assert history.agent(1).state is State.READY


def test_a_lost_phone_is_said_and_comes_back_by_itself(ready: History) -> None:
    """NOT_READY because of the phone, READY with it again, as long idle as before."""
    idle_since = ready.agent(1).idle_since
    ready.phone(1, reachable=False)
    assert (ready.agent(1).state, ready.agent(1).reason) == (State.NOT_READY, "phone")
    ready.phone(1, reachable=True)
    assert (ready.agent(1).state, ready.agent(1).idle_since) == (State.READY, idle_since)


def test_a_lost_microphone_is_said_and_comes_back_by_itself(ready: History) -> None:
    """NOT_READY because of the microphone, READY with it again."""
    heard(ready, granted=False)
    assert (ready.agent(1).state, ready.agent(1).reason) == (State.NOT_READY, "microphone")
    heard(ready, granted=True)
    assert ready.agent(1).state is State.READY


def test_a_phone_in_another_call_gets_none_of_ours(ready: History) -> None:
    """The fallback queue has rung it, say."""
    ready.apply(events.PhoneBusy(at=ready.at, endpoint="a-1", busy=True))
    ready.waits(1)
    assert (ready.agent(1).state, ready.agent(1).reason) == (State.NOT_READY, "busy")
    ready.apply(events.PhoneBusy(at=ready.at, endpoint="a-1", busy=False))
    assert ready.agent(1).state is State.RESERVED


def test_a_chosen_break_is_not_ended_by_the_phone(ready: History) -> None:
    """The agent's last word always wins."""
    ready.not_ready(1, "lunch")
    ready.phone(1, reachable=False)
    ready.phone(1, reachable=True)
    assert (ready.agent(1).state, ready.agent(1).reason) == (State.NOT_READY, "lunch")


def test_saying_the_same_again_does_not_start_the_time_anew(ready: History) -> None:
    """A second click or a second word of the phone leaves `since` alone."""
    ready.apply(commands.ReadyChosen(at=ready.at, agent_id="a1"))
    ready.phone(1, reachable=True)
    assert ready.agent(1).since == START


def test_an_old_contact_s_end_is_not_the_phone_s(ready: History) -> None:
    """A page that reloads registers anew before Asterisk reports its old contact gone."""
    ready.phone(1, reachable=True, contact="sip:old")
    ready.phone(1, reachable=True, contact="sip:new")
    ready.phone(1, reachable=False, contact="sip:old")
    assert ready.agent(1).state is State.READY
    ready.phone(1, reachable=False, contact="sip:new")
    assert ready.agent(1).reason == "phone"


def test_the_end_of_a_phone_of_unknown_contact_is_believed(ready: History) -> None:
    """A snapshot tells that a phone is there, not at which contact."""
    ready.phone(1, reachable=True, contact="")
    ready.phone(1, reachable=False, contact="sip:somewhere")
    assert ready.agent(1).reason == "phone"


def test_phones_of_nobody_are_no_fault(ready: History) -> None:
    """The carrier has an endpoint, too."""
    ready.apply(events.PhoneSeen(at=ready.at, endpoint="carrier", reachable=True))
    assert ready.world.refused == 0


def test_log_out_withdraws_the_phone(ready: History) -> None:
    """Logged out at once when free; a later log-in begins a new shift."""
    ready.apply(commands.AgentLoggedOut(at=ready.at, agent_id="a1"))
    assert ready.agent(1).state is State.LOGGED_OUT
    assert ready.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]
    ready.pass_s(5)
    ready.apply(commands.AgentLoggedIn(at=ready.at, agent_id="a1"))
    agent = ready.agent(1)
    assert (agent.state, agent.reason, agent.microphone) == (State.NOT_READY, "shift", False)
    assert agent.idle_since == ready.at


def test_log_out_in_wrap_up_leaves_the_record_open(begin: Begin) -> None:
    """The wrap-up ends with the log-out; the record waits for the next shift."""
    history = begin()
    history.talks(1, 1)
    history.hangs_up(1)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    assert history.agent(1).state is State.LOGGED_OUT
    assert effects.CancelTimer(kind="wrap_up", key="a1") in history.orders
    assert history.agent(1).unsaved == (call_id(1),)
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    history.saves(1, 1)
    assert history.agent(1).unsaved == ()


def test_the_fallback_queue_follows_what_the_agent_wants(ready: History) -> None:
    """Should the service die, the phones of those who want calls ring, and no others."""
    assert ready.ordered(effects.SetMember)[-1] == effects.SetMember(endpoint="a-1", paused=False)
    ready.not_ready(1, "lunch")
    assert ready.ordered(effects.SetMember)[-1].paused


def test_an_unknown_agent_is_refused(begin: Begin) -> None:
    """Nothing is invented."""
    history = begin()
    history.apply(commands.AgentLoggedIn(at=START, agent_id="nobody"))
    assert history.world.illegal == {("AgentLoggedIn", "unknown agent"): 1}
