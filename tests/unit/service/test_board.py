"""The board's figures, from a history."""

from dataclasses import replace

import pytest

from agents_ui.board.port import AgentRow, QueueRow
from contactcentre.core import events
from contactcentre.core.config.document import read
from contactcentre.core.decisions import Observer
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import Live
from contactcentre.features.board.agents import AgentRows
from contactcentre.features.board.service import BoardService
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.storage import database
from contactcentre.testing import History, network, profile
from lab.pages.people import LEADER
from routing.model import Queue

pytestmark = pytest.mark.unit


def rows(history: History) -> dict[str, QueueRow]:
    """The board's queues by their ids; the whole network is ``."""
    world = history.world
    decisions = DecisionLog(Observer(world), database.engine("sqlite://"))  # it connects to nothing
    view = BoardService(world, Figures(), Live(), decisions).view(LEADER)
    return {row.queue: row for row in (view.total, *view.queues)}


def test_each_queue_has_targets_of_its_own() -> None:
    """As its document says, or the usual ones; all together keep to the strictest."""
    given = network(profile(1))
    document = {"targets": {"longest_wait_s": 60, "service_level": 0.8}, "answer_within_s": 20}
    taxes = {"queue_id": "taxes", "labels": given.queues["taxes"].labels, **document}
    queues = {**given.queues, "taxes": read(Queue, taxes, "queue taxes")}
    found = rows(History(replace(given, queues=queues)))
    shown = ("target_wait_s", "target_service_level", "answer_within_s")
    assert {key: [getattr(row, name) for name in shown] for key, row in found.items()} == {
        "": [60.0, 0.8, None],
        "general": [120.0, 0.75, 30.0],
        "taxes": [60.0, 0.8, 20.0],
    }
    with pytest.raises(ValueError, match=r"queue taxes, targets.service_level: must be 0 to 1"):
        read(Queue, {**taxes, "targets": {"service_level": 80}}, "queue taxes")


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


def test_an_agents_row_is_made_anew_when_something_in_it_has_changed() -> None:
    """The agent, the queue of the call in hand, or the configuration; else it is the one of
    before, however many others have changed."""
    given = network(profile(1), profile(2))
    history = History(given)
    board = AgentRows(history.world)

    def row(number: int) -> AgentRow:
        (found,) = [one for one in board.rows() if one.agent_id == f"a{number}"]
        return found

    history.ready(1)
    history.ready(2)
    first, second = row(1), row(2)
    history.not_ready(2, "lunch")
    assert row(1) is first
    assert (row(2).state, row(2).reason) == ("NOT_READY", "lunch") != (second.state, second.reason)
    history.talks(1, 1)
    assert (row(1).state, row(1).queue) == ("TALKING", "general")
    moved = replace(given, centres={"c1": replace(given.centres["c1"], short_name="Aknīste")})
    history.apply(events.NetworkPublished(at=history.at, network=moved))
    assert {one.centre for one in board.rows()} == {"Aknīste"}
