"""The board's figures, from a history."""

import pytest

from agents_ui.board.port import QueueRow
from contactcentre.core import events
from contactcentre.core.decisions import Observer
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import Live
from contactcentre.features.board.service import BoardService
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.storage import database
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.unit


def rows(history: History) -> dict[str, QueueRow]:
    """The board's queues by their ids; the whole network is ``."""
    world = history.world
    decisions = DecisionLog(Observer(world), database.engine("sqlite://"))  # it connects to nothing
    view = BoardService(world, Figures(), Live(), decisions).view()
    return {row.queue: row for row in (view.total, *view.queues)}


def test_who_is_free_for_a_queue_has_its_skills() -> None:
    """Whatever they speak; who has left the configuration is free for none."""
    given = network(profile(1), profile(2, taxes=False), profile(3, languages="ru"))
    history = History(given)
    for number in (1, 2, 3):
        history.ready(number)
    found = rows(history)
    assert (found[""].ready, found["general"].ready, found["taxes"].ready) == (3, 3, 2)
    history.not_ready(1, "break")
    assert rows(history)["taxes"].ready == 1
    fewer = network(profile(1), profile(2, taxes=False))
    history.apply(events.NetworkPublished(at=history.at, network=fewer))
    assert rows(history)["taxes"].ready == 0
