"""An agent dials a number: one attempt, within the limits, and never beside another call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events, offering
from contactcentre.core.agent.state import State
from contactcentre.core.call.leg import Party
from contactcentre.core.call.outbound_moves import dial_id
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.engine import figures
from contactcentre.storage import codec
from contactcentre.testing import History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

CITIZEN, OFFICE = "+37120000001", "+37167000000"


@pytest.fixture
def history(begin: Begin) -> History:
    """The exchange is there; agent 1 is at work and not ready."""
    made = begin()
    made.links_up()
    made.ready(1)
    made.not_ready(1, "other")
    return made


def dials(
    history: History, number: str = "20 000 001", *, agent: int = 1, contact: str = ""
) -> str:
    """The agent dials; the id of the call that there would be."""
    history.apply(
        commands.DialChosen(at=history.at, agent_id=f"a{agent}", number=number, contact=contact)
    )
    return dial_id(f"a{agent}", history.at)


def test_the_number_rings_and_sees_the_hotline(history: History) -> None:
    """And the agent waits for it."""
    key = dials(history)
    call, agent = history.promise(key), history.agent(1)
    (ring,) = history.ordered(effects.RingBack)
    assert (ring.number, ring.shown, ring.call_id) == (CITIZEN, "60000100", key)
    assert (call.phase, call.caller, agent.state) == (Phase.CALLING, CITIZEN, State.RESERVED)
    assert offering.reason(agent, call) == "calling"


def test_who_lifts_talks_to_the_agent_at_once(history: History) -> None:
    """The browser answers by itself; the record is one like all others."""
    key = dials(history)
    history.dialed(key)
    history.lifts(key)
    (ring,) = history.ordered(effects.Ring)
    offer = history.promise(key).offer
    assert offer is not None
    assert (ring.auto, ring.offer_id) == (True, offer.leg_id)
    history.apply(events.LegDialed(at=history.at, offer_id=offer.leg_id, leg="PJSIP/a-1-00000001"))
    history.apply(events.LegAnswered(at=history.at, offer_id=offer.leg_id))
    assert history.agent(1).state is State.TALKING
    history.apply(events.CallerHungUp(at=history.at, call_id=key, cause=16))
    assert history.promise(key).end.outcome is Outcome.ANSWERED
    assert history.agent(1).state is State.WRAP_UP
    history.saves(1, key)
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "other")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (DialResult.BUSY, Result.BUSY),
        (DialResult.NO_ANSWER, Result.UNREACHED),
        (DialResult.UNREACHABLE, Result.UNREACHABLE),
    ],
)
def test_who_is_not_reached_is_dialled_by_nobody_else(
    history: History, said: DialResult, why: Result
) -> None:
    """The call is over, says why, and the agent is free without blame."""
    key = dials(history)
    history.dialed(key)
    history.not_reached(key, said)
    call = history.promise(key)
    assert (call.phase, call.end.outcome) == (Phase.ENDED, Outcome.NOT_REACHED)
    assert call.dial is not None
    assert call.dial.result is why
    assert (history.agent(1).state, history.agent(1).missed) == (State.NOT_READY, 0)
    assert key not in history.world.calls


def test_the_agent_may_think_better_of_it(history: History) -> None:
    """What rings is hung up; nobody rests for it."""
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    key = dials(history)
    history.dialed(key)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(commands.OfferRejected(at=history.at, agent_id="a1", offer_id=offer.leg_id))
    assert history.promise(key).phase is Phase.ENDED
    assert history.agent(1).state is State.READY
    assert history.ordered(effects.HangUpLeg)


def test_nobody_dials_twice_in_one_instant(history: History) -> None:
    """A clock that is slow may tell two instants as one: the first call stays as it was."""
    key = dials(history)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(commands.OfferRejected(at=history.at, agent_id="a1", offer_id=offer.leg_id))
    first = history.promise(key)
    assert (dials(history), history.promise(key), history.world.refused) == (key, first, 1)
    history.pass_s(0.001)
    assert history.promise(dials(history)).phase is Phase.CALLING


def test_who_lifts_and_hangs_up_at_once_was_not_reached(history: History) -> None:
    """The agent's telephone had not rung yet."""
    key = dials(history)
    history.dialed(key)
    history.lifts(key)
    history.apply(events.CallerHungUp(at=history.at, call_id=key, cause=16))
    assert history.promise(key).end.outcome is Outcome.NOT_REACHED
    assert history.agent(1).state is State.NOT_READY


@pytest.mark.parametrize(
    "number", ["112", "110", "113", "1188", "90000000", "+15551234567", "60000100", ""]
)
def test_what_may_not_be_dialled_is_refused(history: History, number: str) -> None:
    """Emergency and short numbers, dear ones, other countries, our own, and none."""
    key = dials(history, number)
    assert key not in history.world.calls
    assert not history.ordered(effects.RingBack)


@pytest.mark.parametrize("number", ["67000000", "80001234"])
def test_institutions_have_fixed_and_free_numbers(history: History, number: str) -> None:
    """A citizen is never promised a call to a free one, but an agent may ring there."""
    assert history.promise(dials(history, number)).phase is Phase.CALLING


def test_not_while_another_call_is_at_hand(history: History) -> None:
    """Neither offered nor to be written down; beside a talk it is another matter."""
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.waits(1, "")
    assert dials(history) not in history.world.calls
    history.leg_answers(1)
    history.hangs_up(1)
    assert dials(history) not in history.world.calls


def test_who_dials_in_a_rest_is_ready_after_that(history: History) -> None:
    """The rest is not waited for once more, and never for ever."""
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.waits(1, "")
    history.rejects(1, 1)
    history.dial_ends(1, DialResult.CANCELLED)
    history.hangs_up(1)
    assert history.agent(1).resting_until is not None
    key = dials(history, OFFICE)
    history.not_reached(key)
    assert (history.agent(1).state, history.agent(1).resting_until) == (State.READY, None)


def test_not_without_a_microphone_a_phone_or_the_link(history: History) -> None:
    """The citizen would lift to silence."""
    granted = commands.MicrophoneReported(at=history.at, agent_id="a1", granted=False)
    history.apply(granted)
    assert dials(history) not in history.world.calls
    history.apply(replace(granted, granted=True))
    history.phone(1, reachable=False)
    assert dials(history) not in history.world.calls
    history.phone(1, reachable=True)
    history.apply(events.TelephonyLost(at=history.at))
    assert dials(history) not in history.world.calls


def test_one_telephone_rings_for_one_at_a_time(history: History) -> None:
    """Two agents dial the same number."""
    history.ready(2)
    first = dials(history)
    assert dials(history, agent=2) not in history.world.calls
    history.not_reached(first)
    assert dials(history, agent=2) in history.world.calls


def test_a_number_is_dialled_so_often_in_an_hour(history: History) -> None:
    """By whomever, and for whatever reason."""
    for _ in range(history.world.network.limits.number_per_hour):
        key = dials(history)
        history.dialed(key)
        history.not_reached(key)
        history.pass_s(10)
    assert dials(history) not in history.world.calls
    assert dials(history, OFFICE) in history.world.calls


def test_an_agent_has_so_many_dialled(history: History) -> None:
    """However many numbers they are."""
    limits = replace(history.world.network.limits, agent_per_hour=2)
    network = replace(history.world.network, limits=limits)
    history.apply(events.NetworkPublished(at=history.at, network=network))
    for number in ("26000001", "26000002"):
        key = dials(history, number)
        history.dialed(key)
        history.not_reached(key)
        history.pass_s(10)
    assert dials(history, "26000003") not in history.world.calls


def test_it_is_about_the_contact_from_which_it_was_dialled(begin: Begin) -> None:
    """Its queue, language and services; another agent's contact says nothing."""
    history = begin()
    history.links_up()
    history.ready(1)
    history.waits(1, "1")
    history.leg_answers(1)
    history.hangs_up(1)
    postponed = commands.RecordPostponed(at=history.at, agent_id="a1", call_id=call_id(1))
    history.apply(postponed)
    key = dials(history, contact=call_id(1))
    call = history.promise(key)
    assert call.callback is not None
    assert (call.queue, call.callback.asked_in) == ("taxes", call_id(1))
    history.not_reached(key)
    history.ready(2)
    other = history.promise(dials(history, agent=2, contact=call_id(1)))
    assert other.callback is not None
    assert other.callback.asked_in == ""


def test_it_is_no_call_of_those_who_ring_in(history: History) -> None:
    """It is not in the service level, and the day counts it apart."""
    key = dials(history)
    before = history.promise(key)
    history.not_reached(key)
    over = history.promise(key)
    assert figures.left(before, over, history.world.network) is None
    counted = figures.end(before, over)
    assert counted is not None
    assert counted.outcome is Outcome.NOT_REACHED
    assert [leg.party for leg in over.legs] == [Party.AGENT, Party.CITIZEN]


def test_who_is_passed_on_has_waited_since_the_dial(history: History) -> None:
    """The wait of a call that entered a queue after its answer is none, and never less."""
    key = dials(history)
    history.dialed(key)
    history.lifts(key)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(events.LegDialed(at=history.at, offer_id=offer.leg_id, leg="PJSIP/a-1-00000001"))
    history.apply(events.LegAnswered(at=history.at, offer_id=offer.leg_id))
    history.pass_s(30)
    passed = commands.QueueTransferChosen(at=history.at, agent_id="a1", call_id=key, queue="taxes")
    history.apply(passed)
    ended = events.DialEnded(
        at=history.at, call_id=key, offer_id=offer.leg_id, result=DialResult.ANSWERED
    )
    history.apply(ended)
    call = history.promise(key)
    assert (call.phase, call.queue, call.wait_s) == (Phase.WAITING, "taxes", 0.0)


def test_a_restart_while_it_rings_loses_nothing(history: History) -> None:
    """The channel is there still, and is answered."""
    key = dials(history)
    history.dialed(key)
    after = History(history.world.network)
    calls = [codec.decode(codec.encode(call), Call) for call in history.world.calls.values()]
    after.world.restore(calls, history.world.agents.values())
    after.at = history.at + 2
    after.apply(events.ServiceStarted(at=after.at))
    dial = history.promise(key).dial
    assert dial is not None
    after.links_up(
        events.Channel(
            channel="PJSIP/carrier-000000cb",
            channel_id=dial.leg_id,
            our_id=key,
            bridge="",
            rung=False,
        )
    )
    after.lifts(key)
    assert after.world.calls[key].phase is Phase.OFFERED


def test_a_restart_after_which_nobody_is_rung_ends_it(history: History) -> None:
    """It is dialled once: the agent sees that it came to nothing."""
    key = dials(history)
    after = History(history.world.network)
    calls = [codec.decode(codec.encode(call), Call) for call in history.world.calls.values()]
    after.world.restore(calls, history.world.agents.values())
    after.at = history.at + 2
    after.apply(events.ServiceStarted(at=after.at))
    after.links_up()
    assert after.promise(key).end.outcome is Outcome.NOT_REACHED
    assert after.agent(1).state is State.NOT_READY
