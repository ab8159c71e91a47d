"""Open records of earlier calls: out of the live world, in reach of their agent, closed at last."""

import pytest

from contactcentre.core import commands
from contactcentre.core.call import signals
from contactcentre.core.call.state import NOT_RECORDED, Call
from contactcentre.core.values import replace
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit


def talked(history: History, number: int) -> Call:
    """A whole call, and its wrap-up, in which nothing was saved; as the journal has it."""
    history.talks(1, number)
    history.hangs_up(number)
    ended = history.call(number)
    history.fires("wrap_up", "a1")
    return ended


@pytest.fixture
def history() -> History:
    """One agent at work."""
    history = History(network(profile(1)))
    history.links_up()
    history.ready(1)
    return history


def opened(history: History, call: Call) -> None:
    """The agent turns to that record."""
    at, key = history.at, call.call_id
    history.apply(signals.RecordOpened(at=at, agent_id="a1", call_id=key, call=call))


def given_up(history: History, call: Call) -> None:
    """It is closed without a word."""
    history.apply(signals.RecordGivenUp(at=history.at, call_id=call.call_id, call=call))


def test_the_live_world_keeps_one_open_record_an_agent(history: History) -> None:
    """However many are open: the others are their agent's by name alone."""
    for number in range(1, 21):
        talked(history, number)
    assert list(history.world.calls) == [call_id(20)]
    assert history.agent(1).unsaved == tuple(map(call_id, range(1, 21)))


def test_the_list_is_bounded(history: History) -> None:
    """The oldest are left to be closed in time."""
    for number in range(1, 61):
        talked(history, number)
    assert history.agent(1).unsaved == tuple(map(call_id, range(11, 61)))


def test_a_record_is_taken_in_hand_and_saved(history: History) -> None:
    """The one that was in hand is laid aside; once saved, the record is nobody's any more."""
    first, _ = talked(history, 1), talked(history, 2)
    opened(history, first)
    assert list(history.world.calls) == [call_id(1)]
    assert history.agent(1).unsaved == (call_id(2), call_id(1))
    history.saves(1, 1)
    assert not history.world.calls
    assert history.call(1).record.saved_at == history.at
    assert history.agent(1).unsaved == (call_id(2),)


def test_the_call_at_hand_stays_in_hand(history: History) -> None:
    """In wrap-up an agent turns to an earlier record and back: both are there."""
    first = talked(history, 1)
    history.talks(1, 2)
    history.hangs_up(2)
    opened(history, first)
    assert set(history.world.calls) == {call_id(1), call_id(2)}
    history.saves(1, 2)
    assert list(history.world.calls) == [call_id(1)]


def test_nobody_opens_the_record_of_another(history: History) -> None:
    """Nor one that is saved: the event is refused and changes nothing."""
    first = talked(history, 1)
    given_up(history, first)
    opened(history, first)
    assert not history.world.calls
    assert history.world.refused == 1


def test_a_record_that_is_given_up_is_closed_as_not_recorded(history: History) -> None:
    """Wherever it is; twice changes nothing."""
    first, second = talked(history, 1), talked(history, 2)
    for call in (first, second, replace(second, record=history.call(2).record)):
        given_up(history, call)
        assert history.call(int(call.call_id, 16)).record.kind == NOT_RECORDED
    assert history.agent(1).unsaved == ()
    assert not history.world.calls


def test_what_goes_on_can_not_be_given_up(history: History) -> None:
    """The talk is not over."""
    history.talks(1, 1)
    before = history.call(1)
    given_up(history, before)
    assert history.call(1) == before


def test_a_restart_lays_out_the_record_in_hand(history: History) -> None:
    """And leaves the others where they are."""
    calls = [talked(history, 1), talked(history, 2)]
    new = History(network(profile(1)))
    new.world.restore(calls, history.world.agents.values())
    assert list(new.world.calls) == [call_id(2)]
    note = commands.NoteWritten(at=new.at, agent_id="a1", call_id=call_id(2), text="after", base=0)
    new.apply(note)
    assert new.call(2).record.note == "after"
