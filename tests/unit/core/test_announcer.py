"""Waiting callers hear their position and an honest range."""

from dataclasses import replace

import pytest

from contactcentre.core import effects, events, values
from contactcentre.core.call.state import Phase
from contactcentre.testing import START, History, call_id, network, profile
from ivr import say
from routing.overflow import Way

pytestmark = pytest.mark.unit


@pytest.fixture
def history() -> History:
    """One agent, logged out; agents take turns soon."""
    return History(network(profile(1), wrap_up_s=0.0))


def announced(history: History, number: int) -> list[effects.Effect]:
    """The orders when the call's timer fires."""
    return history.apply(events.TimerFired(at=history.at, kind="announce", key=call_id(number)))


def answered(history: History, last: int, *, first: int = 1, every_s: float = 60) -> None:
    """These callers are served one after another; then the agent has a break."""
    history.ready(1)
    for number in range(first, last + 1):
        history.waits(number)
        history.leg_answers(number)
        history.pass_s(every_s)
        history.hangs_up(number)
        history.saves(1, number)
    history.not_ready(1, "break")


def prompts_of(orders: list[effects.Effect]) -> tuple[str, ...]:
    """What is said."""
    return next(order.prompts for order in orders if isinstance(order, effects.Play))


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
            step=call.channel.step,
            prompts=say.position(2, "lv"),
            language="lv",
            waits=True,
        ),
        effects.Music(call_id=call_id(2)),
        effects.StartTimer(kind="announce", key=call_id(2), seconds=120.0),
    ]


def test_the_ten_thousandth_is_told_of_it(history: History) -> None:
    """A line may be longer than numbers are spoken; nothing fails for it."""
    history.waits(1)
    call = history.call(1)
    line = [
        values.replace(
            call,
            call_id=call_id(number),
            queueing=values.replace(call.queueing, place_at=START + number),
        )
        for number in range(10_000)
    ]
    words = history.world.announcer.words(line[-1], line, history.at, history.world.network)
    assert words == say.position(10_000, "lv") == ("position/far",)


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
    """After some callers have been answered, whoever waits hears a range of minutes."""
    answered(history, 5)
    history.waits(6)
    told = prompts_of(announced(history, 6))
    assert told == (*say.position(1, "lv"), *say.wait_range(1, 9, "lv"))


def test_callers_who_give_up_are_no_pace(history: History) -> None:
    """The first in a line where nobody is answered hears the place and no figure."""
    history.waits(1)
    for number in range(2, 12):
        history.waits(number)
        history.pass_s(30)
        history.hangs_up(number)
    assert prompts_of(announced(history, 1)) == say.position(1, "lv")


def test_another_languages_pace_is_not_ones_own(history: History) -> None:
    """Other people answer in Russian: how quickly Latvian callers are served tells nothing."""
    answered(history, 5)
    history.waits(6)
    russian = values.replace(history.call(6), language="ru")
    calls = history.world.calls.values()
    told = history.world.announcer.words(russian, calls, history.at, history.world.network)
    assert told == say.position(1, "ru")


def test_a_promise_that_is_kept_is_a_pace_too(history: History) -> None:
    """It stood in line, and took an agent, like everybody."""
    history.links_up()
    keys = []
    for number in range(1, 5):
        keys.append(history.asks_callback(number, caller=f"+3712000010{number}"))
        history.pass_s(1)
    history.ready(1)
    for key in keys:
        history.pass_s(60)
        history.rings_back(1, key)
        history.lifts(key)
        promise = history.promise(key)
        offer = promise.offer
        assert offer is not None
        leg = events.LegDialed(at=history.at, offer_id=offer.leg_id, leg="PJSIP/a-1-00000001")
        history.apply(leg)
        history.apply(events.LegAnswered(at=history.at, offer_id=offer.leg_id))
        assert history.promise(key).phase is Phase.TALKING
        history.apply(events.CallerHungUp(at=history.at, call_id=key))
        history.saves(1, key)
    history.not_ready(1, "break")
    history.waits(6, "")
    assert "wait/from-1" in prompts_of(announced(history, 6))


def test_nobody_is_told_in_mid_offer(history: History) -> None:
    """While a phone rings nothing is played; the timer goes on."""
    history.ready(1)
    history.waits(1)
    assert history.call(1).phase is Phase.OFFERED
    assert announced(history, 1) == [
        effects.StartTimer(kind="announce", key=call_id(1), seconds=120.0)
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


def offering(after_s: float = 0.0) -> History:
    """A queue with three keys."""
    given = network(profile(1))
    keys = {
        "1": Way(do="callback"),
        "2": Way(do="queue", queue="general"),
        "9": Way(do="voicemail"),
    }
    taxes = replace(given.queues["taxes"], keys=keys, offer_callback_after_s=after_s)
    return History(replace(given, queues={**given.queues, "taxes": taxes}))


def test_the_first_words_come_soon() -> None:
    """Ten seconds after the entry, whatever the queue's pace of telling; then as it says."""
    history = offering()
    history.waits(1)
    timers = [one for one in history.ordered(effects.StartTimer) if one.kind == "announce"]
    assert [one.seconds for one in timers] == [10.0]
    again = announced(history, 1)[-1]
    assert isinstance(again, effects.StartTimer)
    assert again.seconds == 120.0


def test_keys_are_told_in_the_callers_language() -> None:
    """After the position, each with its digit."""
    history = offering()
    history.waits(1)
    told = announced(history, 1)[0]
    assert isinstance(told, effects.Play)
    keys = [key for key in told.prompts if key.startswith("wait.key-")]
    assert keys == ["wait.key-callback", "wait.key-queue", "wait.key-voicemail"]
    at = told.prompts.index("wait.key-callback")
    assert told.prompts[at + 1 : at + 2] == say.digits("1", "lv")


def test_the_keys_are_told_in_turn_once_they_are_known() -> None:
    """All of them the first time; then the wait, and one key, by turns, in eight seconds."""
    history = offering()
    history.waits(1)
    told = []
    for wait_s in (10, 120, 120, 120, 120, 120):
        history.pass_s(wait_s)
        said = prompts_of(announced(history, 1))
        told.append([key for key in said if key.startswith("wait.key-")])
    assert [len(keys) for keys in told] == [3, 1, 0, 1, 0, 1]
    in_turn = [keys[0].removeprefix("wait.key-") for keys in told[1::2]]
    assert in_turn == ["callback", "queue", "voicemail"]


def test_a_callback_is_offered_when_the_wait_is_long() -> None:
    """From the median wait of the queue's choice on; while no pace is known, the wait so far."""
    history = offering(after_s=120)
    history.waits(1)
    assert "wait.key-callback" not in prompts_of(announced(history, 1))
    history.pass_s(120)
    assert "wait.key-callback" in prompts_of(announced(history, 1))
    history.hangs_up(1)
    answered(history, 11, first=2, every_s=10)
    history.waits(1)
    history.pass_s(120)
    assert "wait.key-callback" not in prompts_of(announced(history, 1))


def test_what_left_long_ago_is_forgotten_where_nothing_is_told() -> None:
    """A queue that announces nothing remembers a quarter of an hour, as the others do."""
    given = network(profile(1))
    silent = {key: replace(queue, announce_s=0.0) for key, queue in given.queues.items()}
    history = History(replace(given, queues=silent))
    for number in range(1, 101):
        history.waits(number)
        history.pass_s(60)
        history.hangs_up(number)
    assert len(history.world.announcer) == 16
