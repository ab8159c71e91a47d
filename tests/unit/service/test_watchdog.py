"""The watchdog: a free agent whom a waiting call should have reached is an alarm."""

from collections.abc import Iterator

import pytest
import structlog

from contactcentre.core import events
from contactcentre.core.outcomes import DialResult
from contactcentre.engine.watchdog import TOLERATED_S, Watchdog, unasked
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    """What was logged."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def history() -> History:
    """Agent 1 knows taxes, agent 2 does not."""
    return History(network(profile(1), profile(2, taxes=False)))


def look(dog: Watchdog, at: float) -> None:
    """One round."""
    dog.note(unasked(*dog.facts(at)), at)


def stuck(history: History) -> Watchdog:
    """A call waits for taxes and is lost to the line, by a fault; then agent 1 gets ready."""
    history.waits(1)
    history.world.matcher.line.leave(call_id(1))
    history.ready(1)
    return Watchdog(history.world)


def test_a_call_that_routing_has_lost_is_an_alarm(
    history: History, logged: list[structlog.typing.EventDict]
) -> None:
    """Seen, tolerated for three seconds, then said once, counted and shown as long as it stands."""
    dog = stuck(history)
    look(dog, history.at)
    look(dog, history.at + TOLERATED_S - 1)
    assert (dog.standing, dog.raised, list(dog.alarms())) == (0, 0, [])
    for later_s in (0, 1):
        look(dog, history.at + TOLERATED_S + later_s)
    assert (dog.standing, dog.raised) == (1, 1)
    (alarm,) = dog.alarms()
    assert (alarm.code, alarm.since, alarm.detail) == ("free-agent-not-asked", history.at, "1")
    (said,) = logged
    assert (said["event"], said["log_level"]) == ("free_agent_not_asked", "error")
    assert (said["call_id"], said["agent_id"]) == (call_id(1), "a1")


def test_it_goes_with_its_cause(history: History) -> None:
    """The caller hangs up, and nothing stands any more; what was counted stays counted."""
    dog = stuck(history)
    for later_s in (0, TOLERATED_S):
        look(dog, history.at + later_s)
    history.hangs_up(1)
    look(dog, history.at + 5)
    assert (dog.standing, dog.raised, list(dog.alarms())) == (0, 1, [])


def test_who_waits_rightly_is_none(history: History) -> None:
    """Nobody who may answer is free; or somebody is, and has refused the call: no alarm."""
    history.ready(2)
    history.waits(1)
    dog = Watchdog(history.world)
    assert len(dog.facts(history.at)[0]) == 1
    assert unasked(*dog.facts(history.at)) == {}
    history.ready(1)
    history.rejects(1, 1)
    history.dial_ends(1, DialResult.NO_ANSWER)
    history.fires("rest", "a1")
    calls, agents = dog.facts(history.at)
    assert (len(calls), len(agents)) == (1, 2)
    assert unasked(calls, agents) == {}


def test_after_a_restart_the_old_line_is_waited_for(history: History) -> None:
    """Offers are held back for a moment then, and that is no fault."""
    dog = stuck(history)
    history.world.settled = False
    assert dog.facts(history.at) == ((), ())
    history.apply(events.TimerFired(at=history.at, kind="settle", key=""))
    assert len(dog.facts(history.at)[0]) == 1
