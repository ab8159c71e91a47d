"""What a supervisor does with calls and agents, by the one table."""

from dataclasses import replace
from typing import Any

import pytest

from contactcentre.core import acting, acts, commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.act_moves import EARMARKED_S
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit


@pytest.fixture
def history() -> History:
    """Two agents who can answer all, and one for the general line; nobody is at work yet."""
    history = History(network(profile(1), profile(2), profile(3, taxes=False)))
    history.links_up()
    return history


def act(history: History, kind: type[acts.SupervisorAct], **given: Any) -> bool:
    """A supervisor asks for it; whether anything came of it."""
    refused = history.world.refused
    why = {"why": "Ieilgusi gaidīšana"} if issubclass(kind, acts.ReasonedAct) else {}
    history.apply(kind(at=history.at, by="Ilze", by_id="u1", **why, **given))
    return history.world.refused == refused


def on_call(history: History, kind: type[acts.SupervisorAct], number: int, **given: Any) -> bool:
    """The same, with a call."""
    return act(history, kind, call_id=call_id(number), **given)


def in_line(history: History) -> list[str]:
    """Who waits, in order."""
    return list(history.world.matcher.line.in_order())


# --- the line --------------------------------------------------------------------------------


def test_a_waiting_call_is_moved_with_its_wait(history: History) -> None:
    """Its caller hears so, the place is kept, and whoever is free there is rung."""
    history.waits(1)
    history.pass_s(60)
    history.waits(2, "")
    assert on_call(history, acts.CallMoved, 1, queue="general")
    assert in_line(history) == [call_id(1), call_id(2)]
    assert history.call(1).queue == "general"
    assert [play.prompts for play in history.ordered(effects.Play)][-1] == ("wait.moved",)
    history.ready(3)
    assert history.call(1).phase is Phase.OFFERED


@pytest.mark.parametrize("queue", ["taxes", "nowhere"])
def test_a_call_is_moved_to_no_queue_that_is_not_another(history: History, queue: str) -> None:
    """Nothing changes."""
    history.waits(1)
    assert not on_call(history, acts.CallMoved, 1, queue=queue)
    assert history.call(1).queue == "taxes"


def test_a_call_is_put_first_and_back(history: History) -> None:
    """Before whoever has waited longer; and where it stood, again."""
    for number in (1, 2, 3):
        history.waits(number)
        history.pass_s(10)
    assert on_call(history, acts.CallPutFirst, 3)
    assert in_line(history) == [call_id(3), call_id(1), call_id(2)]
    assert not on_call(history, acts.CallPutFirst, 3)
    assert on_call(history, acts.CallPutBack, 3)
    assert in_line(history) == [call_id(1), call_id(2), call_id(3)]


def test_who_was_answered_is_first_no_more(history: History) -> None:
    """What was decided for one wait does not count for the next."""
    history.waits(1)
    on_call(history, acts.CallPutFirst, 1)
    history.ready(1)
    history.leg_answers(1)
    assert not history.call(1).queueing.first


def test_a_call_is_given_to_nobody_who_may_not_answer_it(history: History) -> None:
    """Whoever lacks its queue's skill is not rung for it."""
    history.waits(1)
    history.ready(3)
    assert not on_call(history, acts.CallEarmarked, 1, agent_id="a3")
    assert acting.obstacle(history.world, call_id(1), "a3") == "skills"
    assert history.call(1).phase is Phase.WAITING


def test_of_two_who_are_free_the_one_who_was_chosen_is_rung(history: History) -> None:
    """The call waits, as both have said no to it; the choice forgives that."""
    history.ready(1)
    history.pass_s(1)
    history.ready(2)
    history.waits(1)
    for number in (1, 2):
        history.rejects(number, 1)
        history.dial_ends(1, DialResult.CANCELLED)
        history.pass_s(30)
        history.apply(commands.ReadyChosen(at=history.at, agent_id=f"a{number}"))
    assert history.call(1).phase is Phase.WAITING
    assert on_call(history, acts.CallEarmarked, 1, agent_id="a2")
    offer = history.call(1).open_offer
    assert offer is not None
    assert offer.agent_id == "a2"


def test_a_call_given_to_who_is_busy_comes_next_there(history: History) -> None:
    """Before older ones, and to nobody else meanwhile."""
    history.talks(1, 1)
    history.waits(2)
    history.pass_s(30)
    history.waits(3)
    assert on_call(history, acts.CallEarmarked, 3, agent_id="a1")
    history.ready(2)
    assert history.call(2).phase is Phase.OFFERED
    assert history.call(3).phase is Phase.WAITING
    history.saves(1, 1)
    history.hangs_up(1)
    offer = history.call(3).open_offer
    assert offer is not None
    assert offer.agent_id == "a1"


def given_to_who_talks(history: History) -> None:
    """Agent 1 talks in call 1, and call 2 is given to her; agent 2 can be asked as well."""
    history.talks(1, 1)
    history.waits(2)
    assert on_call(history, acts.CallEarmarked, 2, agent_id="a1")


def test_an_earmark_ends_with_its_time(history: History) -> None:
    """A talk that goes on and on keeps nobody waiting for ever."""
    given_to_who_talks(history)
    history.ready(2)
    assert history.call(2).phase is Phase.WAITING
    history.pass_s(EARMARKED_S)
    history.apply(events.TimerFired(at=history.at, kind="widen", key=call_id(2)))
    assert history.call(2).phase is Phase.OFFERED


def test_an_earmark_ends_when_its_agent_has_gone(history: History) -> None:
    """Whoever is free is rung instead, and it does not go back to one who returns."""
    given_to_who_talks(history)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    history.saves(1, 1)
    history.hangs_up(1)
    history.ready(1)
    history.not_ready(1, "lunch")
    history.ready(2)
    assert history.call(2).phase is Phase.OFFERED


def test_an_earmark_is_one_offer(history: History) -> None:
    """Whoever does not take it is passed over, and it is for everybody again."""
    given_to_who_talks(history)
    history.ready(2)
    history.saves(1, 1)
    history.hangs_up(1)
    history.rejects(1, 2)
    assert history.call(2).queueing.earmark is None
    history.dial_ends(2, DialResult.CANCELLED)
    offer = history.call(2).open_offer
    assert offer is not None
    assert offer.agent_id == "a2"


def test_an_earmark_can_be_taken_back(history: History) -> None:
    """Whoever is free gets the call then."""
    given_to_who_talks(history)
    history.ready(2)
    assert on_call(history, acts.EarmarkLifted, 2)
    assert history.call(2).phase is Phase.OFFERED
    assert not on_call(history, acts.EarmarkLifted, 2)


@pytest.mark.parametrize(
    ("state", "obstacle"),
    [("out", "logged-out"), ("lunch", "not-ready"), ("no phone", "unreachable"), ("", "")],
)
def test_why_an_agent_cannot_be_given_a_call(history: History, state: str, obstacle: str) -> None:
    """Told before it is tried, and refused when it is."""
    history.talks(1, 1)
    history.waits(2)
    match state:
        case "out":
            history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
            history.saves(1, 1)
            history.hangs_up(1)
        case "lunch":
            history.not_ready(1, "lunch")
        case "no phone":
            history.phone(1, reachable=False)
    assert acting.obstacle(history.world, call_id(2), "a1") == obstacle
    assert on_call(history, acts.CallEarmarked, 2, agent_id="a1") is (obstacle == "")
    assert acting.obstacle(history.world, call_id(9), "a1") == "gone"


@pytest.mark.parametrize(
    ("ending", "words", "outcome"),
    [
        ("busy", ("error.all-busy",), Outcome.TURNED_AWAY),
        ("closed", ("overflow.closed",), Outcome.TURNED_AWAY),
        ("callback", ("callback.accepted", "goodbye"), Outcome.CALLBACK),
    ],
)
def test_a_caller_who_is_withdrawn_hears_why(
    history: History, ending: acts.Ending, words: tuple[str, ...], outcome: Outcome
) -> None:
    """Then the call ends; whom we have promised to ring is owed that."""
    history.waits(1)
    history.pass_s(5)
    assert on_call(history, acts.CallWithdrawn, 1, ending=ending)
    assert history.ordered(effects.Play)[-1].prompts == words
    history.hangs_up(1)
    assert history.call(1).end.outcome is outcome
    promised = [call for call in history.world.calls.values() if call.callback is not None]
    assert len(promised) == (ending == "callback")


def test_who_withholds_the_number_is_promised_no_call(history: History) -> None:
    """The caller stays in line."""
    history.arrives(1, caller=None)
    history.presses(1, "1")
    assert not on_call(history, acts.CallWithdrawn, 1, ending="callback")
    assert history.call(1).phase is Phase.WAITING


# --- promises --------------------------------------------------------------------------------


def test_a_promise_goes_to_another_queue(history: History) -> None:
    """And whoever asks again in that queue adds to it; the old queue knows of it no more."""
    key = history.asks_callback(1)
    assert act(history, acts.CallMoved, call_id=key, queue="taxes")
    assert history.promise(key).queue == "taxes"
    again = history.asks_callback(2)
    assert again != key  # of the general queue: a promise of its own
    assert not act(history, acts.CallMoved, call_id=again, queue="taxes")  # promised there already


def test_a_promise_and_a_message_go_to_one_agent(history: History) -> None:
    """Offered to that one, next."""
    history.talks(1, 1)
    key = history.leaves_message(2)
    assert act(history, acts.CallEarmarked, call_id=key, agent_id="a1")
    history.ready(2)
    assert history.promise(key).phase is Phase.CALLBACK
    history.saves(1, 1)
    history.hangs_up(1)
    offer = history.promise(key).open_offer
    assert offer is not None
    assert offer.agent_id == "a1"


# --- ended -----------------------------------------------------------------------------------


def phases(history: History, phase: Phase) -> None:
    """Call 1 in that phase, with agent 1 where there is one."""
    if phase is Phase.MENU:
        history.arrives(1)
    elif phase is Phase.WAITING:
        history.waits(1)
    elif phase is Phase.OFFERED:
        history.ready(1)
        history.waits(1)
    else:
        history.talks(1, 1)
    if phase is Phase.HELD:
        history.apply(commands.HoldChosen(at=history.at, agent_id="a1", call_id=call_id(1)))
    if phase is Phase.CONSULTING:
        history.ready(2)
        history.apply(
            commands.ConsultChosen(at=history.at, agent_id="a1", call_id=call_id(1), colleague="a2")
        )
    if phase is Phase.REJOINING:
        history.loses_audio(1, 1)
        history.dial_ends(1, DialResult.AUDIO_LOST)
    assert history.call(1).phase is phase


ENDABLE = (
    Phase.MENU,
    Phase.WAITING,
    Phase.OFFERED,
    Phase.TALKING,
    Phase.HELD,
    Phase.CONSULTING,
    Phase.REJOINING,
)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("phase", ENDABLE)
def test_a_stuck_call_is_ended(history: History, phase: Phase, known: bool) -> None:
    """Whether the exchange still knows of it or not; everybody in it is free at once."""
    phases(history, phase)
    assert on_call(history, acts.CallEndForced, 1)
    assert {"PJSIP/carrier-00000001"} <= {o.leg for o in history.ordered(effects.HangUpLeg)}
    for number in (1, 2):
        assert history.agent(number).state not in (State.TALKING, State.RESERVED)
    assert all(leg.ended_at is not None for leg in history.call(1).legs)
    if known:
        history.hangs_up(1)
    else:
        history.pass_s(5)
        history.apply(events.TimerFired(at=history.at, kind="end", key=call_id(1)))
    call = history.call(1)
    talked = phase not in (Phase.MENU, Phase.WAITING, Phase.OFFERED)
    outcome = Outcome.ANSWERED if talked else Outcome.TURNED_AWAY
    assert (call.phase, call.end.by, call.end.outcome) == (Phase.ENDED, "supervisor", outcome)


def test_a_call_that_was_ended_is_ended_again_after_a_restart(history: History) -> None:
    """The order may never have reached the exchange: it is given once more, and looked after."""
    history.talks(1, 1)
    on_call(history, acts.CallEndForced, 1)
    closing = history.call(1)
    again = History(history.world.network)
    again.at = history.at
    again.world.restore([closing], history.world.agents.values())
    again.apply(events.ServiceStarted(at=again.at))
    assert [t.key for t in again.ordered(effects.StartTimer) if t.kind == "end"] == [call_id(1)]
    caller = events.Channel(
        channel=closing.channel.name,
        channel_id=closing.channel.unique_id,
        our_id=call_id(1),
        bridge="b",
        rung=False,
    )
    again.links_up(caller)
    assert [o.leg for o in again.ordered(effects.HangUpLeg)] == [closing.channel.name]


def test_a_caller_of_a_call_that_is_over_is_not_left_in_it(history: History) -> None:
    """Nor its agent on a leash: the order was lost with the link, and the time for it was up, so it
    is given once more."""
    history.talks(1, 1)
    offer = history.call(1).offers[0]
    history.apply(commands.HoldChosen(at=history.at, agent_id="a1", call_id=call_id(1)))
    history.apply(events.LegLeashed(at=history.at, offer_id=offer.leg_id, leg=offer.channel))
    on_call(history, acts.CallEndForced, 1)
    history.pass_s(5)
    history.apply(events.TimerFired(at=history.at, kind="end", key=call_id(1)))
    history.apply(events.TelephonyLost(at=history.at))
    over = history.call(1)
    assert over.phase is Phase.ENDED
    given = len(history.orders)
    caller = events.Channel(
        channel=over.channel.name,
        channel_id=over.channel.unique_id,
        our_id=call_id(1),
        bridge="",
        rung=False,
    )
    leg = replace(caller, channel=offer.channel, channel_id="1.9", our_id=offer.leg_id, rung=True)
    history.links_up(caller, leg)
    let_go = [one.leg for one in history.orders[given:] if isinstance(one, effects.HangUpLeg)]
    assert let_go == [caller.channel, leg.channel]


def test_without_the_link_no_call_is_ended(history: History) -> None:
    """Nothing could end it at the exchange, and its caller would be forgotten there."""
    history.talks(1, 1)
    history.apply(events.TelephonyLost(at=history.at))
    assert not on_call(history, acts.CallEndForced, 1)
    assert not act(history, acts.AgentReleased, agent_id="a1")
    assert history.call(1).phase is Phase.TALKING


# --- agents ----------------------------------------------------------------------------------


def test_an_agent_is_made_ready_and_not_ready_and_reads_so(history: History) -> None:
    """Each leaves word of who it was, and why, until it has been seen."""
    history.ready(1)
    assert act(history, acts.NotReadyForced, agent_id="a1", reason="training")
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "training")
    assert act(history, acts.ReadyForced, agent_id="a1")
    assert history.agent(1).state is State.READY
    told = [(memo.kind, memo.by, memo.text) for memo in history.agent(1).memos]
    why = "Ieilgusi gaidīšana"
    assert told == [("not_ready", "Ilze", why), ("ready", "Ilze", why)]
    first = history.agent(1).memos[0].memo_id
    history.apply(commands.MemoSeen(at=history.at, agent_id="a1", memo_id=first))
    assert [memo.kind for memo in history.agent(1).memos] == ["ready"]


def test_who_talks_is_not_ready_after_the_call(history: History) -> None:
    """Nobody is torn out of a talk by it."""
    history.talks(1, 1)
    assert act(history, acts.NotReadyForced, agent_id="a1", reason="other")
    assert history.agent(1).state is State.TALKING
    history.saves(1, 1)
    history.hangs_up(1)
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "other")


def test_who_is_no_agent_any_more_is_not_kept_by_a_supervisor(history: History) -> None:
    """Whoever was taken out of the configuration in mid-call is gone after it, as if left alone."""
    history.talks(1, 1)
    fewer = network(profile(2))
    history.apply(events.NetworkPublished(at=history.at, network=fewer))
    assert not act(history, acts.NotReadyForced, agent_id="a1", reason="other")
    assert not act(history, acts.ReadyForced, agent_id="a1")
    history.saves(1, 1)
    history.hangs_up(1)
    assert history.agent(1).state is State.LOGGED_OUT


def test_an_agent_is_logged_out(history: History) -> None:
    """At once where free, after the call where not; the page does not come back by itself."""
    history.ready(1)
    assert act(history, acts.LogOutForced, agent_id="a1")
    agent = history.agent(1)
    assert (agent.state, agent.reason, agent.gone_at) == (State.LOGGED_OUT, "forced", None)
    assert [memo.kind for memo in agent.memos] == ["logged_out"]
    assert not act(history, acts.LogOutForced, agent_id="a1")
    history.talks(2, 1)
    assert act(history, acts.LogOutForced, agent_id="a2")
    assert history.agent(2).state is State.TALKING
    history.saves(2, 1)
    history.hangs_up(1)
    assert history.agent(2).state is State.LOGGED_OUT


def test_a_reservation_is_ended_without_blame(history: History) -> None:
    """Its call keeps its place, the phone stops ringing, and the agent is free at once."""
    history.ready(1)
    history.waits(1)
    offer = history.call(1).open_offer
    assert offer is not None
    history.apply(events.LegDialed(at=history.at, offer_id=offer.leg_id, leg="PJSIP/a-1-01"))
    assert act(history, acts.AgentReleased, agent_id="a1")
    assert history.agent(1).missed == 0
    assert history.agent(1).state is State.READY
    assert [order.leg for order in history.ordered(effects.HangUpLeg)] == ["PJSIP/a-1-01"]
    assert history.call(1).legs[0].result is Result.WITHDRAWN


def test_an_agent_is_let_out_of_a_talk_that_does_not_end(history: History) -> None:
    """Its call is ended, as that of a stuck call is; so is a wrap-up."""
    history.talks(1, 1)
    assert act(history, acts.AgentReleased, agent_id="a1")
    assert history.call(1).phase is Phase.CLOSING
    assert history.agent(1).state is State.WRAP_UP
    assert act(history, acts.AgentReleased, agent_id="a1")
    assert history.agent(1).state is State.READY
    assert not act(history, acts.AgentReleased, agent_id="a1")


def test_an_agent_held_by_nothing_is_free(history: History) -> None:
    """A call that nobody knows of any more holds nobody."""
    history.talks(1, 1)
    del history.world.calls[call_id(1)]
    assert act(history, acts.AgentReleased, agent_id="a1")
    assert history.agent(1).state is State.READY


def test_a_message_reaches_who_is_logged_in(history: History) -> None:
    """Twenty are kept, the oldest go first; one that was seen is gone."""
    history.ready(1)
    for number in range(25):
        act(history, acts.MemoWritten, memo_id=f"m{number}", text=str(number), agents=("a1", "a2"))
    assert [memo.text for memo in history.agent(1).memos] == [str(one) for one in range(5, 25)]
    assert history.agent(2).memos == ()
    history.apply(commands.MemoSeen(at=history.at, agent_id="a1", memo_id="m24"))
    assert history.agent(1).memos[-1].memo_id == "m23"
