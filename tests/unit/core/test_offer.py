"""One call rung at one agent: answered, missed, refused, unreachable, or left by the caller."""

from collections.abc import Callable

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.offer_moves import LEASE_GRACE_S, PROMPT_S
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.testing import START, History, call_id, profile

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


@pytest.fixture
def offered(begin: Begin) -> History:
    """Call 1 rings at `a1`, who came first; `a2` has not logged in."""
    history = begin()
    history.ready(1)
    history.pass_s(10)
    history.waits(1)
    return history


def test_the_agent_is_reserved_before_the_phone_rings(offered: History) -> None:
    """The order to ring goes out together with the reservation and a lease on it."""
    agent = offered.agent(1)
    assert (agent.state, agent.offer_id, agent.call_id) == (
        State.RESERVED,
        f"{call_id(1)}-1",
        call_id(1),
    )
    ring, lease = offered.orders[-2:]
    assert isinstance(ring, effects.Ring)
    assert lease == effects.StartTimer(
        kind="offer", key=ring.offer_id, seconds=PROMPT_S + ring.timeout_s + LEASE_GRACE_S
    )


def test_an_answer_begins_the_talk(offered: History) -> None:
    """Answered: the times of the offer and of the talk are those of the facts."""
    offered.pass_s(5)
    offered.leg_answers(1)
    call, agent = offered.call(1), offered.agent(1)
    assert (call.phase, call.talk.agent_id, call.talk.answered_at, call.wait_s) == (
        Phase.TALKING,
        "a1",
        START + 15,
        5.0,
    )
    assert call.offer is not None
    assert (call.offer.rang_at, call.offer.talks) == (START + 15, True)
    assert (agent.state, agent.since) == (State.TALKING, START + 15)
    assert effects.CancelTimer(kind="offer", key=f"{call_id(1)}-1") in offered.orders


def test_the_ring_may_be_told_before_the_dial(offered: History) -> None:
    """Asterisk tells of ringing and dialling in either order; both are kept."""
    offer_id = f"{call_id(1)}-1"
    offered.apply(events.LegRang(at=offered.at, offer_id=offer_id))
    offered.apply(events.LegDialed(at=offered.at, offer_id=offer_id, leg="PJSIP/a-1-1"))
    offer = offered.call(1).open_offer
    assert offer is not None
    assert (offer.rang_at, offer.channel) == (offered.at, "PJSIP/a-1-1")


def test_a_missed_call_keeps_its_place(offered: History) -> None:
    """RONA: the caller keeps the entry time and hears music; the agent is away until a click."""
    offered.pass_s(20)
    offered.dial_ends(1, DialResult.NO_ANSWER)
    call, agent = offered.call(1), offered.agent(1)
    assert (call.phase, call.queueing.queued_at) == (Phase.WAITING, START + 10)
    assert (agent.state, agent.reason, agent.missed) == (State.NOT_READY, "missed", 1)
    assert effects.Music(call_id=call_id(1)) in offered.orders
    assert offered.ordered(effects.SetMember)[-1].paused


def test_one_click_brings_the_agent_back(offered: History) -> None:
    """The agent says ready again and is rung for the same caller, before newer ones."""
    offered.dial_ends(1, DialResult.NO_ANSWER)
    offered.pass_s(5)
    offered.waits(2)
    offered.apply(commands.ReadyChosen(at=offered.at, agent_id="a1"))
    assert offered.agent(1).offer_id == f"{call_id(1)}-2"
    assert offered.agent(1).missed == 0


def test_a_missed_call_goes_to_the_next_agent_at_once(offered: History) -> None:
    """The next free agent is rung in the same breath."""
    offered.ready(2)
    offered.dial_ends(1, DialResult.NO_ANSWER)
    assert offered.agent(2).offer_id == f"{call_id(1)}-2"


def test_a_rejected_call_waits_until_the_phone_is_let_go(offered: History) -> None:
    """The agent is free of it at once; the next is rung when Asterisk's dial has ended."""
    offered.ready(2)
    offer_id = f"{call_id(1)}-1"
    offered.apply(events.LegDialed(at=offered.at, offer_id=offer_id, leg="PJSIP/a-1-1"))
    offered.rejects(1, 1)
    agent = offered.agent(1)
    assert (agent.state, agent.reason, agent.missed) == (State.NOT_READY, "rejected", 0)
    assert offered.ordered(effects.HangUpLeg) == [
        effects.HangUpLeg(offer_id=offer_id, leg="PJSIP/a-1-1")
    ]
    assert offered.agent(2).state is State.READY
    offered.dial_ends(1, DialResult.NO_ANSWER)
    assert offered.agent(2).offer_id == f"{call_id(1)}-2"
    assert offered.call(1).offers[0].result is Result.REJECTED


def test_a_phone_rejected_before_it_was_dialled_is_stopped_when_it_is(offered: History) -> None:
    """The leg appears after the agent said no: it is ended at once."""
    offered.rejects(1, 1)
    assert offered.ordered(effects.HangUpLeg) == []
    offer_id = f"{call_id(1)}-1"
    made = offered.apply(events.LegDialed(at=offered.at, offer_id=offer_id, leg="PJSIP/a-1-1"))
    assert made == [effects.HangUpLeg(offer_id=offer_id, leg="PJSIP/a-1-1")]


def test_an_answer_after_a_rejection_is_no_talk(offered: History) -> None:
    """Both at the same instant: the rejection came first, and the leg is being ended."""
    offered.rejects(1, 1)
    before = offered.call(1)
    offered.apply(events.LegAnswered(at=offered.at, offer_id=f"{call_id(1)}-1"))
    assert offered.call(1) == before
    assert offered.agent(1).state is State.NOT_READY
    offered.dial_ends(1, DialResult.ANSWERED)
    assert offered.call(1).phase is Phase.WAITING
    assert offered.call(1).talk.answered_at is None


@pytest.mark.parametrize(
    ("said", "result", "reason"),
    [
        (DialResult.DECLINED, Result.REJECTED, "rejected"),
        (DialResult.UNREACHABLE, Result.UNREACHABLE, "unreachable"),
    ],
)
def test_what_the_phone_says_is_told_apart(
    offered: History, said: DialResult, result: Result, reason: str
) -> None:
    """Declined and unreachable are not missed; no loop rings such a phone again and again."""
    offered.dial_ends(1, said)
    assert offered.call(1).offers[0].result is result
    agent = offered.agent(1)
    assert (agent.state, agent.reason, agent.missed) == (State.NOT_READY, reason, 0)
    assert offered.call(1).phase is Phase.WAITING


def test_the_caller_who_hangs_up_while_it_rings_is_nobody_s_fault(offered: History) -> None:
    """The agent is ready at once, and as long idle as before."""
    idle_since = offered.agent(1).idle_since
    offered.pass_s(7)
    offered.hangs_up(1)
    agent, call = offered.agent(1), offered.call(1)
    assert (agent.state, agent.since, agent.idle_since) == (State.READY, START + 17, idle_since)
    assert agent.missed == 0
    assert (call.end.outcome, call.wait_s) == (Outcome.ABANDONED, 7.0)
    assert call.offers[0].result is Result.CALLER_LEFT


def test_the_end_of_an_old_dial_does_not_touch_the_new_offer(offered: History) -> None:
    """Facts of an offer that is over are refused."""
    offered.apply(events.SnapshotTaken(at=offered.at, channels=(), reachable=("a-1",)))
    offered.ready(2)
    offered.dial_ends(1, DialResult.NO_ANSWER)
    before = offered.call(1)
    old = f"{call_id(1)}-1"
    for late in (
        events.DialEnded(
            at=offered.at, call_id=call_id(1), offer_id=old, result=DialResult.DECLINED
        ),
        events.LegRang(at=offered.at, offer_id=old),
        events.LegAnswered(at=offered.at, offer_id=old),
        commands.OfferRejected(at=offered.at, agent_id="a1", offer_id=old),
        events.TimerFired(at=offered.at, kind="offer", key=old),
    ):
        assert offered.apply(late) == []
    assert offered.call(1) == before
    assert offered.world.refused == 5


def test_nobody_rejects_for_another(offered: History) -> None:
    """An offer is refused only by the agent to whom it was made."""
    offered.ready(2)
    offered.rejects(2, 1)
    assert offered.agent(1).state is State.RESERVED


def test_an_offer_of_which_nothing_is_heard_is_taken_back(offered: History) -> None:
    """The lease: the agent is freed and the caller fetched, and then the next is rung."""
    offered.apply(events.SnapshotTaken(at=offered.at, channels=(), reachable=("a-1",)))
    offered.pass_s(25)
    offered.fires("offer", f"{call_id(1)}-1")
    assert offered.agent(1).reason == "missed"
    (recall,) = offered.ordered(effects.Recall)
    assert recall.channel == offered.call(1).channel.name
    offered.ready(2)
    assert offered.agent(2).state is State.READY
    offered.returns(1)
    assert offered.agent(2).state is State.RESERVED
    assert offered.call(1).queueing.queued_at == START + 10


def test_an_offer_is_not_taken_back_while_nothing_can_be_heard(offered: History) -> None:
    """The link is down: the phone may well have been answered, and the leash will tell."""
    offered.pass_s(25)
    made = offered.apply(events.TimerFired(at=offered.at, kind="offer", key=f"{call_id(1)}-1"))
    assert made == [effects.StartTimer(kind="offer", key=f"{call_id(1)}-1", seconds=LEASE_GRACE_S)]
    assert offered.agent(1).state is State.RESERVED


def test_a_phone_that_vanishes_is_rung_no_more(offered: History) -> None:
    """Its agent is away because of the phone, and back with it, without a click."""
    offered.apply(events.LegDialed(at=offered.at, offer_id=f"{call_id(1)}-1", leg="PJSIP/a-1-1"))
    offered.phone(1, reachable=False)
    agent = offered.agent(1)
    assert (agent.state, agent.reason, agent.wants_ready) == (State.NOT_READY, "phone", True)
    assert len(offered.ordered(effects.HangUpLeg)) == 1
    offered.dial_ends(1, DialResult.UNREACHABLE)
    assert offered.call(1).phase is Phase.WAITING
    offered.phone(1, reachable=True)
    assert offered.agent(1).offer_id == f"{call_id(1)}-2"


def test_the_old_contact_of_a_reloaded_page_takes_no_offer_away(offered: History) -> None:
    """The new page registered first; the old one's removal comes after."""
    offered.phone(1, reachable=True, contact="sip:new")
    offered.phone(1, reachable=False, contact="sip:old")
    assert offered.agent(1).state is State.RESERVED


def test_logging_out_while_it_rings_logs_out(offered: History) -> None:
    """The call is withdrawn, the agent blamed for nothing, the phone's secret made worthless."""
    offered.apply(commands.AgentLoggedOut(at=offered.at, agent_id="a1"))
    assert offered.agent(1).state is State.LOGGED_OUT
    assert offered.call(1).offers[0].result is Result.WITHDRAWN
    assert offered.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]


def test_a_break_chosen_while_it_rings_is_honoured(offered: History) -> None:
    """What the agent said last wins over "missed"."""
    offered.not_ready(1, "lunch")
    assert offered.agent(1).state is State.RESERVED
    offered.dial_ends(1, DialResult.NO_ANSWER)
    assert (offered.agent(1).reason, offered.agent(1).missed) == ("lunch", 1)


def test_a_talk_that_nobody_saw_was_answered_all_the_same(offered: History) -> None:
    """The manager link was down; the leash says that the dial was answered and is over."""
    offered.pass_s(9)
    offered.dial_ends(1, DialResult.ANSWERED)
    call = offered.call(1)
    assert (call.phase, call.end.outcome, call.talk.agent_id) == (
        Phase.CLOSING,
        Outcome.ANSWERED,
        "a1",
    )
    assert offered.agent(1).state is State.WRAP_UP


def test_an_answer_told_late_is_no_fault(offered: History) -> None:
    """The manager's word may come after the leash's."""
    offered.dial_ends(1, DialResult.ANSWERED)
    refused = offered.world.refused
    offered.leg_answers(1)
    assert offered.world.refused == refused
    assert offered.call(1).phase is Phase.CLOSING


def test_an_agent_has_one_call_at_a_time(begin: Begin) -> None:
    """Two calls wait, one agent: one offer."""
    history = begin(profile(1))
    history.waits(1)
    history.waits(2)
    history.ready(1)
    assert len(history.ordered(effects.Ring)) == 1
    assert history.call(2).phase is Phase.WAITING


def test_a_phone_dialled_for_an_older_offer_is_stopped(offered: History) -> None:
    """The caller came back twice in a row, and an order had gone out in between."""
    old = events.LegDialed(at=offered.at, offer_id=f"{call_id(1)}-1", leg="PJSIP/a-1-1")
    stop = effects.HangUpLeg(offer_id=f"{call_id(1)}-1", leg="PJSIP/a-1-1")
    offered.dial_ends(1, DialResult.NO_ANSWER)
    assert offered.apply(old) == [stop]
    offered.ready(2)
    assert offered.call(1).phase is Phase.OFFERED
    assert offered.apply(old) == [stop]


def test_the_ring_time_counts_from_the_dial(offered: History) -> None:
    """A prompt that was just being heard takes nothing from the time to answer."""
    offered.pass_s(4.7)
    offer = offered.call(1).offer
    assert offer is not None
    leg = "PJSIP/a-1-00000001"
    made = offered.apply(events.LegDialed(at=offered.at, offer_id=offer.leg_id, leg=leg))
    dialed = offered.call(1).offer
    assert dialed is not None
    assert dialed.ring_until == offered.at + 20.0
    lease = effects.StartTimer(kind="offer", key=offer.leg_id, seconds=20.0 + LEASE_GRACE_S)
    assert [order for order in made if getattr(order, "kind", "") == "offer"] == [lease]


def test_who_is_rung_at_once_is_not_asked_to_wait(offered: History) -> None:
    """No prompt and no music stand between the menu and the agent's phone."""
    assert not offered.ordered(effects.Play)
    assert not offered.ordered(effects.Music)
