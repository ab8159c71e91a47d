"""Overdue callbacks: an alarm for each queue, until they are made or have ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from contactcentre.core import commands, events
from contactcentre.core.agent.state import State
from contactcentre.core.outcomes import DialResult
from contactcentre.engine.alarms import Alarm
from contactcentre.features.callbacks.no_line import no_line
from contactcentre.features.callbacks.overdue import OverduePromises, open_promises
from contactcentre.testing import History, network, profile
from routing.calendar import Calendar
from routing.targets import Targets

pytestmark = pytest.mark.unit

PROMISE_S = 3600.0
OTHER = "+37120000002"


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    """What was logged."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def history() -> History:
    """Citizens are rung back within an hour; nobody is at work."""
    given = network(profile(1))
    rules = replace(given.callbacks, promise_s=PROMISE_S, from_minute=0, until_minute=24 * 60)
    made = History(replace(given, callbacks=rules))
    made.links_up()
    return made


def test_a_promise_is_overdue_when_its_time_has_passed(
    history: History, logged: list[structlog.typing.EventDict]
) -> None:
    """Not a second before; the longest overdue is first, and each is logged once."""
    first = history.asks_callback(1)
    history.pass_s(60)
    second = history.asks_callback(2, caller=OTHER)
    overdue = OverduePromises(history.world, "callback")
    assert overdue.look(history.at + PROMISE_S - 61) == []
    assert [call.call_id for _, call in overdue.look(history.at + PROMISE_S - 60)] == [first]
    late = overdue.look(history.at + PROMISE_S)
    assert [call.call_id for _, call in late] == [first, second]
    assert (overdue.standing, overdue.raised) == (2, 2)
    said = [(entry["event"], entry["call_id"], entry["attempts"]) for entry in logged]
    assert said == [("callback_overdue", first, 0), ("callback_overdue", second, 0)]


def test_an_agent_s_promise_is_alarmed_like_any_other_and_a_dial_is_none(history: History) -> None:
    """Nobody was promised what an agent has just dialled."""
    history.talks(1, 1)
    history.apply(
        commands.CallbackPromised(at=history.at, agent_id="a1", call_id=history.call(1).call_id)
    )
    history.hangs_up(1)
    history.saves(1, 1)
    history.apply(commands.DialChosen(at=history.at, agent_id="a1", number="26000001"))
    assert history.agent(1).state is State.RESERVED
    (promise,) = open_promises(history.world.calls.values(), "callback")
    assert promise[0].given is not None
    overdue = OverduePromises(history.world, "callback")
    assert len(overdue.look(promise[0].due_at)) == 1


def test_only_opening_time_counts(history: History) -> None:
    """Asked for at 17:13:20, and the hotline closes at half past: the rest is tomorrow's."""
    daytime = Calendar(weekly=(((8 * 60, 17 * 60 + 30),),) * 7)
    given = replace(history.world.network, calendars={"hotline": daytime})
    history.apply(events.NetworkPublished(at=history.at, network=given))
    history.asks_callback(1)
    overdue = OverduePromises(history.world, "callback")
    (callback, _) = open_promises(history.world.calls.values(), "callback")[0]
    assert callback.due_at == history.at + 15.5 * 3600
    assert overdue.look(callback.due_at - 1) == []
    assert len(overdue.look(callback.due_at)) == 1


def test_the_alarm_names_the_queue_and_counts(history: History) -> None:
    """One for each queue, since the first of them was due."""
    history.asks_callback(1)
    history.asks_callback(2, caller=OTHER)
    history.pass_s(PROMISE_S + 5)
    (alarm,) = OverduePromises(history.world, "callback", clock=lambda: history.at).alarms()
    assert (alarm.code, alarm.place, alarm.detail) == ("callback-overdue", "general", "2")
    assert alarm.since == history.at - 5


def test_it_goes_when_the_promise_is_kept(history: History) -> None:
    """While the citizen is only rung it stands; when the talk has begun it does not."""
    key = history.asks_callback(1)
    history.pass_s(PROMISE_S)
    overdue = OverduePromises(history.world, "callback")
    history.ready(1)
    history.rings_back(1, key)
    assert len(overdue.look(history.at)) == 1
    history.lifts(key)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(events.LegAnswered(at=history.at, offer_id=offer.leg_id))
    assert overdue.look(history.at) == []
    assert (overdue.standing, overdue.raised) == (0, 1)


def test_it_goes_when_the_citizen_rings_in(history: History) -> None:
    """The caller waits as any other, in the promised place."""
    history.asks_callback(1)
    history.pass_s(PROMISE_S)
    overdue = OverduePromises(history.world, "callback")
    assert len(overdue.look(history.at)) == 1
    history.waits(2, "")
    assert overdue.look(history.at) == []


def test_a_line_out_that_is_down_is_told(history: History) -> None:
    """Since when, and for how many; it goes when the telephone has been rung."""
    world = history.world
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    assert not list(no_line(world.calls.values()))
    history.not_reached(key, DialResult.UNREACHABLE)
    told = Alarm(code="no-line-out", since=history.at, detail="1")
    history.pass_s(60)
    history.fires("callback", key)
    assert list(no_line(world.calls.values())) == [told]
    history.rings_back(1, key)
    history.dialed(key)
    history.not_reached(key)
    assert not list(no_line(world.calls.values()))


def test_messages_are_counted_apart(
    history: History, logged: list[structlog.typing.EventDict]
) -> None:
    """By the target of their own queue; a callback is none of them."""
    given = history.world.network
    taxes = replace(given.queues["taxes"], targets=Targets(message_s=600.0))
    queues = {**given.queues, "taxes": taxes}
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, queues=queues)))
    history.asks_callback(1)
    key = history.leaves_message(2)
    messages = OverduePromises(history.world, "message", clock=lambda: history.at)
    assert list(messages.alarms()) == []
    history.pass_s(600)
    (alarm,) = messages.alarms()
    assert (alarm.code, alarm.place, alarm.detail) == ("message-overdue", "taxes", "1")
    assert [(entry["event"], entry["call_id"]) for entry in logged] == [("message_overdue", key)]
    history.ready(1)
    history.listens(1, key)
    assert [alarm.code for alarm in messages.alarms()] == ["message-overdue"]
    history.saves(1, key)
    assert list(messages.alarms()) == []
