"""A new configuration in mid-call."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.agent import State
from contactcentre.core.call import Phase
from contactcentre.core.network import Network
from contactcentre.testing import History, call_id, capability, network, profile
from routing.model import AgentProfile

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


def publish(history: History, *profiles: AgentProfile, wrap_up_s: float = 60.0) -> None:
    """These are the agents now."""
    given = replace(network(*profiles, wrap_up_s=wrap_up_s), version=2)
    history.apply(events.NetworkPublished(at=history.at, network=given))


def test_a_talk_goes_on(begin: Begin) -> None:
    """Nothing of it changes; what comes next goes by the new configuration."""
    history = begin()
    history.talks(1, 1)
    call, agent = history.call(1), history.agent(1)
    publish(history, profile(1), profile(2), wrap_up_s=5.0)
    assert (history.call(1), history.agent(1)) == (call, agent)
    history.hangs_up(1)
    assert history.agent(1).wrap_up_until == history.at + 5.0


def test_a_new_skill_serves_who_waits_already(begin: Begin) -> None:
    """The line is looked through at once."""
    history = begin(profile(1, taxes=False))
    history.waits(1, "1")
    history.ready(1)
    assert history.agent(1).state is State.READY
    publish(history, profile(1))
    assert history.call(1).phase is Phase.OFFERED


def test_a_new_agent_can_log_in(begin: Begin) -> None:
    """The agent is known from then on, phone and all."""
    history = begin(profile(1))
    publish(history, profile(1), profile(2))
    history.ready(2)
    assert history.agent(2).state is State.READY


def test_an_agent_who_was_taken_out_is_logged_out(begin: Begin) -> None:
    """At once when free, and gets no call."""
    history = begin()
    history.ready(2)
    publish(history, profile(1))
    history.waits(1)
    assert history.agent(2).state is State.LOGGED_OUT
    assert history.call(1).phase is Phase.WAITING
    assert history.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-2")]


def test_an_agent_who_was_taken_out_finishes_the_call(begin: Begin) -> None:
    """The caller does not notice."""
    history = begin()
    history.talks(2, 1)
    publish(history, profile(1))
    assert history.agent(2).state is State.TALKING
    history.hangs_up(1)
    history.fires("wrap_up", "a2")
    assert history.agent(2).state is State.LOGGED_OUT


def test_the_call_that_rings_there_goes_to_somebody_else(begin: Begin) -> None:
    """The offer is withdrawn."""
    history = begin()
    history.ready(2)
    history.waits(1)
    history.ready(1)
    publish(history, profile(1))
    assert history.agent(2).state is State.LOGGED_OUT
    history.dial_ends(1, "NOANSWER")
    assert history.agent(1).offer_id == f"{call_id(1)}-2"


def test_another_phone_has_to_register_first(begin: Begin) -> None:
    """The agent moves to another device: not ready until that is there."""
    history = begin(profile(1))
    history.ready(1)
    publish(history, replace(profile(1), endpoint="a-9", name="Agent Nine"))
    agent = history.agent(1)
    assert (agent.reason, agent.endpoint, agent.name) == ("phone", "a-9", "Agent Nine")
    history.apply(events.PhoneSeen(at=history.at, endpoint="a-9", reachable=True))
    assert history.agent(1).state is State.READY
    history.apply(events.PhoneSeen(at=history.at, endpoint="a-1", reachable=False))
    assert history.agent(1).state is State.READY


def test_a_queue_that_is_gone_keeps_its_callers(begin: Begin) -> None:
    """They wait on, by the rules of the queue that takes all."""
    history = begin()
    history.waits(1, "1")
    given = network(profile(1), ring_s=9.0)
    general = {"general": given.queues["general"]}
    history.apply(
        events.NetworkPublished(at=history.at, network=replace(given, version=2, queues=general))
    )
    history.ready(1)
    assert history.ordered(effects.Ring)[-1].timeout_s == 9.0


def test_a_changed_menu_begins_anew_at_the_next_answer(begin: Begin) -> None:
    """The caller's place in the old menu means nothing in the new one."""
    history = begin()
    history.arrives(1)
    flow = history.world.network.flows["hotline"]
    given = replace(history.world.network, flows={"hotline": replace(flow, version=2)})
    history.apply(events.NetworkPublished(at=history.at, network=given))
    history.presses(1, "1")
    assert history.call(1).phase is Phase.MENU
    history.presses(1, "1")
    assert history.call(1).phase is Phase.WAITING


def test_capabilities_are_what_the_profile_says() -> None:
    """The builder's levels are sorted and hashable."""
    assert capability({"b": 1, "a": 2}, {"lv": 3}).skills == (("a", 2), ("b", 1))


def test_an_empty_configuration_takes_calls() -> None:
    """Before anybody has made a queue or a menu, a caller waits with music."""
    history = History(Network(version=0))
    history.arrives(1)
    assert history.call(1).phase is Phase.WAITING
    assert history.ordered(effects.Music)
