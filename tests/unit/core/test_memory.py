"""A line that drops keeps its place."""

from collections.abc import Mapping

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call.state import Phase
from contactcentre.core.line.memory import Remembered
from contactcentre.core.outcomes import Outcome
from contactcentre.testing import START, History, call_id, network, profile

pytestmark = pytest.mark.unit

KEEP_S = network().queue("taxes").keep_place_s


@pytest.fixture
def history() -> History:
    """Nobody is free."""
    return History(network(profile(1)))


def rings(
    history: History, number: int, *, caller: str | None = "+37120000042", key: str = "1"
) -> None:
    """A caller chooses a matter."""
    history.arrives(number, caller=caller)
    history.presses(number, key)


def test_who_rings_again_stands_where_he_stood(history: History) -> None:
    """The dropped caller is before those who came meanwhile, and hears that the place was kept."""
    rings(history, 1)
    history.pass_s(120)
    rings(history, 2, caller="+37120000043")
    history.hangs_up(1)
    history.pass_s(60)
    rings(history, 3)
    assert list(history.world.matcher.line.in_order()) == [call_id(3), call_id(2)]
    told = history.ordered(effects.Play)[-1]
    assert (told.call_id, told.prompts) == (call_id(3), ("wait.resumed",))
    assert history.ordered(effects.KeepPlace)[-1].queued_at == START


def test_who_was_dropped_with_the_exchange_stands_where_he_stood(history: History) -> None:
    """It went down under the call, and the caller rings again like any who was cut off."""
    rings(history, 1)
    history.apply(events.LeashLost(at=history.at, call_id=call_id(1)))
    history.pass_s(60)
    history.apply(events.SnapshotTaken(at=history.at, channels=(), reachable=(), restarted=True))
    assert history.call(1).end.outcome is Outcome.PBX_LOST
    history.pass_s(60)
    rings(history, 2)
    assert history.call(2).queueing.place_at == START


def test_of_two_who_came_in_one_instant_the_last_to_leave_counts(history: History) -> None:
    """Both ring from one number: when the place of the first is kept no more, the second's is."""
    rings(history, 1)
    rings(history, 2)
    history.hangs_up(1)
    history.pass_s(KEEP_S + 60)
    history.hangs_up(2)
    history.pass_s(60)
    rings(history, 3)
    assert history.call(3).queueing.place_at == START


def test_the_wait_is_counted_for_each_call(history: History) -> None:
    """The first call was abandoned; the second waits from its own entry, whatever its place."""
    rings(history, 1)
    history.pass_s(120)
    history.hangs_up(1)
    history.pass_s(60)
    rings(history, 3)
    again = history.call(3)
    assert history.call(1).end.outcome is Outcome.ABANDONED
    assert (again.queueing.queued_at, again.queueing.place_at) == (history.at, START)


def test_a_record_that_is_saved_late_takes_no_place_away(history: History) -> None:
    """Who was answered, rang again, waited and was cut off stands where he stood."""
    history.ready(1)
    rings(history, 1)
    history.leg_answers(1)
    history.hangs_up(1)
    rings(history, 2)
    history.pass_s(60)
    history.hangs_up(2)
    history.saves(1, 1)
    rings(history, 3)
    assert history.call(3).queueing.place_at == START


def test_another_queue_is_no_loss_of_place(history: History) -> None:
    """The place belongs to the contact, not to the queue."""
    rings(history, 1)
    history.pass_s(60)
    history.hangs_up(1)
    rings(history, 2, key="0")
    assert (history.call(2).queue, history.call(2).queueing.place_at) == ("general", START)


def test_the_place_is_kept_for_a_while_only(history: History) -> None:
    """After ten minutes it is a new matter."""
    rings(history, 1)
    history.hangs_up(1)
    history.pass_s(KEEP_S)
    rings(history, 2)
    assert history.call(2).queueing.place_at == history.at


def test_who_was_answered_begins_anew(history: History) -> None:
    """A talk uses the place up."""
    rings(history, 1)
    history.hangs_up(1)
    rings(history, 2)
    history.ready(1)
    history.leg_answers(2)
    history.hangs_up(2)
    history.pass_s(30)
    rings(history, 3)
    assert history.call(3).queueing.place_at == history.at


def test_withheld_numbers_share_no_place(history: History) -> None:
    """Nobody takes the place of another caller without a number."""
    rings(history, 1, caller=None)
    history.pass_s(60)
    history.hangs_up(1)
    rings(history, 2, caller=None)
    assert history.call(2).queueing.place_at == history.at


def test_the_place_outlives_the_service(history: History) -> None:
    """A restart remembers who had been waiting."""
    rings(history, 1)
    history.pass_s(60)
    history.hangs_up(1)
    new = History(network(profile(1)))
    new.world.restore([history.call(1)], [])
    new.at = history.at + 30
    rings(new, 2)
    assert new.call(2).phase is Phase.WAITING
    assert new.call(2).queueing.place_at == START


def places(history: History, *numbers: int) -> list[float | None]:
    """Since when these calls stand in line."""
    return [history.call(number).queueing.place_at for number in numbers]


def test_two_citizens_of_one_number_keep_a_place_each(history: History) -> None:
    """Both are cut off and ring again: neither loses the place, and none is given twice."""
    rings(history, 1)
    history.pass_s(60)
    rings(history, 2)
    history.pass_s(60)
    history.hangs_up(2)
    history.hangs_up(1)
    for number in (3, 4, 5):
        history.pass_s(10)
        rings(history, number)
    assert places(history, 3, 4, 5) == [START, START + 60, history.at]


def test_a_colleagues_talk_takes_no_place_away(history: History) -> None:
    """One was cut off, the other of the same number is answered: the place of the first is kept."""
    rings(history, 1)
    history.pass_s(60)
    rings(history, 2)
    history.pass_s(10)
    history.hangs_up(2)
    history.ready(1)
    history.leg_answers(1)
    history.pass_s(10)
    rings(history, 3)
    assert places(history, 3) == [START + 60]


def test_a_place_is_taken_once(history: History) -> None:
    """A colleague who rings meanwhile does not stand in it too; who is cut off again has it."""
    rings(history, 1)
    history.pass_s(60)
    history.hangs_up(1)
    rings(history, 2)
    rings(history, 3)
    assert places(history, 2, 3) == [START, history.at]
    history.hangs_up(2)
    history.pass_s(30)
    rings(history, 4)
    assert places(history, 4) == [START]


def test_a_place_that_was_taken_stays_so_over_a_restart(history: History) -> None:
    """The journal tells both the drop and who stands in the place since."""
    rings(history, 1)
    history.pass_s(60)
    history.hangs_up(1)
    history.pass_s(30)
    rings(history, 2)
    new = History(network(profile(1)))
    new.world.restore([history.call(1), history.call(2)], [])
    new.at = history.at + 30
    rings(new, 3)
    assert places(new, 2, 3) == [START, new.at]


def test_the_place_outlives_the_service_without_its_call(history: History) -> None:
    """A restart late in the day lays out no call that is over: what was journaled of the caller
    after the last event is enough, and says that a place was taken, too."""
    rings(history, 1)
    history.pass_s(60)
    history.hangs_up(1)
    dropped = history.world.touched_callers
    rings(history, 2)
    assert places(restarted(history, dropped), 9) == [START]
    taken = history.world.touched_callers
    assert places(restarted(history, taken), 9) == [history.at + 30]


def test_who_served_a_caller_last_is_the_same_after_a_restart() -> None:
    """Two of one number talk, each with an agent, since the same instant: open calls say neither
    who of them it was, and what the journal remembers of the caller stands."""
    history = History(network(profile(1), profile(2)))
    for number in (1, 2):
        history.ready(number)
        rings(history, number)
    for number in (1, 2):
        history.leg_answers(number)
    calls, agents = list(history.world.calls.values()), list(history.world.agents.values())
    for told in (calls, calls[::-1]):
        new = History(history.world.network)
        new.world.restore(told, agents, None, history.world.touched_callers.values())
        assert new.world.memory.agent(calls[0], history.at) == "a2"


def restarted(history: History, callers: Mapping[str, Remembered]) -> History:
    """The next process, and the caller of all these calls rings once more."""
    new = History(network(profile(1)))
    new.world.restore([], [], None, callers.values())
    new.at = history.at + 30
    rings(new, 9)
    return new
