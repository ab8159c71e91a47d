"""The agent's audio is lost in mid-call: music for the caller, and twenty seconds to come back."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.rejoin_moves import REJOIN_S, RING_AGAIN_S
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.testing import START, History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


@pytest.fixture
def lost(begin: Begin) -> History:
    """`a1` has talked with call 1 for half a minute when the page reloads."""
    history = begin()
    history.talks(1, 1)
    history.pass_s(30)
    history.loses_audio(1, 1)
    return history


def test_the_caller_is_fetched_back(lost: History) -> None:
    """The caller is taken out of the talk at once; the agent is still held by it."""
    recall, timer = lost.orders[-2:]
    assert recall == effects.Recall(call_id=call_id(1), channel=lost.call(1).channel.name)
    assert timer == effects.StartTimer(kind="rejoin", key=call_id(1), seconds=REJOIN_S)
    assert (lost.call(1).phase, lost.agent(1).state) == (Phase.REJOINING, State.TALKING)


def test_a_reloaded_page_is_rung_back_into_the_talk(lost: History) -> None:
    """The phone registers anew and answers by itself; the talk goes on where it began."""
    lost.apply(events.LeashLost(at=lost.at, call_id=call_id(1)))
    lost.phone(1, reachable=False)
    lost.returns(1)
    assert lost.orders[-1] == effects.Music(call_id=call_id(1))
    lost.pass_s(3)
    lost.phone(1, reachable=True, contact="sip:new")
    ring = lost.ordered(effects.Ring)[-1]
    assert (ring.phone.endpoint, ring.auto, ring.offer_id) == ("a-1", True, f"{call_id(1)}-2")
    lost.leg_answers(1)
    call = lost.call(1)
    assert (call.phase, call.talk.agent_id, call.talk.answered_at) == (
        Phase.TALKING,
        "a1",
        START + 1,
    )
    assert (lost.agent(1).state, lost.agent(1).offer_id) == (State.TALKING, ring.offer_id)
    assert effects.CancelTimer(kind="rejoin", key=call_id(1)) in lost.orders
    lost.pass_s(10)
    lost.dial_ends(1, DialResult.ANSWERED)
    assert (lost.call(1).phase, lost.call(1).end.by) == (Phase.CLOSING, "agent")


def test_a_phone_that_is_there_is_rung_as_soon_as_the_caller_is_back(lost: History) -> None:
    """The page was faster than the redirect."""
    lost.returns(1)
    assert lost.ordered(effects.Ring)[-1].auto


def test_a_page_that_is_back_waits_for_no_ring_at_its_old_address(lost: History) -> None:
    """A closed page never answers: the new one asks, and is rung once the caller is out."""
    lost.returns(1)
    lost.pass_s(3)
    lost.loses_audio(1, 1)
    assert lost.orders[-1] == effects.Recall(call_id=call_id(1), channel=lost.call(1).channel.name)
    lost.loses_audio(1, 1)
    assert (len(lost.ordered(effects.Ring)), len(lost.ordered(effects.Recall))) == (2, 2)
    lost.returns(1)
    assert lost.call(1).offers[1].result is Result.WITHDRAWN
    assert lost.ordered(effects.Ring)[-1].offer_id == f"{call_id(1)}-3"
    lost.leg_answers(1)
    assert lost.call(1).phase is Phase.TALKING


def test_who_was_not_fetched_out_of_a_ring_without_the_link_is_fetched_after(
    lost: History,
) -> None:
    """Else he would be taken for fetched, and never be rung again."""
    lost.returns(1)
    lost.pass_s(3)
    lost.apply(events.TelephonyLost(at=lost.at))
    lost.loses_audio(1, 1)
    his = events.Channel(
        channel="PJSIP/carrier-00000001", channel_id="1.1", our_id=call_id(1), bridge="", rung=False
    )
    ring = lost.ordered(effects.Ring)[-1]
    theirs = replace(his, channel_id="1.9", our_id=ring.offer_id, rung=True)
    lost.links_up(his, theirs)
    assert len(lost.ordered(effects.Recall)) == 3


def test_a_ring_that_comes_to_nothing_is_tried_again(lost: History) -> None:
    """The old contact was rung; a second later the new one is."""
    lost.returns(1)
    lost.dial_ends(1, DialResult.UNREACHABLE)
    assert lost.orders[-2:] == [
        effects.Music(call_id=call_id(1)),
        effects.StartTimer(kind="ring_again", key=call_id(1), seconds=RING_AGAIN_S),
    ]
    lost.fires("ring_again", call_id(1))
    assert lost.ordered(effects.Ring)[-1].offer_id == f"{call_id(1)}-3"
    lost.fires("ring_again", call_id(1))
    assert len(lost.ordered(effects.Ring)) == 3


def test_audio_that_stops_is_a_loss_too(begin: Begin) -> None:
    """Asterisk ended the leg because nothing came from it: the caller is on the leash already."""
    history = begin()
    history.talks(1, 1)
    history.dial_ends(1, DialResult.AUDIO_LOST)
    assert history.call(1).phase is Phase.REJOINING
    assert history.ordered(effects.Recall) == []
    assert effects.Music(call_id=call_id(1)) in history.orders
    history.fires("ring_again", call_id(1))
    assert history.ordered(effects.Ring)[-1].auto


def test_audio_that_stopped_while_we_were_away_is_a_loss_too(begin: Begin) -> None:
    """The exchange knows of no end of that talk: the agent is rung back into it."""
    old = begin()
    old.talks(1, 1)
    new = History(old.world.network)
    new.at = old.at + 30
    new.world.restore(old.world.calls.values(), old.world.agents.values())
    new.returns(1)
    assert (new.call(1).phase, new.call(1).talk.agent_id) == (Phase.REJOINING, "a1")
    assert new.ordered(effects.Ring)[-1].auto


def test_a_hold_ends_with_the_audio(begin: Begin) -> None:
    """The time until the agent is back is no hold."""
    history = begin()
    history.talks(1, 1)
    history.apply(events.HoldStarted(at=history.at, offer_id=f"{call_id(1)}-1"))
    history.pass_s(8)
    history.loses_audio(1, 1)
    assert (history.call(1).hold_s, history.call(1).held_since) == (8.0, None)


def test_an_agent_who_does_not_come_back_loses_the_call(lost: History) -> None:
    """After twenty seconds the caller queues again, in the old place; the agent is free."""
    lost.phone(1, reachable=False)
    lost.returns(1)
    lost.pass_s(REJOIN_S)
    lost.fires("rejoin", call_id(1))
    call, agent = lost.call(1), lost.agent(1)
    assert (call.phase, call.queueing.queued_at, call.talk.agent_id) == (Phase.WAITING, START, None)
    assert (agent.state, agent.reason, agent.unsaved) == (State.NOT_READY, "phone", ())
    assert list(lost.world.matcher.line.in_order()) == [call_id(1)]


def test_the_next_agent_goes_on_with_the_call(lost: History) -> None:
    """The note travels with the call, and its record is the next agent's."""
    lost.apply(
        commands.NoteWritten(at=lost.at, agent_id="a1", call_id=call_id(1), text="so far", base=0)
    )
    lost.saves(1, 1, finish=False)
    lost.phone(1, reachable=False)
    lost.returns(1)
    lost.fires("rejoin", call_id(1))
    lost.ready(2)
    lost.leg_answers(1)
    call = lost.call(1)
    assert (call.talk.agent_id, call.record.note, call.record.saved_at) == ("a2", "so far", None)
    assert call.talk.answered_at == START + 1
    lost.hangs_up(1)
    assert lost.agent(2).state is State.WRAP_UP


def test_nobody_is_rung_while_the_caller_is_still_in_the_agent_s_dial(lost: History) -> None:
    """The phone rings unanswered when time is up: the caller is fetched first, then offered."""
    lost.returns(1)
    lost.apply(events.LegDialed(at=lost.at, offer_id=f"{call_id(1)}-2", leg="PJSIP/a-1-00000002"))
    lost.ready(2)
    made_before = len(lost.orders)
    lost.fires("rejoin", call_id(1))
    kinds = [type(order) for order in lost.orders[made_before:]]
    assert kinds[:2] == [effects.HangUpLeg, effects.Recall]
    assert effects.Ring not in kinds
    assert lost.call(1).offers[-1].result is Result.UNREACHABLE
    assert (lost.agent(1).state, lost.agent(1).reason) == (State.NOT_READY, "unreachable")
    lost.returns(1)
    assert lost.agent(2).state is State.RESERVED


def test_nobody_is_rung_while_the_caller_is_still_in_the_lost_talk(begin: Begin) -> None:
    """Without the link nobody could fetch him: no colleague is held, or blamed, for a ring that
    cannot begin. Once the link is back the leg of the lost agent is let go."""
    history = begin()
    history.talks(1, 1)
    history.apply(events.TelephonyLost(at=history.at))
    history.loses_audio(1, 1)
    history.ready(2)
    history.pass_s(REJOIN_S)
    history.fires("rejoin", call_id(1))
    assert (history.call(1).phase, history.agent(2).state) == (Phase.WAITING, State.READY)
    his = events.Channel(
        channel="PJSIP/carrier-00000001",
        channel_id="1.1",
        our_id=call_id(1),
        bridge="b",
        rung=False,
    )
    leg = history.call(1).offers[0]
    theirs = replace(
        his, channel=leg.channel, channel_id="1.9", our_id=leg.leg_id, rung=True, endpoint="a-1"
    )
    history.links_up(his, theirs)
    let_go = effects.HangUpLeg(offer_id=leg.leg_id, leg=leg.channel)
    assert (history.call(1).phase, history.orders[-1]) == (Phase.WAITING, let_go)
    history.dial_ends(1, DialResult.ANSWERED)
    assert history.agent(2).state is State.RESERVED


def test_a_ring_that_ends_before_the_caller_is_fetched_out_of_it_is_tried_again(
    lost: History,
) -> None:
    """The page asked for it without the link, so nobody was fetched: the leash is there still."""
    lost.returns(1)
    lost.pass_s(3)
    lost.apply(events.TelephonyLost(at=lost.at))
    lost.loses_audio(1, 1)
    lost.dial_ends(1, DialResult.NO_ANSWER)
    lost.pass_s(RING_AGAIN_S)
    lost.fires("ring_again", call_id(1))
    assert lost.ordered(effects.Ring)[-1].offer_id == f"{call_id(1)}-3"


def test_a_caller_who_leaves_meanwhile_was_answered(lost: History) -> None:
    """Counted as answered, and told apart: the call was lost, not ended by the caller."""
    lost.returns(1)
    lost.pass_s(5)
    lost.hangs_up(1)
    assert (lost.call(1).end.outcome, lost.call(1).end.by) == (Outcome.ANSWERED, "lost")
    assert lost.agent(1).state is State.WRAP_UP


def test_a_caller_who_leaves_the_line_afterwards_gave_up(lost: History) -> None:
    """One answer is one answer: the second wait makes no abandoned call."""
    lost.phone(1, reachable=False)
    lost.returns(1)
    lost.fires("rejoin", call_id(1))
    lost.hangs_up(1)
    assert (lost.call(1).end.outcome, lost.call(1).end.by) == (Outcome.GAVE_UP, "lost")


def test_an_old_answer_does_not_end_the_music(lost: History) -> None:
    """The manager's word of the first answer, doubled, is not the agent's return."""
    lost.apply(events.LegAnswered(at=lost.at, offer_id=f"{call_id(1)}-1"))
    assert lost.call(1).phase is Phase.REJOINING
    assert lost.world.refused == 1


def test_an_agent_who_ends_the_talk_and_leaves_has_ended_it(begin: Begin) -> None:
    """The page's farewell comes before Asterisk's word of the end: nothing is brought back."""
    history = begin()
    history.talks(1, 1)
    history.apply(commands.EndAsked(at=history.at, agent_id="a1", call_id=call_id(1)))
    history.loses_audio(1, 1)
    assert history.call(1).phase is Phase.TALKING
    history.dial_ends(1, DialResult.ANSWERED)
    assert history.call(1).phase is Phase.CLOSING


def test_an_agent_who_logs_out_meanwhile_is_out_when_time_is_up(lost: History) -> None:
    """The call goes to the line, the agent home."""
    lost.apply(commands.AgentLoggedOut(at=lost.at, agent_id="a1"))
    lost.returns(1)
    lost.fires("rejoin", call_id(1))
    assert lost.agent(1).state is State.LOGGED_OUT


def test_another_s_page_loses_nothing(begin: Begin) -> None:
    """Only the agent of the talk can lose its audio."""
    history = begin()
    history.talks(1, 1)
    history.loses_audio(2, 1)
    assert history.call(1).phase is Phase.TALKING
    assert history.world.refused == 1


def test_a_leash_that_breaks_in_mid_ring_rings_again(lost: History) -> None:
    """The service restarted meanwhile: the old ring is stopped and a new one made."""
    lost.returns(1)
    lost.apply(events.LegDialed(at=lost.at, offer_id=f"{call_id(1)}-2", leg="PJSIP/a-1-00000002"))
    lost.returns(1)
    assert lost.ordered(effects.HangUpLeg)[-1].offer_id == f"{call_id(1)}-2"
    assert lost.ordered(effects.Ring)[-1].offer_id == f"{call_id(1)}-3"


def test_a_dial_that_ends_before_the_caller_is_fetched_leaves_no_silence(lost: History) -> None:
    """The link was down and the order came to nothing; the leash is there, and so is the music."""
    lost.returns(1)
    lost.fires("rejoin", call_id(1))
    lost.dial_ends(1, DialResult.NO_ANSWER)
    assert lost.call(1).channel.leashed
    assert lost.orders[-1] == effects.Music(call_id=call_id(1))
    assert list(lost.world.matcher.line.in_order()) == [call_id(1)]
