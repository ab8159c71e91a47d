"""Who can be rung on no phone for long is logged out, and comes back by a click alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.absence import LOOK_AGAIN_S
from contactcentre.core.agent.state import State
from contactcentre.core.call.outbound_moves import dial_id
from contactcentre.core.call.state import Phase
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.outcomes import DialResult, Outcome
from contactcentre.testing import History, call_id, network, profile
from routing.overflow import Overflow

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

ABSENT_S = 600.0


@pytest.fixture
def history(begin: Begin) -> History:
    """Agent 1 is ready, and it is a minute later."""
    history = begin()
    history.apply(events.ServiceStarted(at=history.at))
    history.links_up()
    history.ready(1)
    history.pass_s(60)
    return history


def shuts_the_laptop(history: History) -> None:
    """Its phone answers no more."""
    history.phone(1, reachable=False)


def due_in(history: History) -> float | None:
    """Seconds, by the last order for the log-out; None where it was called off."""
    orders = [
        order
        for order in history.orders
        if isinstance(order, effects.StartTimer | effects.CancelTimer) and order.kind == "absent"
    ]
    last = orders[-1]
    return last.seconds if isinstance(last, effects.StartTimer) else None


def stays_away(history: History) -> None:
    """Until the time is up."""
    seconds = due_in(history)
    assert seconds is not None
    history.pass_s(seconds)
    history.fires("absent", "a1")


def test_a_shut_laptop_is_logged_out(history: History) -> None:
    """After ten minutes; its secret is worthless then, and the reason stands in the record."""
    shuts_the_laptop(history)
    assert due_in(history) == ABSENT_S
    stays_away(history)
    agent = history.agent(1)
    assert (agent.state, agent.reason, agent.gone_at) == (State.LOGGED_OUT, "absent", history.at)
    assert history.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]


def test_who_is_back_in_time_stays(history: History) -> None:
    """As ready as before; a timer that crossed with the phone does nothing."""
    shuts_the_laptop(history)
    history.pass_s(599)
    history.phone(1, reachable=True)
    assert due_in(history) is None
    history.pass_s(1)
    history.fires("absent", "a1")
    assert history.agent(1).state is State.READY


def test_the_time_begins_anew_with_each_absence(history: History) -> None:
    """Whoever was back in between has not been away for all of it."""
    shuts_the_laptop(history)
    history.pass_s(500)
    history.phone(1, reachable=True)
    history.pass_s(10)
    shuts_the_laptop(history)
    assert due_in(history) == ABSENT_S


def test_a_break_with_the_laptop_shut_counts_too(history: History) -> None:
    """What was chosen before does not matter, nor what is chosen elsewhere meanwhile."""
    history.not_ready(1, "lunch")
    shuts_the_laptop(history)
    history.pass_s(300)
    history.not_ready(1, "break")
    assert due_in(history) == ABSENT_S  # from the beginning, not from the choice
    history.pass_s(300)
    history.fires("absent", "a1")
    assert history.agent(1).state is State.LOGGED_OUT


def test_a_log_in_without_a_phone_is_no_presence(begin: Begin) -> None:
    """A page whose phone never registers."""
    history = begin()
    history.links_up()
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    stays_away(history)
    assert history.agent(1).state is State.LOGGED_OUT


def test_a_talk_is_not_absence_and_its_wrap_up_neither(begin: Begin) -> None:
    """The time runs from the end of the wrap-up."""
    history = begin()
    history.links_up()
    history.talks(1, 1)
    shuts_the_laptop(history)
    history.pass_s(700)
    assert history.agent(1).unreachable_since is None
    history.hangs_up(1)
    history.pass_s(60)
    history.fires("wrap_up", "a1")
    assert due_in(history) == ABSENT_S
    stays_away(history)
    assert history.agent(1).state is State.LOGGED_OUT
    assert history.agent(1).unsaved == (call_id(1),)  # the record waits


def test_a_phone_that_does_not_ring_is_none(history: History) -> None:
    """Registered or not: nobody can be reached on it."""
    history.waits(1, "")
    offer_id = f"{call_id(1)}-1"
    history.apply(events.LegDialed(at=history.at, offer_id=offer_id, leg="PJSIP/a-1-1"))
    history.pass_s(3)
    history.fires("silent", offer_id)
    history.dial_ends(1, DialResult.UNREACHABLE)
    stays_away(history)
    assert history.agent(1).state is State.LOGGED_OUT


def test_who_dials_is_there(history: History) -> None:
    """Whatever the phone does; the time begins anew when nobody lifts, and it is up one day."""
    history.waits(1, "")
    offer_id = f"{call_id(1)}-1"
    history.apply(events.LegDialed(at=history.at, offer_id=offer_id, leg="PJSIP/a-1-1"))
    history.fires("silent", offer_id)
    history.dial_ends(1, DialResult.UNREACHABLE)
    history.pass_s(590)
    key = dials(history)
    assert due_in(history) is None
    history.pass_s(20)
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    assert history.agent(1).state is State.NOT_READY
    assert due_in(history) == ABSENT_S
    stays_away(history)
    assert history.agent(1).state is State.LOGGED_OUT


def dials(history: History) -> str:
    """Agent 1 rings an office; the id of that call."""
    history.apply(
        commands.DialChosen(at=history.at, agent_id="a1", number="+37167000000", contact="")
    )
    return dial_id("a1", history.at)


def test_a_mobile_is_there(begin: Begin) -> None:
    """It registers nowhere, so nobody can say that it is not."""
    history = begin(replace(profile(1), device="mobile", mobile="+37120000777"))
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    assert history.agent(1).unreachable_since is None


def test_the_line_knows_that_nobody_is_there() -> None:
    """A way out of the queue for "nobody is logged in" opens by itself."""
    made = network(profile(1))
    nobody = (Overflow(when="nobody", do="hang_up"),)
    queues = {key: replace(queue, overflow=nobody) for key, queue in made.queues.items()}
    history = History(replace(made, queues=queues))
    history.links_up()
    history.ready(1)
    shuts_the_laptop(history)
    history.waits(1, "")
    assert history.call(1).phase is Phase.WAITING
    stays_away(history)
    history.fires("overflow", call_id(1))
    assert history.call(1).end.outcome is Outcome.TURNED_AWAY


# --- the way back --------------------------------------------------------------------------


def test_the_reason_is_told_until_the_agent_does_something(history: History) -> None:
    """Over the next log-in; a choice shows that it was read."""
    shuts_the_laptop(history)
    stays_away(history)
    gone_at = history.at
    history.pass_s(3600)
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    history.phone(1, reachable=True)
    agent = history.agent(1)
    assert (agent.state, agent.reason, agent.gone_at) == (State.NOT_READY, "shift", gone_at)
    history.apply(commands.MicrophoneReported(at=history.at, agent_id="a1", granted=True))
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert (history.agent(1).state, history.agent(1).gone_at) == (State.READY, None)


def test_a_phone_that_comes_back_by_itself_makes_nobody_ready(history: History) -> None:
    """The laptop is opened in the morning: its phone registers, and its agent has said nothing."""
    shuts_the_laptop(history)
    stays_away(history)
    history.phone(1, reachable=True)
    history.apply(commands.MicrophoneReported(at=history.at, agent_id="a1", granted=True))
    history.waits(1, "")
    assert history.agent(1).state is State.LOGGED_OUT
    assert history.call(1).offers == ()


# --- when nothing can be heard, and when we were away --------------------------------------


def test_without_the_link_nobody_is_judged(history: History) -> None:
    """The phone may be back unheard: the snapshot says so, or the next look logs out."""
    shuts_the_laptop(history)
    history.apply(events.TelephonyLost(at=history.at))
    stays_away(history)
    assert history.agent(1).state is State.NOT_READY
    assert due_in(history) == LOOK_AGAIN_S
    history.links_up(reachable=("a-2",))
    stays_away(history)
    assert history.agent(1).state is State.LOGGED_OUT


def restarted(old: History, *, after_s: float) -> History:
    """The next process, with what the journal kept."""
    new = History(old.world.network)
    new.at = old.at + after_s
    new.world.restore(old.world.calls.values(), old.world.agents.values())
    new.apply(events.ServiceStarted(at=new.at))
    return new


def test_a_restart_does_not_forget_how_long(history: History) -> None:
    """The timer is set again for what is left."""
    shuts_the_laptop(history)
    history.pass_s(200)
    new = restarted(history, after_s=100)
    assert due_in(new) == 300.0


def test_a_night_with_the_service_down(history: History) -> None:
    """The laptop was shut while nobody looked: the first snapshot shows it."""
    new = restarted(history, after_s=12 * 3600)
    new.links_up(reachable=("a-2",))
    assert (new.agent(1).state, new.agent(1).reason) == (State.NOT_READY, "phone")
    assert due_in(new) == ABSENT_S
    stays_away(new)
    assert new.agent(1).state is State.LOGGED_OUT


def test_who_was_logged_out_is_so_after_a_restart(history: History) -> None:
    """And is told why still."""
    shuts_the_laptop(history)
    stays_away(history)
    new = restarted(history, after_s=3600)
    new.links_up(reachable=("a-1", "a-2"))
    assert (new.agent(1).state, new.agent(1).gone_at) == (State.LOGGED_OUT, history.at)


# --- the rules -----------------------------------------------------------------------------


def with_rules(history: History, absent_s: float) -> None:
    """Somebody has published other rules."""
    rules = replace(history.world.network, offers=OfferRules(absent_s=absent_s))
    history.apply(events.NetworkPublished(at=history.at, network=rules))


def test_longer_patience_counts_for_who_is_away_already(history: History) -> None:
    """What is left of it is waited for."""
    shuts_the_laptop(history)
    with_rules(history, 1800.0)
    stays_away(history)
    assert history.agent(1).state is State.NOT_READY
    assert due_in(history) == 1200.0


def test_less_than_a_minute_is_refused() -> None:
    """A page that reloads is away for some seconds."""
    with pytest.raises(ValueError, match="absent_s: 60 to 86400 seconds"):
        OfferRules(absent_s=5.0)
