"""From the menu into the line, and who is chosen."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import Outcome
from contactcentre.testing import START, History, call_id, network, profile

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


def test_a_caller_is_asked_the_first_question(begin: Begin) -> None:
    """A call arrives: it is in the menu and its caller hears the question."""
    history = begin()
    history.arrives(1)
    (ask,) = history.orders
    assert isinstance(ask, effects.Ask)
    assert (ask.call_id, ask.step, ask.prompts) == (call_id(1), 1, ("menu.matter",))
    assert history.call(1).phase is Phase.MENU


def test_a_caller_who_hangs_up_in_the_menu_was_never_in_a_queue(begin: Begin) -> None:
    """A hang-up in the menu is counted as such, not as abandoned."""
    history = begin()
    history.arrives(1)
    history.pass_s(3)
    history.hangs_up(1)
    call = history.call(1)
    assert (call.phase, call.end.outcome, call.wait_s) == (Phase.ENDED, Outcome.LEFT_MENU, None)
    assert not history.world.calls


def test_a_choice_puts_the_caller_in_line(begin: Begin) -> None:
    """The place is written on the channel before anything else, and music follows."""
    history = begin()
    history.arrives(1)
    history.pass_s(4)
    history.presses(1, "1")
    call = history.call(1)
    assert (call.phase, call.queue, call.queueing.queued_at) == (Phase.WAITING, "taxes", START + 4)
    assert history.orders[-3:] == [
        effects.KeepPlace(
            call_id=call_id(1),
            queue="taxes",
            language="lv",
            queued_at=START + 4,
            arrived_at=START,
        ),
        effects.Music(call_id=call_id(1)),
        effects.StartTimer(kind="announce", key=call_id(1), seconds=10.0),
    ]


def test_an_answer_to_an_older_question_is_refused(begin: Begin) -> None:
    """Digits with an old step number change nothing and are counted."""
    history = begin()
    history.arrives(1)
    before = history.call(1)
    old = events.DigitsEntered(at=START, call_id=call_id(1), step=0, digits="1")
    assert history.apply(old) == []
    assert history.call(1) == before
    assert history.world.refused == 1


def test_a_key_in_the_menu_is_no_fault(begin: Begin) -> None:
    """Asterisk tells of every key; the answer itself comes by the leash."""
    history = begin()
    history.arrives(1)
    history.apply(events.DigitPressed(at=START, call_id=call_id(1), digit="1"))
    assert history.world.refused == 0


def test_the_longest_idle_agent_is_rung(begin: Begin) -> None:
    """Of two free agents the one who has waited longer for work gets the call."""
    history = begin()
    history.ready(2)
    history.pass_s(1)
    history.ready(1)
    history.waits(1)
    (ring,) = history.ordered(effects.Ring)
    assert (ring.phone.endpoint, ring.timeout_s, ring.auto) == ("a-2", 20.0, False)


def test_skills_decide(begin: Begin) -> None:
    """A call is offered only to an agent who has the skill, however long others are idle."""
    history = begin(profile(1, taxes=False), profile(2))
    history.ready(1)
    history.pass_s(60)
    history.ready(2)
    history.waits(1, "1")
    assert history.agent(1).state is State.READY
    assert history.agent(2).state is State.RESERVED


def test_language_decides(begin: Begin) -> None:
    """Nobody who can't speak with the caller is rung."""
    history = begin(profile(1, languages="ru"), profile(2, languages="ru+lv"))
    history.ready(1)
    history.waits(1)
    assert history.call(1).phase is Phase.WAITING
    history.ready(2)
    assert history.agent(2).state is State.RESERVED


def test_one_line_stands_over_all_queues(begin: Begin) -> None:
    """An agent of several queues gets the longest waiting call of all of them."""
    history = begin()
    for number, keys in ((1, ""), (2, "1"), (3, "")):
        history.waits(number, keys)
        history.pass_s(1)
    history.ready(1)
    assert history.call(1).phase is Phase.OFFERED
    history.ready(2)
    assert history.call(2).phase is Phase.OFFERED
    assert list(history.world.matcher.line.in_order()) == [call_id(3)]


def test_a_call_that_nobody_can_take_holds_up_no_other(begin: Begin) -> None:
    """There is no head of the line: an agent without the skill gets the next call."""
    history = begin(profile(1, taxes=False))
    history.waits(1, "1")
    history.pass_s(9)
    history.waits(2, "")
    history.ready(1)
    assert history.call(1).phase is Phase.WAITING
    assert history.call(2).phase is Phase.OFFERED


def test_who_hangs_up_in_line_has_abandoned(begin: Begin) -> None:
    """The wait of an abandoned call runs from queue entry to hang-up."""
    history = begin()
    history.waits(1)
    history.pass_s(31)
    history.hangs_up(1)
    call = history.call(1)
    assert (call.end.outcome, call.end.by, call.wait_s) == (Outcome.ABANDONED, "caller", 31.0)
    assert len(history.world.matcher.line) == 0


def test_a_doubled_hang_up_counts_once(begin: Begin) -> None:
    """The leash and the manager both tell of a hang-up."""
    history = begin()
    history.waits(1)
    history.hangs_up(1)
    history.hangs_up(1)
    assert [call.end.outcome for call in history.world.ended] == [Outcome.ABANDONED]


def test_a_known_call_does_not_arrive_again(begin: Begin) -> None:
    """A second arrival of the same call is refused."""
    history = begin()
    history.waits(1)
    before = history.call(1)
    history.arrives(1)
    assert history.call(1) == before
    assert history.world.illegal == {("CallArrived", "known"): 1}


def test_without_a_menu_the_caller_goes_straight_into_the_line() -> None:
    """A hotline whose flow is missing keeps its callers: the queue that takes all has them."""
    history = History(replace(network(profile(1)), flows={}))
    history.arrives(1)
    assert (history.call(1).phase, history.call(1).queue) == (Phase.WAITING, "general")


def test_where_the_menu_led_is_remembered(begin: Begin) -> None:
    """The first queue and what was asked there stay with the call, over a restart too."""
    history = begin()
    history.waits(7)
    call = history.call(7)
    assert (call.choice.queue, call.choice.skills) == ("taxes", (("taxes", 1),))
    history.returns(8, queue="taxes", queued_at=history.at)
    again = history.call(8)
    assert (again.choice.queue, again.choice.skills) == ("taxes", (("taxes", 1),))
