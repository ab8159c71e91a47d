"""The figures of the day: each call is counted once by its answer, and once by its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from contactcentre.core import values
from contactcentre.core.call.state import Call, CallEnd, Phase, Talk
from contactcentre.core.config.notice import Notice
from contactcentre.core.outcomes import DialResult, Outcome
from contactcentre.engine.figures import Figures, end, left
from contactcentre.engine.figures import left as queue_left
from contactcentre.storage.entry import EndsOfMinute, QueueMinute
from contactcentre.testing import START, History, network, profile
from routing.calendar import LOCAL
from routing.service_level import Level, of

pytestmark = pytest.mark.unit

DAY_S = 86_400.0


@pytest.fixture
def history() -> History:
    """A caller of the general line who was answered at once and is transferred to taxes."""
    history = History(network(profile(1)))
    history.links_up()
    history.talks(1, 1)
    history.pass_s(30)
    history.passes_on(1, 1, "taxes")
    history.dial_ends(1, DialResult.ANSWERED)
    return history


def noted(figures: Figures, history: History, call: Call, before: Call | None = None) -> Figures:
    """The figures once that call has changed."""
    left, ended = queue_left(before, call, history.world.network), end(before, call)
    figures.count([left] if left is not None else [], [ended] if ended is not None else [])
    return figures


def test_who_gives_up_after_an_answer_is_counted_beside_the_service_level(history: History) -> None:
    """One answered call, no abandoned one, and one end in the queue where the caller stood last."""
    before = history.call(1)
    figures = noted(Figures(), history, before)
    history.pass_s(60)
    history.hangs_up(1)
    noted(figures, history, history.call(1), before)
    today = figures.today(history.at)
    assert (today.answered, today.abandoned, today.service_level) == (1, 0, 1.0)
    assert figures.ended(Outcome.GAVE_UP) == figures.ended(Outcome.GAVE_UP, "taxes") == 1
    assert figures.ended(Outcome.GAVE_UP, "general") == figures.ended(Outcome.ANSWERED) == 0


def test_an_end_is_counted_once_and_on_its_own_day(history: History) -> None:
    """Whatever is saved of the call later, and on the next day too."""
    history.hangs_up(1)
    call, figures = history.call(1), Figures()
    noted(noted(figures, history, call), history, call, before=call)
    assert figures.ended(Outcome.GAVE_UP) == 1
    history.at = START + DAY_S
    history.waits(2)
    history.hangs_up(2)
    noted(noted(figures, history, history.call(2)), history, call, before=call)
    assert (figures.ended(Outcome.ABANDONED), figures.ended(Outcome.GAVE_UP)) == (1, 0)
    assert figures.today(history.at).answered == 0


def test_after_a_restart_the_day_is_counted_again(history: History) -> None:
    """From what the journal kept."""
    talking = history.call(1)
    history.hangs_up(1)
    answered = left(None, talking, history.world.network)
    over = end(talking, history.call(1))
    assert answered is not None
    assert over is not None
    figures, minute = Figures(), int(history.at // 60)
    figures.restore(
        [QueueMinute(queue=answered.queue, minute=minute, level=of(answered))],
        [EndsOfMinute(queue=over.queue, minute=minute, outcome=over.outcome, count=1)],
        history.at,
    )
    assert (figures.ended(Outcome.GAVE_UP), figures.today(history.at).answered) == (1, 1)


def test_who_was_informed_in_the_menu_is_counted_in_no_queue() -> None:
    """A notice is told before any queue is chosen, and another at the entry of one."""
    storm = Notice(notice_id="storm", texts={"lv": "Vētra."}, from_at=START - 60)
    history = History(replace(network(), notices=(storm,)))
    figures = Figures()
    history.waits(1)
    history.hangs_up(1)
    noted(figures, history, history.call(1))
    in_menu = values.replace(history.call(1), call_id="other", queue="")
    noted(figures, history, in_menu)
    assert (figures.ended(Outcome.INFORMED), figures.ended(Outcome.INFORMED, "taxes")) == (2, 1)
    assert figures.today(history.at).abandoned == 0


def test_the_half_hour_and_the_day_are_what_all_calls_add_up_to(history: History) -> None:
    """Whatever the waits: the running totals are the formulae over every call, one by one."""
    figures, calls = Figures(), []
    for number in range(10, 70):
        history.waits(number)
        history.pass_s(number)
        history.hangs_up(number)
        calls.append(history.call(number))
        noted(figures, history, calls[-1])
    lately = [one for one in calls if (one.end.at or 0.0) // 60 > history.at // 60 - 30]
    assert 0 < len(lately) < len(calls)
    assert figures.window(history.at).abandoned == len(lately)
    assert figures.today(history.at).abandoned == len(calls)
    assert figures.window(history.at + 1800.0) == figures.today(history.at + DAY_S) == Level()


def test_over_midnight_the_half_hour_goes_on(history: History) -> None:
    """The day begins anew; the board's "now" does not."""
    midnight = datetime(2026, 9, 22, tzinfo=LOCAL).timestamp()
    figures = Figures()
    for number, at in ((2, midnight - 60.0), (3, midnight + 60.0)):
        history.at = at - 30.0
        history.waits(number)
        history.pass_s(30.0)
        history.hangs_up(number)
        noted(figures, history, history.call(number))
    assert figures.window(history.at).abandoned == 2
    assert figures.today(history.at).abandoned == 1


def test_a_message_is_handled_with_a_call_or_without() -> None:
    """Once, in its queue; callbacks and messages that nobody has seen to are not counted here."""
    history = History(network(profile(1)))
    history.links_up()
    history.ready(1)
    figures = Figures()
    key = history.leaves_message(1)
    history.listens(1, key)
    before = history.promise(key)
    for outcome, count in ((Outcome.NOT_REACHED, 0), (Outcome.HANDLED, 1), (Outcome.ANSWERED, 2)):
        over = values.replace(
            before, phase=Phase.ENDED, end=CallEnd(at=history.at, outcome=outcome)
        )
        noted(figures, history, over, before)
        noted(figures, history, over, over)
        assert figures.ended(Outcome.HANDLED, "taxes") == count
    assert figures.ended(Outcome.ANSWERED) == figures.today(history.at).answered == 0


def test_what_went_out_is_counted_apart() -> None:
    """Of whom we rang, who was talked to and who was not reached; promises kept otherwise are no
    calls."""
    history = History(network(profile(1)))
    figures = Figures()
    before = history.promise(history.asks_callback(1))
    ends = (Outcome.ANSWERED, Outcome.NOT_REACHED, Outcome.RANG_IN, Outcome.HANDLED)
    for outcome in ends:
        answered_at = history.at if outcome is Outcome.ANSWERED else None
        end, talk = CallEnd(at=history.at, outcome=outcome), Talk(answered_at=answered_at)
        over = values.replace(before, phase=Phase.ENDED, end=end, talk=talk)
        noted(figures, history, over, before)
    counted = (Outcome.CALLED_OUT, Outcome.NOT_REACHED, Outcome.RANG_IN, Outcome.HANDLED)
    assert [figures.ended(one, "general") for one in counted] == [1, 1, 0, 0]
    assert figures.today(history.at).answered == 0


@pytest.mark.parametrize(
    ("outcome", "why", "offered"),
    [
        (Outcome.CALLBACK, "", 1),
        (Outcome.VOICEMAIL, "", 1),
        (Outcome.PBX_LOST, "", 1),
        (Outcome.TURNED_AWAY, "waited", 1),
        (Outcome.TURNED_AWAY, "full", 0),
        (Outcome.TURNED_AWAY, "closed", 0),
        (Outcome.TURNED_AWAY, "nobody", 0),
    ],
)
def test_whoever_leaves_the_line_otherwise_was_offered_too(
    outcome: Outcome, why: str, offered: int
) -> None:
    """Beside the level, and among those who came, as reports have it; who was turned away at the
    door was never in line. The same after a restart."""
    history = History(network())
    history.waits(1)
    waiting = history.call(1)
    end_ = CallEnd(outcome=outcome, why=why, at=history.at)
    figures = noted(
        Figures(), history, values.replace(waiting, phase=Phase.ENDED, end=end_), waiting
    )
    today = figures.today(history.at)
    assert today == Level(otherwise=offered)
    assert (today.offered, today.service_level) == (offered, None)
