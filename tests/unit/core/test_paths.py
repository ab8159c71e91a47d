"""Statistics of the menus, as World tells them with each event."""

from collections.abc import Callable

import pytest

from contactcentre.core import events
from contactcentre.testing import History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


def told(history: History) -> list[tuple[str, str, str]]:
    """What the last event told."""
    return [(one.node, one.what, one.key) for one in history.world.passages]


def test_a_way_through_the_menu(begin: Begin) -> None:
    """Each event tells its own part, once."""
    history = begin()
    history.arrives(1)
    assert told(history) == [("matter", "entered", "")]
    history.presses(1, "7")
    assert told(history) == [("matter", "wrong", "")]
    history.presses(1, "1")
    assert told(history) == [
        ("matter", "chosen", "1"),
        ("taxes", "entered", ""),
        ("taxes", "person", "enqueue"),
    ]
    history.hangs_up(1)
    assert told(history) == []


def test_who_hangs_up_in_the_menu(begin: Begin) -> None:
    """Is counted where that was, and only once."""
    history = begin()
    history.arrives(1)
    history.hangs_up(1)
    assert told(history) == [("matter", "hung_up", "")]
    history.hangs_up(1)
    assert told(history) == []


def test_a_refused_event_tells_nothing(begin: Begin) -> None:
    """A late answer to a question that is over."""
    history = begin()
    history.arrives(1)
    late = events.DigitsEntered(at=history.at, call_id=call_id(1), step=0, digits="1")
    history.apply(late)
    assert told(history) == []


def test_who_comes_back_is_not_counted_again(begin: Begin) -> None:
    """The leash was lost and is there again: the question is repeated, the node was entered."""
    history = begin()
    history.arrives(1)
    history.returns(1)
    assert told(history) == []


def test_a_dropped_line_is_counted_through(begin: Begin) -> None:
    """Who rings again comes to the old place, and through the menu all the same."""
    history = begin()
    history.waits(1)
    history.pass_s(5)
    history.hangs_up(1)
    history.arrives(2)
    history.presses(2, "1")
    assert ("taxes", "person", "enqueue") in told(history)
