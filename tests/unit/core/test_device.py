"""What an agent answers on is the agent's choice, among what there is, for this log-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Result
from contactcentre.core.timers import Timer
from contactcentre.core.world import World
from contactcentre.testing import History, call_id, network, profile
from routing.model import AgentProfile, Device

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

TABLE = "a-1-table"
NUMBER = "+37120000777"
ALL = replace(profile(1), table=TABLE, mobile=NUMBER)


def choose(history: History, device: Device) -> list[effects.Effect]:
    """Agent 1 answers on that from now on."""
    return history.apply(commands.DeviceChosen(at=history.at, agent_id="a1", device=device))


def at_table(history: History, *, reachable: bool = True) -> None:
    """The telephone on the table registers, or is gone."""
    history.apply(events.PhoneSeen(at=history.at, endpoint=TABLE, reachable=reachable))


def log_in(history: History) -> None:
    """A page of agent 1 opens."""
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))


def log_out(history: History) -> None:
    """Agent 1 goes home."""
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))


@pytest.fixture
def history(begin: Begin) -> History:
    """One agent who has everything, ready in the browser; the telephone is registered."""
    made = begin(ALL, profile(2))
    made.links_up()
    at_table(made)
    made.ready(1)
    return made


@pytest.mark.parametrize(
    ("device", "phone"),
    [
        ("desk", effects.Phone(device="desk", endpoint=TABLE)),
        ("mobile", effects.Phone(device="mobile", endpoint="a-1", number=NUMBER)),
        ("browser", effects.Phone(device="browser", endpoint="a-1")),
    ],
)
def test_what_is_chosen_rings(history: History, device: Device, phone: effects.Phone) -> None:
    """And no other of the agent's phones."""
    choose(history, device)
    history.waits(1, "1")
    (ring,) = history.ordered(effects.Ring)
    assert ring.phone == phone


def test_readiness_follows_the_phone_in_use(begin: Begin) -> None:
    """A telephone that is not registered takes no calls, and does as soon as it is; the browser,
    which goes meanwhile, says nothing of it."""
    history = begin(ALL)
    history.ready(1)
    choose(history, "desk")
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "phone")
    at_table(history)
    history.apply(events.PhoneSeen(at=history.at, endpoint="a-1", reachable=False))
    assert history.agent(1).state is State.READY
    choose(history, "browser")
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "phone")
    choose(history, "mobile")
    assert history.agent(1).state is State.READY


def test_a_phone_in_another_call_is_that_phone(history: History) -> None:
    """Whoever leaves a busy telephone for the browser is free."""
    choose(history, "desk")
    history.apply(events.PhoneBusy(at=history.at, endpoint=TABLE, busy=True))
    assert history.agent(1).reason == "busy"
    choose(history, "browser")
    assert history.agent(1).state is State.READY
    choose(history, "desk")
    assert history.agent(1).reason == "busy"


def test_the_browsers_secret_ends_and_that_of_the_table_does_not(history: History) -> None:
    """What is not in use cannot be registered with; what was typed into a telephone stays."""
    choose(history, "desk")
    assert history.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]
    choose(history, "browser")
    log_out(history)
    assert history.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")] * 2


def test_the_fallback_queue_rings_what_is_chosen(history: History) -> None:
    """A mobile is not rung there: nobody would ask for the key."""
    members = [effects.SetMember(endpoint=TABLE, paused=False)]
    choose(history, "desk")
    assert history.ordered(effects.SetMember)[1:] == members
    choose(history, "mobile")
    members.append(effects.SetMember(endpoint=TABLE, paused=True))
    assert history.ordered(effects.SetMember)[1:] == members
    choose(history, "browser")
    members.append(effects.SetMember(endpoint="a-1", paused=False))
    assert history.ordered(effects.SetMember)[1:] == members


@pytest.mark.parametrize("device", ["desk", "mobile"])
def test_what_there_is_not_is_refused(begin: Begin, device: Device) -> None:
    """And counted."""
    history = begin(profile(1))
    history.ready(1)
    choose(history, device)
    assert history.world.illegal == {("DeviceChosen", "none"): 1}
    assert history.agent(1).chosen is None


def test_a_new_log_in_begins_with_the_usual(history: History) -> None:
    """The choice was for that day."""
    choose(history, "desk")
    log_out(history)
    assert history.agent(1).chosen is None
    assert history.world.network.device("a1") == ("browser", "")
    log_in(history)
    assert (history.agent(1).endpoint, history.agent(1).browser) == ("a-1", True)


def test_a_reload_keeps_the_choice(history: History) -> None:
    """A page that opens again logs nobody in anew."""
    choose(history, "mobile")
    log_in(history)
    assert history.world.network.device("a1") == ("mobile", NUMBER)


def test_a_start_keeps_the_choice(history: History) -> None:
    """The new process goes by it, and hears of both phones."""
    choose(history, "desk")
    again = World(network(ALL, profile(2)))
    again.restore([], history.world.agents.values())
    assert again.network.device("a1") == ("desk", "")
    assert again.agents["a1"] == history.agent(1)
    again.apply(events.PhoneSeen(at=history.at, endpoint=TABLE, reachable=False))
    assert again.agents["a1"].reason == "phone"


def test_an_administrator_takes_it_away(history: History) -> None:
    """The usual one again, and also when there is another mobile later."""
    choose(history, "mobile")
    for given in (replace(ALL, mobile=""), ALL):
        publish(history, given)
        assert history.world.network.device("a1") == ("browser", "")
    assert history.agent(1).browser


def test_a_publication_leaves_a_choice_alone(history: History) -> None:
    """Whatever else it changes."""
    choose(history, "desk")
    publish(history, replace(ALL, name="Anna", device="mobile"))
    assert history.world.network.device("a1") == ("desk", "")
    assert (history.agent(1).name, history.agent(1).state) == ("Anna", State.READY)


def test_what_fails_leaves_no_choice(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it or nothing."""

    def broken(*_: object) -> None:
        raise RuntimeError

    before = history.world.network
    monkeypatch.setattr(history.world.matcher, "pairs", broken)
    with pytest.raises(RuntimeError):
        choose(history, "desk")
    assert history.world.network.agents == before.agents
    assert (history.agent(1).chosen, history.agent(1).endpoint) == (None, "a-1")


def test_a_ringing_phone_is_answered_first(history: History) -> None:
    """While an offer rings the phones stay what they are."""
    history.waits(1, "1")
    choose(history, "desk")
    assert history.world.illegal == {("DeviceChosen", "RESERVED"): 1}
    assert history.agent(1).chosen is None


def test_a_talk_at_the_other_phone_is_the_agents(history: History) -> None:
    """Whom the fallback queue rang there meanwhile."""
    assert history.world.network.agent_at(TABLE) == "a1"


def publish(history: History, given: AgentProfile) -> None:
    """Agent 1 is this from now on."""
    fresh = replace(history.world.network, agents={"a1": given, "a2": profile(2)})
    history.apply(events.NetworkPublished(at=history.at, network=fresh))


# --- in a talk -------------------------------------------------------------------------------


def talks(history: History) -> None:
    """Agent 1 with a citizen, whose record is begun."""
    history.waits(1, "1")
    history.leg_answers(1)


def last(history: History) -> effects.Ring:
    """What is rung now."""
    return history.ordered(effects.Ring)[-1]


def test_a_talk_moves_to_the_other_device(history: History) -> None:
    """The citizen hears music while it rings; the former leg is nobody's fault, and the talk is one
    of the same agent."""
    talks(history)
    choose(history, "desk")
    assert history.call(1).phase is Phase.REJOINING
    assert len(history.ordered(effects.Recall)) == 1
    history.returns(1, talked=True)
    assert last(history).phone == effects.Phone(device="desk", endpoint=TABLE)
    history.leg_answers(1)
    call = history.call(1)
    assert (call.phase, call.talk.agent_id, call.talk.moved_from) == (Phase.TALKING, "a1", None)
    first, second = call.legs
    assert (first.device, first.result) == ("browser", Result.MOVED)
    assert (second.device, second.result, second.rejoin) == ("desk", None, True)
    assert (history.agent(1).state, history.agent(1).missed) == (State.TALKING, 0)
    assert history.agent(1).call_id == call.call_id


@pytest.mark.parametrize("result", [DialResult.NO_ANSWER, DialResult.DECLINED, DialResult.BUSY])
def test_what_is_not_taken_goes_back(history: History, result: DialResult) -> None:
    """The browser rings by itself, where the talk was; the agent is blamed for nothing."""
    talks(history)
    choose(history, "mobile")
    history.returns(1, talked=True)
    assert last(history).phone.device == "mobile"
    history.dial_ends(1, result)
    assert history.world.network.device("a1") == ("browser", "")
    history.fires(Timer.RING_AGAIN, call_id(1))
    assert (last(history).phone, last(history).auto) == (
        effects.Phone(device="browser", endpoint="a-1"),
        True,
    )
    history.leg_answers(1)
    assert history.call(1).phase is Phase.TALKING
    assert (history.agent(1).state, history.agent(1).wants_ready) == (State.TALKING, True)


def test_what_is_not_reached_in_time_goes_back(history: History) -> None:
    """Once: whoever is not where the talk was either is waited for as long again, and no more."""
    talks(history)
    choose(history, "mobile")
    history.returns(1, talked=True)
    history.dial_ends(1, DialResult.UNREACHABLE)
    history.pass_s(20.0)
    history.fires(Timer.REJOIN, call_id(1))
    assert (history.call(1).phase, history.agent(1).browser) == (Phase.REJOINING, True)
    history.pass_s(20.0)
    history.phone(1, reachable=False)
    history.fires(Timer.REJOIN, call_id(1))
    assert history.call(1).phase is Phase.WAITING


def test_the_agent_turns_back_while_it_rings(history: History) -> None:
    """The ring stops, and the browser is rung."""
    talks(history)
    choose(history, "desk")
    history.returns(1, talked=True)
    choose(history, "browser")
    assert len(history.ordered(effects.Recall)) == 2
    history.returns(1)
    assert last(history).phone == effects.Phone(device="browser", endpoint="a-1")
    history.leg_answers(1)
    assert [leg.result for leg in history.call(1).legs] == [Result.MOVED, Result.WITHDRAWN, None]


def test_a_held_talk_moves_too(history: History) -> None:
    """The citizen, who is on the leash, is not fetched."""
    talks(history)
    call, leg = history.call(1), history.call(1).legs[0]
    history.apply(commands.HoldChosen(at=history.at, agent_id="a1", call_id=call.call_id))
    history.dial_ends(1, DialResult.ANSWERED)
    history.apply(events.LegLeashed(at=history.at, offer_id=leg.leg_id, leg=leg.channel))
    choose(history, "desk")
    assert history.ordered(effects.Recall) == []
    history.fires(Timer.RING_AGAIN, call_id(1))
    assert last(history).phone.endpoint == TABLE


def test_a_telephone_that_is_not_there_keeps_the_talk(history: History) -> None:
    """Nobody's citizen waits for one that cannot ring."""
    talks(history)
    at_table(history, reachable=False)
    choose(history, "desk")
    assert history.world.illegal == {("DeviceChosen", "no phone"): 1}
    assert history.call(1).phase is Phase.TALKING


def test_without_the_link_no_talk_is_moved(history: History) -> None:
    """It goes on where it is."""
    talks(history)
    history.apply(events.TelephonyLost(at=history.at))
    choose(history, "desk")
    assert history.world.illegal == {("DeviceChosen", "no telephony"): 1}
    assert history.call(1).phase is Phase.TALKING


def test_a_restart_while_it_rings(history: History) -> None:
    """The new process goes on with the device that was chosen, and knows the way back."""
    talks(history)
    choose(history, "mobile")
    again = World(network(ALL, profile(2)))
    again.restore(history.world.calls.values(), history.world.agents.values())
    call = again.calls[call_id(1)]
    assert (call.phase, call.talk.moved_from) == (Phase.REJOINING, "browser")
    assert again.network.device("a1") == ("mobile", NUMBER)


def test_wrap_up_is_no_hindrance(history: History) -> None:
    """The next citizen rings where it was chosen."""
    talks(history)
    history.dial_ends(1, DialResult.ANSWERED)
    assert history.agent(1).state is State.WRAP_UP
    choose(history, "desk")
    assert history.agent(1).endpoint == TABLE
