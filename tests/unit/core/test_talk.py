"""The talk, its record and the wrap-up."""

from collections.abc import Callable

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Outcome
from contactcentre.testing import START, History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]
OFFER = f"{call_id(1)}-1"


@pytest.fixture
def talking(begin: Begin) -> History:
    """`a1` talks with call 1 since START + 1."""
    history = begin()
    history.talks(1, 1)
    return history


def note(history: History, text: str, base: int, agent: str = "a1") -> None:
    """The agent's note as it stands."""
    history.apply(
        commands.NoteWritten(
            at=history.at, agent_id=agent, call_id=call_id(1), text=text, base=base
        )
    )


def test_the_agent_hangs_up(talking: History) -> None:
    """The caller is let go, the call counted as answered, and the wrap-up begins."""
    talking.pass_s(100)
    talking.dial_ends(1, DialResult.ANSWERED)
    call = talking.call(1)
    assert (call.phase, call.end.outcome, call.end.by) == (Phase.CLOSING, Outcome.ANSWERED, "agent")
    assert call.talk.ended_at == START + 101
    assert effects.HangUp(call_id=call_id(1)) in talking.orders
    agent = talking.agent(1)
    assert (agent.state, agent.wrap_up_until) == (State.WRAP_UP, START + 161)
    assert agent.idle_since == START + 101
    talking.hangs_up(1)
    assert (talking.call(1).phase, talking.call(1).end.by) == (Phase.ENDED, "agent")


def test_the_caller_hangs_up(talking: History) -> None:
    """The talk ends with the call."""
    talking.pass_s(50)
    talking.hangs_up(1)
    call = talking.call(1)
    assert (call.phase, call.end.outcome, call.end.by) == (Phase.ENDED, Outcome.ANSWERED, "caller")
    assert (call.talk.ended_at, call.end.at) == (START + 51, START + 51)
    assert talking.agent(1).state is State.WRAP_UP


def test_the_agent_asks_us_to_end_it(talking: History) -> None:
    """The leg is ended; the dial's return then does what a hang-up does."""
    ask = commands.EndAsked(at=talking.at, agent_id="a1", call_id=call_id(1))
    made = talking.apply(ask)
    assert [type(order) for order in made] == [effects.HangUpLeg]
    talking.dial_ends(1, DialResult.ANSWERED)
    assert talking.call(1).end.by == "agent"


def test_a_leg_without_a_name_is_ended_by_fetching_the_caller(begin: Begin) -> None:
    """The leg was dialled in a gap of the link: the agent can end the talk all the same."""
    history = begin()
    history.ready(1)
    history.waits(1)
    history.apply(events.LegAnswered(at=history.at, offer_id=OFFER))
    history.apply(commands.EndAsked(at=history.at, agent_id="a1", call_id=call_id(1)))
    assert len(history.ordered(effects.Recall)) == 1
    history.returns(1)
    assert (history.call(1).phase, history.call(1).end.by) == (Phase.CLOSING, "agent")
    assert history.agent(1).state is State.WRAP_UP


def test_nobody_ends_the_talk_of_another(talking: History) -> None:
    """Another agent's order is refused."""
    talking.apply(commands.EndAsked(at=talking.at, agent_id="a2", call_id=call_id(1)))
    assert talking.ordered(effects.HangUpLeg) == []
    assert talking.world.refused == 1


def test_hold_is_added_up(talking: History) -> None:
    """Two holds; a doubled word of either changes nothing."""
    for seconds in (10, 20):
        talking.apply(events.HoldStarted(at=talking.at, offer_id=OFFER))
        talking.apply(events.HoldStarted(at=talking.at, offer_id=OFFER))
        talking.pass_s(seconds)
        talking.apply(events.HoldEnded(at=talking.at, offer_id=OFFER))
        talking.apply(events.HoldEnded(at=talking.at, offer_id=OFFER))
    assert (talking.call(1).hold_s, talking.call(1).held_since) == (30.0, None)


def test_a_caller_who_leaves_on_hold_was_held_until_then(talking: History) -> None:
    """The hold ends with the call."""
    talking.apply(events.HoldStarted(at=talking.at, offer_id=OFFER))
    talking.pass_s(15)
    talking.hangs_up(1)
    assert (talking.call(1).hold_s, talking.call(1).held_since) == (15.0, None)


def test_wrap_up_ends_with_its_timer_and_keeps_the_record_open(talking: History) -> None:
    """Time is up: the agent is ready, and the unsaved record is still in reach."""
    talking.hangs_up(1)
    (timer,) = [o for o in talking.ordered(effects.StartTimer) if o.kind == "wrap_up"]
    assert (timer.key, timer.seconds) == ("a1", 60.0)
    talking.pass_s(60)
    talking.fires("wrap_up", "a1")
    agent = talking.agent(1)
    assert (agent.state, agent.idle_since, agent.unsaved) == (
        State.READY,
        START + 61,
        (call_id(1),),
    )
    assert talking.world.calls[call_id(1)].phase is Phase.ENDED
    talking.saves(1, 1)
    assert talking.agent(1).unsaved == ()
    assert talking.agent(1).state is State.READY
    assert not talking.world.calls
    assert talking.world.ended[0].record.saved_at == talking.at


def test_wrap_up_can_be_extended(talking: History) -> None:
    """Half a minute more, on top of what is left; the timer is set anew."""
    talking.hangs_up(1)
    talking.pass_s(50)
    more = commands.WrapUpExtended(at=talking.at, agent_id="a1", call_id=call_id(1))
    made = talking.apply(more)
    assert talking.agent(1).wrap_up_until == START + 91
    assert made == [effects.StartTimer(kind="wrap_up", key="a1", seconds=40.0)]


def test_the_wrap_up_of_another_call_is_not_extended(talking: History) -> None:
    """A click that comes late, from the page of an earlier call, changes nothing."""
    talking.hangs_up(1)
    talking.apply(commands.WrapUpExtended(at=talking.at, agent_id="a1", call_id=call_id(9)))
    assert talking.agent(1).wrap_up_until == START + 61


def test_a_record_can_wait_for_the_next_citizen(talking: History) -> None:
    """The wrap-up ends and the record stays open; a late click on an earlier one does nothing."""
    talking.hangs_up(1)
    for number in (9, 1):
        later = commands.RecordPostponed(at=talking.at, agent_id="a1", call_id=call_id(number))
        made = talking.apply(later)
    assert made == [effects.CancelTimer(kind="wrap_up", key="a1")]
    assert (talking.agent(1).state, talking.agent(1).unsaved) == (State.READY, (call_id(1),))
    assert talking.world.refused == 1


def test_saving_ends_the_wrap_up(talking: History) -> None:
    """Saved and done: ready at once, and the timer is forgotten."""
    talking.hangs_up(1)
    talking.pass_s(5)
    talking.saves(1, 1)
    assert (talking.agent(1).state, talking.agent(1).since) == (State.READY, START + 6)
    assert effects.CancelTimer(kind="wrap_up", key="a1") in talking.orders


def test_saving_without_finishing_stays_in_wrap_up(talking: History) -> None:
    """What was chosen so far is safe, and the record stays open until it is finished."""
    talking.hangs_up(1)
    talking.saves(1, 1, finish=False)
    assert (talking.agent(1).state, talking.agent(1).unsaved) == (State.WRAP_UP, (call_id(1),))


def test_a_record_saved_before_the_end_leaves_no_wrap_up(talking: History) -> None:
    """There is nothing left to do: ready as soon as the talk is over."""
    talking.saves(1, 1)
    talking.hangs_up(1)
    assert (talking.agent(1).state, talking.agent(1).unsaved) == (State.READY, ())
    assert not talking.world.calls


def test_the_record_belongs_to_who_talked(talking: History) -> None:
    """Another agent can neither save nor write nor identify."""
    talking.saves(2, 1)
    note(talking, "x", 0, agent="a2")
    talking.apply(
        commands.CallerIdentified(
            at=talking.at, agent_id="a2", call_id=call_id(1), level=2, method="code"
        )
    )
    call = talking.call(1)
    assert (call.record.saved_at, call.record.note, call.identity.level) == (None, "", 0)
    assert talking.world.refused == 3


def test_a_note_is_written_over_by_nobody_who_has_not_seen_it(talking: History) -> None:
    """A page that was offline comes with a text that goes on from an older version: refused."""
    note(talking, "first", 0)
    note(talking, "first and second", 1)
    refused = talking.world.refused
    note(talking, "from offline, written many times", 1)
    assert talking.world.refused == refused + 1
    record = talking.call(1).record
    assert (record.note, record.note_version) == ("first and second", 2)


def test_a_note_that_is_told_twice_is_taken_once(talking: History) -> None:
    """The page has not heard the first answer: the second is yes too, and nothing changes."""
    note(talking, "first", 0)
    note(talking, "first", 0)
    record = talking.call(1).record
    assert (record.note, record.note_version, talking.world.refused) == ("first", 1, 0)


def test_a_note_is_taken_after_the_end(talking: History) -> None:
    """The page may still send when the call is over."""
    talking.hangs_up(1)
    note(talking, "late", 0)
    assert talking.call(1).record.note == "late"
    assert talking.world.ended[0].record.note == "late"


def test_the_level_of_identification_is_kept_and_nothing_else(talking: History) -> None:
    """Level and method, never the answers."""
    talking.apply(
        commands.CallerIdentified(
            at=talking.at, agent_id="a1", call_id=call_id(1), level=2, method="code"
        )
    )
    assert (talking.call(1).identity.level, talking.call(1).identity.method) == (2, "code")


def identifies(story: History, agent: str, level: int) -> int:
    """An agent says who the first caller is; the level that then stands."""
    story.apply(
        commands.CallerIdentified(
            at=story.at, agent_id=agent, call_id=call_id(1), level=level, method="strong"
        )
    )
    return story.call(1).identity.level


def test_nobody_is_identified_before_the_answer(begin: Begin) -> None:
    """A level that is set while it rings is refused, and so is one after the offer was declined."""
    history = begin()
    history.ready(1)
    history.waits(1, "1")
    assert identifies(history, "a1", 3) == 0
    history.rejects(1, 1)
    assert identifies(history, "a1", 3) == 0
    assert history.world.refused == 2


def test_nobody_is_identified_after_the_talk(talking: History) -> None:
    """The citizen has gone: whoever only now says a level can't have asked."""
    talking.hangs_up(1)
    assert identifies(talking, "a1", 3) == 0


def test_a_break_chosen_in_the_talk_comes_after_the_wrap_up(talking: History) -> None:
    """The agent's word is honoured, not forgotten."""
    talking.not_ready(1, "lunch")
    assert talking.agent(1).state is State.TALKING
    talking.hangs_up(1)
    assert talking.agent(1).state is State.WRAP_UP
    talking.fires("wrap_up", "a1")
    assert (talking.agent(1).state, talking.agent(1).reason) == (State.NOT_READY, "lunch")


def test_log_out_in_the_talk_finishes_the_call_first(talking: History) -> None:
    """Logged out after the talk and its wrap-up; the phone is withdrawn once."""
    talking.apply(commands.AgentLoggedOut(at=talking.at, agent_id="a1"))
    assert talking.agent(1).state is State.TALKING
    assert talking.ordered(effects.WithdrawPhone) == []
    talking.hangs_up(1)
    assert talking.agent(1).state is State.WRAP_UP
    talking.fires("wrap_up", "a1")
    assert talking.agent(1).state is State.LOGGED_OUT
    assert talking.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]


def test_who_has_left_in_the_talk_has_no_phone_from_its_end_on(talking: History) -> None:
    """Nobody needs it for the wrap-up, and its secret may be in wrong hands."""
    talking.apply(commands.AgentLoggedOut(at=talking.at, agent_id="a1"))
    talking.hangs_up(1)
    assert talking.agent(1).state is State.WRAP_UP
    assert talking.ordered(effects.WithdrawPhone) == [effects.WithdrawPhone(endpoint="a-1")]


def test_who_comes_back_before_the_call_ends_stays_logged_in(talking: History) -> None:
    """A log-in takes the log-out back."""
    talking.apply(commands.AgentLoggedOut(at=talking.at, agent_id="a1"))
    talking.apply(commands.AgentLoggedIn(at=talking.at, agent_id="a1"))
    talking.hangs_up(1)
    talking.fires("wrap_up", "a1")
    assert (talking.agent(1).state, talking.agent(1).reason) == (State.NOT_READY, "shift")


def test_late_facts_change_nothing_once_the_call_has_ended(talking: History) -> None:
    """Whatever still comes of the call is neither a change nor a fault."""
    talking.hangs_up(1)
    before, agent = talking.call(1), talking.agent(1)
    for late in (
        events.LegHungUp(at=talking.at, offer_id=OFFER, cause=16),
        events.HoldEnded(at=talking.at, offer_id=OFFER),
        events.CallerHungUp(at=talking.at, call_id=call_id(1)),
        events.LeashLost(at=talking.at, call_id=call_id(1)),
        events.DigitPressed(at=talking.at, call_id=call_id(1), digit="1"),
        events.DialEnded(
            at=talking.at, call_id=call_id(1), offer_id=OFFER, result=DialResult.ANSWERED
        ),
        commands.AudioLost(at=talking.at, agent_id="a1", call_id=call_id(1)),
        commands.EndAsked(at=talking.at, agent_id="a1", call_id=call_id(1)),
    ):
        assert talking.apply(late) == []
    assert (talking.call(1), talking.agent(1), talking.world.refused) == (before, agent, 0)


def test_a_doubled_answer_changes_nothing(talking: History) -> None:
    """The talk goes on from where it began."""
    before = talking.call(1)
    talking.pass_s(5)
    talking.apply(events.LegAnswered(at=talking.at, offer_id=OFFER))
    assert talking.call(1) == before
