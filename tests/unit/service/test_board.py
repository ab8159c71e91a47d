"""The board's figures, from a history."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_ui.board.port import AgentRow, FigureRow
from contactcentre.core import events
from contactcentre.core.agent.state import State
from contactcentre.core.commands import ChosenReason
from contactcentre.core.config.call_limits import CallLimits
from contactcentre.core.config.document import read
from contactcentre.core.decisions import Observer
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import Live
from contactcentre.features.board.agents import AgentRows
from contactcentre.features.board.groups import Groups
from contactcentre.features.board.service import BoardService
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.storage import database
from contactcentre.testing import History, network, profile
from lab.pages.people import LEADER
from routing.model import Queue

pytestmark = pytest.mark.unit


def rows(history: History) -> dict[str, FigureRow]:
    """The board's queues by their ids; the whole network is ``."""
    world = history.world
    decisions = DecisionLog(Observer(world), database.engine("sqlite://"))  # it connects to nothing
    view = BoardService(world, Figures(), Live(), decisions).view(LEADER)
    return {row.key: row for row in (view.total, *view.queues)}


def test_each_queue_has_targets_of_its_own() -> None:
    """As its document says, or the usual ones; all together keep to the strictest."""
    plain = network(profile(1))
    document = {"targets": {"longest_wait_s": 60, "service_level": 0.8}, "answer_within_s": 20}
    taxes = {"queue_id": "taxes", "labels": plain.queues["taxes"].labels, **document}
    queues = {**plain.queues, "taxes": read(Queue, taxes, "queue taxes")}
    found = rows(History(replace(plain, queues=queues)))
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
    three = network(profile(1), profile(2, taxes=False), profile(3, languages="ru"))
    history = History(three)
    for number in (1, 2, 3):
        history.ready(number)
    found = rows(history)
    assert (found[""].ready, found["general"].ready, found["taxes"].ready) == (3, 3, 2)
    history.not_ready(1, "break")
    assert rows(history)["taxes"].ready == 1
    fewer = network(profile(1), profile(2, taxes=False))
    history.apply(events.NetworkPublished(at=history.at, network=fewer))
    assert rows(history)["taxes"].ready == 0


@pytest.mark.parametrize("reason", sorted({*get_args(ChosenReason)} - {"microphone"}))
def test_who_is_not_ready_for_long_is_looked_at(reason: ChosenReason) -> None:
    """For each reason that an agent may choose, by the limit that the network has for it; what is
    wrong with a telephone is looked at at once."""
    short = {f"away_{reason}_min": 7.0}
    limits = read(CallLimits, short, "limits")
    history = History(replace(network(profile(1)), limits=limits))
    history.ready(1)
    history.not_ready(1, reason)
    (row,) = AgentRows(history.world).rows()
    assert (row.reason, row.limit_s) == (reason, 420.0)
    usual = CallLimits().away_s(reason)
    assert usual is not None
    assert usual != 420.0


AGENTS = st.integers(1, 3)
DOES = st.one_of(
    st.tuples(st.just("ready"), AGENTS),
    st.tuples(st.sampled_from(["counter", "lunch"]), AGENTS),
    st.tuples(st.just("configured"), st.sets(AGENTS, min_size=1)),
)


@given(st.lists(DOES, max_size=20))
def test_figures_that_are_kept_up_are_those_made_anew(does: Sequence[tuple[str, Any]]) -> None:
    """However agents change, and the configuration under them: nothing is left over from before,
    and a round in which nothing changed shows the same rows."""
    history = History(network(*(profile(number) for number in (1, 2, 3))))
    figures = Figures()
    kept = Groups(history.world, figures)
    for what, whom in does:
        if what == "ready":
            history.ready(whom)
        elif what == "configured":
            fewer = network(*(profile(one) for one in sorted(whom)))
            history.apply(events.NetworkPublished(at=history.at, network=fewer))
        elif history.world.agents[f"a{whom}"].state is not State.LOGGED_OUT:
            history.not_ready(whom, what)
        seen = dict(kept.rows(history.at, (), ()))
        assert seen == Groups(history.world, figures).rows(history.at, (), ())
        again = kept.rows(history.at, (), ())
        assert all(again[key] is row for key, row in seen.items())


def test_an_agents_row_is_made_anew_when_something_in_it_has_changed() -> None:
    """The agent, the queue of the call in hand, or the configuration; else it is the one of
    before, however many others have changed."""
    two = network(profile(1), profile(2))
    history = History(two)
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
    moved = replace(two, centres={"c1": replace(two.centres["c1"], short_name="Aknīste")})
    history.apply(events.NetworkPublished(at=history.at, network=moved))
    assert {one.centre for one in board.rows()} == {"Aknīste"}
