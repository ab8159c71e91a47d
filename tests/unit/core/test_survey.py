"""The caller's survey: who is asked, and that nothing of a call tells what was pressed."""

from dataclasses import replace

import pytest

from contactcentre.core import acts, commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult, Outcome
from contactcentre.testing import History, call_id, network, profile
from routing.survey import SurveyPolicy

pytestmark = pytest.mark.unit

LEG = f"{call_id(1)}-1"


def hotline(share: float = 1.0, **more: bool) -> History:
    """Two agents; callers are asked."""
    given = network(profile(1), profile(2))
    policy = SurveyPolicy(share=share)
    queues = {key: replace(one, survey=policy) for key, one in given.queues.items()}
    history = History(replace(given, queues=queues, **more))
    history.links_up()
    return history


def ends(history: History) -> None:
    """The agent hangs up."""
    history.talks(1, 1)
    history.pass_s(60)
    history.dial_ends(1, DialResult.ANSWERED)


def played(history: History) -> None:
    """The question is over, answered or not."""
    call = history.call(1)
    history.apply(events.PromptsPlayed(at=history.at, call_id=call.call_id, step=call.channel.step))


def test_the_caller_is_asked_and_the_agent_is_free_at_once() -> None:
    """One question; when it is over the call ends, answered as it was."""
    history = hotline()
    ends(history)
    (asked,) = history.ordered(effects.AskScore)
    assert (asked.queue, asked.prompts) == ("general", ("survey.question",))
    assert history.call(1).phase is Phase.SURVEY
    assert history.agent(1).state is State.WRAP_UP
    assert history.ordered(effects.HangUp) == []
    talked_until = history.call(1).talk.ended_at
    history.pass_s(8)
    played(history)
    assert [order.call_id for order in history.ordered(effects.HangUp)] == [call_id(1)]
    history.hangs_up(1)
    call = history.call(1)
    assert (call.phase, call.end.outcome, call.end.by) == (Phase.ENDED, Outcome.ANSWERED, "agent")
    assert call.talk.ended_at == talked_until


def test_who_hangs_up_was_asked_nothing_more() -> None:
    """In the talk, there is no question; in the question, it is no answer."""
    history = hotline()
    history.talks(1, 1)
    history.hangs_up(1)
    assert history.ordered(effects.AskScore) == []
    history = hotline()
    ends(history)
    history.hangs_up(1)
    assert history.call(1).end.outcome is Outcome.ANSWERED


def test_who_is_not_asked() -> None:
    """Where no queue asks, in a crisis, with somebody outside in the call."""
    assert hotline(0.0).ordered(effects.AskScore) == []
    for history in (hotline(0.0), hotline(in_crisis=True)):
        ends(history)
        assert history.call(1).phase is Phase.CLOSING
    history = hotline()
    history.talks(1, 1)
    about = {"at": history.at, "agent_id": "a1", "call_id": call_id(1)}
    history.apply(commands.ConsultChosen(**about, number="67000000"))
    history.dial_ends(1, DialResult.ANSWERED)
    history.apply(events.LegLeashed(at=history.at, offer_id=LEG, leg="PJSIP/a-1-1"))
    history.apply(commands.ReachDropped(**about))
    history.apply(events.LegLeashed(at=history.at, offer_id=LEG, leg="PJSIP/a-1-1"))
    assert history.call(1).phase is Phase.TALKING
    history.dial_ends(1, DialResult.ANSWERED)
    assert history.ordered(effects.AskScore) == []


def test_an_old_answer_ends_nothing() -> None:
    """What was still being said before is none."""
    history = hotline()
    ends(history)
    step = history.call(1).channel.step
    history.apply(events.PromptsPlayed(at=history.at, call_id=call_id(1), step=step - 1))
    assert history.call(1).phase is Phase.SURVEY


@pytest.mark.parametrize("how", ["service", "stuck"])
def test_a_service_that_was_away_asks_nobody_again(how: str) -> None:
    """Nor goes on with a question that a supervisor has ended."""
    history = hotline()
    ends(history)
    if how == "service":
        history.returns(1)
    else:
        act = acts.CallEndForced(at=history.at, by="L", by_id="l", call_id=call_id(1), why="x")
        history.apply(act)
    assert history.call(1).phase is Phase.CLOSING
    assert len(history.ordered(effects.AskScore)) == 1


def test_a_key_changes_nothing_of_the_call() -> None:
    """So nothing is journaled of it: what the exchange tells of keys is passed over."""
    history = hotline()
    ends(history)
    before = history.call(1)
    history.apply(events.DigitPressed(at=history.at, call_id=call_id(1), digit="1"))
    assert history.call(1) is before
    assert call_id(1) not in history.world.touched_calls
