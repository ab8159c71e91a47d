"""A supervisor listens to a talk: who may, what it does, and how it ends."""

from dataclasses import replace
from typing import Any

import pytest

from contactcentre.core import acting, acts, commands, effects, events, values
from contactcentre.core.call import listen_moves
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import Result
from contactcentre.testing import History, call_id, network, profile
from routing.listening import ListeningPolicy

pytestmark = pytest.mark.unit

POLICY = ListeningPolicy(basis="MK noteikumi", notice="wait.listening")
LEG = f"{call_id(1)}-2"


def talking(policy: ListeningPolicy = POLICY) -> History:
    """Agent 1 talks; agent 2, who is a supervisor too, is at a desk and takes no calls."""
    given = network(profile(1), profile(2))
    queues = {key: replace(one, listening=policy) for key, one in given.queues.items()}
    history = History(replace(given, queues=queues))
    history.links_up()
    history.talks(1, 1)
    history.ready(2)
    history.not_ready(2, "other")
    return history


def act(history: History, kind: type[acts.SupervisorAct], by_id: str = "u1", **given: Any) -> bool:
    """Somebody asks for it; whether anything came of it."""
    refused = history.world.refused
    why = {"why": "x"} if issubclass(kind, acts.ReasonedAct) else {}
    history.apply(kind(at=history.at, by="Ilze", by_id=by_id, call_id=call_id(1), **why, **given))
    return history.world.refused == refused


def listens(history: History) -> None:
    """The supervisor asks for it and lifts."""
    assert act(history, acts.ListenAsked, listener="a2", mode="listen")
    history.apply(events.LegRang(at=history.at, offer_id=LEG))
    history.apply(events.LegLeashed(at=history.at, offer_id=LEG, leg="PJSIP/a-2-1"))


def channel(our_id: str, channel_id: str, *, bridge: str = "b") -> events.Channel:
    """A leg of call 1, or its caller's, as the exchange lists it."""
    return events.Channel(
        channel=f"PJSIP/{channel_id}",
        channel_id=channel_id,
        our_id=our_id,
        bridge=bridge,
        rung=our_id != call_id(1),
    )


def in_talk(history: History) -> tuple[events.Channel, events.Channel]:
    """The caller and the agent."""
    call = history.call(1)
    return channel(call.call_id, call.channel.unique_id), channel(call.legs[0].leg_id, "1.77")


def test_who_has_lifted_hears_the_agent_s_leg() -> None:
    """Nothing else of the call changes, and nobody else's state."""
    history = talking()
    before = history.call(1)
    listens(history)
    (ring,) = history.ordered(effects.RingListener)
    assert (ring.offer_id, ring.phone.endpoint) == (LEG, "a-2")
    assert history.ordered(effects.Listen) == [
        effects.Listen(offer_id=LEG, leg=before.legs[0].channel, mode="listen")
    ]
    assert values.replace(history.call(1), legs=before.legs) == before
    assert history.agent(2).reason == "other"


def test_callers_are_told_before_they_wait() -> None:
    """To the end, although somebody is free at once. Only who has heard it may be listened to, and
    only where there is a policy."""
    history = talking()
    said = [play for play in history.ordered(effects.Play) if play.prompts == ("wait.listening",)]
    assert [play.waits for play in said] == [False]
    assert acting.deaf(history.world, call_id(1), "a2") == ""
    for policy in (ListeningPolicy(), ListeningPolicy(basis="x"), ListeningPolicy(notice="y")):
        untold = talking(policy)
        assert not act(untold, acts.ListenAsked, listener="a2", mode="listen")
        assert acting.deaf(untold.world, call_id(1), "a2") == "no-policy"


def test_why_somebody_cannot_listen() -> None:
    """The call is over, another listens, no phone, calls are taken, no link."""
    history = talking()
    assert acting.deaf(history.world, call_id(9), "a2") == "gone"
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a2"))
    assert acting.deaf(history.world, call_id(1), "a2") == "not-free"
    history.not_ready(2, "other")
    history.phone(2, reachable=False)
    assert acting.deaf(history.world, call_id(1), "a2") == "no-phone"
    history.phone(2, reachable=True)
    listens(history)
    assert acting.deaf(history.world, call_id(1), "a2") == "listened-to"
    assert not act(history, acts.ListenAsked, listener="a2", mode="barge")


def test_one_phone_listens_to_one_talk() -> None:
    """Who listens already is not rung for another talk, until the first is left."""
    given = network(profile(1), profile(2), profile(3))
    queues = {key: replace(one, listening=POLICY) for key, one in given.queues.items()}
    history = History(replace(given, queues=queues))
    history.links_up()
    for number in (1, 3):
        history.talks(number, number)
    history.ready(2)
    history.not_ready(2, "other")
    listens(history)
    assert acting.deaf(history.world, call_id(3), "a2") == "listens"
    assert act(history, acts.ListenEnded)
    assert acting.deaf(history.world, call_id(3), "a2") == ""


def test_another_mode_takes_the_leg_to_its_leash() -> None:
    """And back in that mode; nobody turns what another listens to."""
    history = talking()
    listens(history)
    assert not act(history, acts.ListenTurned, by_id="u2", mode="barge")
    assert not act(history, acts.ListenTurned, mode="listen")
    assert act(history, acts.ListenTurned, mode="whisper")
    (park,) = history.ordered(effects.Park)
    assert (park.leg, park.caller) == ("PJSIP/a-2-1", "")
    history.apply(events.LegLeashed(at=history.at, offer_id=LEG, leg="PJSIP/a-2-1"))
    assert history.ordered(effects.Listen)[-1].mode == "whisper"


def test_a_mode_that_never_came_to_the_exchange_is_ordered_again() -> None:
    """The service died in that moment: nobody speaks with both who is shown as only listening."""
    old = talking()
    listens(old)
    assert act(old, acts.ListenTurned, mode="barge")
    new = History(old.world.network)
    new.at = old.at
    new.world.restore([old.call(1)], old.world.agents.values())
    channels = [*in_talk(old), channel(LEG, "1.78", bridge="")]
    new.links_up(*channels)
    assert new.ordered(effects.Park) == old.ordered(effects.Park)
    new.apply(events.LegLeashed(at=new.at, offer_id=LEG, leg="PJSIP/a-2-1"))
    assert new.ordered(effects.Listen)[-1].mode == "barge"
    new.links_up(*channels)
    assert len(new.ordered(effects.Park)) == 1


@pytest.mark.parametrize("how", ["talk", "asked", "phone", "transfer", "stuck"])
def test_it_ends(how: str) -> None:
    """With the talk, by the supervisor's word or receiver, with the agent's leg."""
    history = talking()
    listens(history)
    match how:
        case "talk":
            history.hangs_up(1)
        case "asked":
            assert act(history, acts.ListenEnded)
        case "phone":
            history.apply(events.LegHungUp(at=history.at, offer_id=LEG))
        case "transfer":
            history.apply(commands.HoldChosen(at=history.at, agent_id="a1", call_id=call_id(1)))
            history.apply(events.LegHungUp(at=history.at, offer_id=history.call(1).legs[0].leg_id))
        case "stuck":
            assert act(history, acts.CallEndForced)
    leg = history.call(1).legs[1]
    assert leg.ended_at is not None
    assert listen_moves.of(history.call(1)) is None
    hung_up = {order.leg for order in history.ordered(effects.HangUpLeg)}
    assert "PJSIP/a-2-1" in hung_up
    history.apply(events.LegHungUp(at=history.at, offer_id=LEG))  # told late: it says nothing new


def test_a_phone_that_is_not_lifted_ends_it() -> None:
    """Nothing was heard of it in time."""
    history = talking()
    assert act(history, acts.ListenAsked, listener="a2", mode="listen")
    history.apply(events.TimerFired(at=history.at + 25, kind="offer", key=LEG))
    assert history.call(1).legs[1].result is Result.MISSED
    assert history.call(1).phase is Phase.TALKING


def test_a_leg_that_the_exchange_has_not_is_over() -> None:
    """The order to ring it never came there before a restart."""
    history = talking()
    assert act(history, acts.ListenAsked, listener="a2", mode="listen")
    history.pass_s(1)
    history.links_up(*in_talk(history))
    assert listen_moves.of(history.call(1)) is None
    assert history.call(1).phase is Phase.TALKING
