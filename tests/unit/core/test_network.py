"""A new configuration in mid-call."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call import menu_versions
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import DialResult
from contactcentre.testing import FLOW, History, call_id, capability, network, profile
from ivr.flow import parse
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


@pytest.mark.parametrize("kind", [commands.ReadyChosen, commands.NotReadyChosen])
def test_an_agent_who_was_taken_out_can_choose_nothing(
    begin: Begin, kind: type[commands.ReadyChosen | commands.NotReadyChosen]
) -> None:
    """A click in the last call keeps nobody at work whom the configuration has no more."""
    history = begin(profile(1))
    history.talks(1, 1)
    history.apply(events.NetworkPublished(at=history.at, network=network()))
    reason = {"reason": "lunch"} if kind is commands.NotReadyChosen else {}
    history.apply(kind(at=history.at, agent_id="a1", **reason))
    history.hangs_up(1)
    history.saves(1, 1)
    assert history.agent(1).state is State.LOGGED_OUT


def test_the_call_that_rings_there_goes_to_somebody_else(begin: Begin) -> None:
    """The offer is withdrawn."""
    history = begin()
    history.ready(2)
    history.waits(1)
    history.ready(1)
    publish(history, profile(1))
    assert history.agent(2).state is State.LOGGED_OUT
    history.dial_ends(1, DialResult.NO_ANSWER)
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


def test_a_telephone_on_a_table_keeps_what_was_typed_into_it(begin: Begin) -> None:
    """Its agent answered in a browser before: the secret of that ends with it, not the new one."""
    history = begin(profile(1))
    history.ready(1)
    publish(history, replace(profile(1), device="desk", table="a-1-table"))
    assert not history.agent(1).browser
    assert history.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]


def test_a_mobile_has_no_use_for_the_browsers_secret(begin: Begin) -> None:
    """Nobody answers there any more."""
    history = begin(profile(1))
    history.ready(1)
    publish(history, replace(profile(1), device="mobile"))
    assert history.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]


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


def with_menu(given: Network, *, version: int, key: str) -> Network:
    """The same network with a menu of that number, whose one matter stands under `key`."""
    flow = replace(
        parse(FLOW.replace("1: {goto", f"{key}: {{goto"), name="hotline"), version=version
    )
    return replace(given, flows={"hotline": flow})


def put_in_force(history: History, given: Network) -> None:
    """A new configuration comes."""
    history.apply(events.NetworkPublished(at=history.at, network=given))


def test_a_caller_stays_in_the_menu_that_the_call_began_with(begin: Begin) -> None:
    """Through several publications; the next caller hears the newest one."""
    history = begin()
    history.arrives(1)
    network = history.world.network
    for version, key in ((2, "2"), (3, "3")):
        put_in_force(history, with_menu(network, version=version, key=key))
    history.arrives(2)
    assert [order.accept for order in history.ordered(effects.Ask)] == ["10*", "30*"]
    history.presses(1, "1")
    history.presses(2, "3")
    assert [history.call(number).queue for number in (1, 2)] == ["taxes", "taxes"]
    assert menu_versions.flow_of(history.call(1), history.world.network)


def test_a_menu_that_nobody_is_in_any_more_is_forgotten(begin: Begin) -> None:
    """Publishing for years does not fill the memory."""
    history = begin()
    history.arrives(1)
    network = history.world.network
    put_in_force(history, with_menu(network, version=2, key="2"))
    assert set(history.world.network.earlier) == {("hotline", 1)}
    history.hangs_up(1)
    put_in_force(history, with_menu(network, version=3, key="3"))
    assert set(history.world.network.earlier) == set()


def test_a_caller_stays_in_the_old_menu_over_a_restart(begin: Begin) -> None:
    """The new process is given the version that the caller is in, and repeats its question."""
    history = begin()
    history.arrives(1)
    old = history.world.network.flows["hotline"]
    call = history.call(1)
    assert menu_versions.needed([call]) == {("hotline", 1)}
    new = with_menu(history.world.network, version=2, key="2")
    again = History(replace(new, earlier={("hotline", 1): old}))
    again.world.restore([call], ())
    again.returns(1)
    assert [order.accept for order in again.ordered(effects.Ask)] == ["10*"]
    again.presses(1, "1")
    assert again.call(1).queue == "taxes"


def test_a_menu_that_is_lost_begins_anew(begin: Begin) -> None:
    """A version that nobody has any more: the caller is asked again, by the present one."""
    history = begin()
    history.arrives(1)
    call = history.call(1)
    again = History(with_menu(history.world.network, version=2, key="2"))
    again.world.restore([call], ())
    again.presses(1, "1")
    assert again.call(1).phase is Phase.MENU
    assert [order.accept for order in again.ordered(effects.Ask)] == ["20*"]


def test_callers_who_wait_stand_by_the_new_rules_at_once(begin: Begin) -> None:
    """A head start that is published counts for who is in line already."""
    history = begin()
    history.waits(1, "")
    history.pass_s(10)
    history.waits(2)
    network = history.world.network
    taxes = replace(network.queues["taxes"], head_start_s=60.0)
    put_in_force(history, replace(network, queues={**network.queues, "taxes": taxes}))
    assert list(history.world.matcher.line.in_order()) == [call_id(2), call_id(1)]


def test_capabilities_are_what_the_profile_says() -> None:
    """The builder's levels are sorted and hashable."""
    assert capability({"b": 1, "a": 2}, {"lv": 3}).skills == (("a", 2), ("b", 1))


def test_an_empty_configuration_takes_calls() -> None:
    """Before anybody has made a queue or a menu, a caller waits with music."""
    history = History(Network(version=0))
    history.arrives(1)
    assert history.call(1).phase is Phase.WAITING
    assert history.ordered(effects.Music)
