"""What a callback is about, said by whoever asks for it: never a condition of the promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import Outcome
from contactcentre.testing import CALLBACK_FLOW, CALLBACK_HOTLINE, History, call_id
from ivr.flow import parse

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

ASKS_WHY = CALLBACK_FLOW.replace("prompts: []", "prompts: [callback.accepted]\n    question_s: 30")


@pytest.fixture
def history(begin: Begin) -> History:
    """The exchange is there, and the menu asks what it is about."""
    made = begin()
    flows = {**made.world.network.flows, "callback": parse(ASKS_WHY, name="callback")}
    network = replace(made.world.network, flows=flows)
    made.apply(events.NetworkPublished(at=made.at, network=network))
    made.links_up()
    made.arrives(1, dialled=CALLBACK_HOTLINE)
    return made


def promise_of(history: History) -> Callback:
    """The one that there is."""
    found = [call.callback for call in history.world.calls.values() if call.callback is not None]
    assert len(found) == 1
    return found[0]


def test_the_question_is_asked_when_the_promise_is_made(history: History) -> None:
    """First the words that it is, then what it may be about, half a minute at most."""
    words = [order.prompts for order in history.ordered(effects.Play)]
    assert words == [("callback.accepted", "callback.question")]
    assert [order.max_s for order in history.ordered(effects.Record)] == [30.0]
    assert history.call(1).phase is Phase.RECORDING


def test_what_was_said_stands_on_the_promise(history: History) -> None:
    """And is no voice message of its own."""
    history.message_recorded(1, seconds=8.0)
    assert history.ordered(effects.Play)[-1].prompts == ("goodbye",)
    history.hangs_up(1)
    question = promise_of(history).question
    assert question is not None
    assert (question.recording, question.seconds) == (
        f"{call_id(1)}-{history.call(1).channel.step}",
        8.0,
    )
    assert history.call(1).end.outcome is Outcome.CALLBACK


@pytest.mark.parametrize("said", ["silence", "nothing"])
def test_whoever_says_nothing_is_promised_it_all_the_same(history: History, said: str) -> None:
    """Silence is no question; neither is a hang-up before the tone."""
    if said == "silence":
        history.message_recorded(1, sounds=False)
    history.hangs_up(1)
    assert promise_of(history).question is None


def test_what_is_told_after_the_hang_up_counts_too(history: History) -> None:
    """Most citizens hang up when they have said it, and the file is looked at after that."""
    history.hangs_up(1)
    history.message_recorded(1)
    assert promise_of(history).question is not None
    assert len([call for call in history.world.calls.values() if call.message]) == 0


def test_without_room_nothing_is_said_of_messages(history: History) -> None:
    """The promise needs no file."""
    call = history.call(1)
    history.apply(
        events.MessageRecorded(
            at=history.at,
            call_id=call.call_id,
            step=call.channel.step,
            recording="",
            seconds=0.0,
            sounds=False,
            full=True,
        )
    )
    assert history.ordered(effects.Play)[-1].prompts == ("goodbye",)
    history.hangs_up(1)
    assert promise_of(history).question is None


def test_who_asks_again_and_says_more_is_heard(history: History) -> None:
    """One promise, and the last question; one who says nothing takes none away."""
    history.message_recorded(1, seconds=8.0)
    history.hangs_up(1)
    for number, seconds in ((2, 11.0), (3, 0.5)):
        history.arrives(number, dialled=CALLBACK_HOTLINE)
        history.message_recorded(number, seconds=seconds)
        history.hangs_up(number)
        question = promise_of(history).question
        assert question is not None
        assert question.seconds == 11.0


def test_a_question_that_is_told_when_the_promise_is_kept_changes_nothing(history: History) -> None:
    """The file goes with the others when it is old."""
    history.hangs_up(1)
    history.ready(1)
    (key,) = [call.call_id for call in history.world.calls.values() if call.callback is not None]
    history.rings_back(1, key)
    history.dialed(key)
    history.lifts(key)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(events.LegDialed(at=history.at, offer_id=offer.leg_id, leg="PJSIP/a-1-00000001"))
    history.apply(events.LegAnswered(at=history.at, offer_id=offer.leg_id))
    history.message_recorded(1)
    promise = history.promise(key).callback
    assert promise is not None
    assert promise.question is None
