"""Waiting callers hear their position and an honest range."""

from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call import Phase
from contactcentre.testing import History, call_id, network, profile
from ivr import say

pytestmark = pytest.mark.unit


@pytest.fixture
def history() -> History:
    """One agent, logged out; agents take turns soon."""
    return History(network(profile(1), wrap_up_s=0.0))


def announced(history: History, number: int) -> list[effects.Effect]:
    """The orders when the call's timer fires."""
    return history.apply(events.TimerFired(at=history.at, kind="announce", key=call_id(number)))


def test_the_position_is_told_and_again(history: History) -> None:
    """The second in line hears it in words, then music, and the next time is set."""
    history.waits(1)
    history.pass_s(10)
    history.waits(2)
    call = history.call(2)
    history.pass_s(60)
    assert announced(history, 2) == [
        effects.Play(
            call_id=call_id(2),
            step=call.step,
            prompts=say.position(2, "lv"),
            language="lv",
            waits=True,
        ),
        effects.Music(call_id=call_id(2)),
        effects.StartTimer(kind="announce", key=call_id(2), seconds=60.0),
    ]


def test_other_queues_do_not_count(history: History) -> None:
    """The position is that of the caller's own queue."""
    history.waits(1, "0")
    history.pass_s(10)
    history.waits(2)
    history.pass_s(60)
    told = announced(history, 2)[0]
    assert isinstance(told, effects.Play)
    assert told.prompts == say.position(1, "lv")


def test_the_wait_is_told_once_the_pace_is_known(history: History) -> None:
    """After some callers have left the line, whoever waits hears a range of minutes."""
    for number in range(1, 6):
        history.waits(number)
        history.pass_s(60)
        history.hangs_up(number)
    history.waits(6)
    told = announced(history, 6)[0]
    assert isinstance(told, effects.Play)
    assert told.prompts == (*say.position(1, "lv"), *say.wait_range(1, 7, "lv"))


def test_nobody_is_told_in_mid_offer(history: History) -> None:
    """While a phone rings nothing is played; the timer goes on."""
    history.ready(1)
    history.waits(1)
    assert history.call(1).phase is Phase.OFFERED
    assert announced(history, 1) == [
        effects.StartTimer(kind="announce", key=call_id(1), seconds=60.0)
    ]


def test_a_talk_ends_the_announcements(history: History) -> None:
    """The timer of a call that is answered dies out."""
    history.ready(1)
    history.waits(1)
    history.leg_answers(1)
    assert announced(history, 1) == []


def test_a_queue_may_be_silent() -> None:
    """No announcements where the queue says so."""
    made = network(profile(1))
    queues = {key: replace(queue, announce_s=0.0) for key, queue in made.queues.items()}
    history = History(replace(made, queues=queues))
    history.waits(1)
    kinds = {order.kind for order in history.ordered(effects.StartTimer)}
    assert "announce" not in kinds
