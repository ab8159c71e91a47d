"""What a big screen shows beside each figure: what the queues' own documents ask for."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_ui.board.port import FigureRow
from agents_ui.wallboard.port import Figure, FigureCode
from contactcentre.core.config.document import read
from contactcentre.engine.figures import Figures
from contactcentre.features.board.groups import Groups
from contactcentre.features.board.wall_figures import figure
from contactcentre.testing import History, network, profile
from routing.model import Queue
from routing.targets import Targets, together

pytestmark = pytest.mark.unit

CODES: tuple[FigureCode, ...] = get_args(FigureCode)
STRICT = {"waiting": 1, "abandoned_share": 0.04, "ready": 2, "occupancy": 0.5}


def rows() -> dict[tuple[str, str], FigureRow]:
    """Of a network whose queue `taxes` asks for more than `general`."""
    plain = network(profile(1))
    taxes = {"queue_id": "taxes", "labels": plain.queues["taxes"].labels, "answer_within_s": 20}
    strict = read(Queue, {**taxes, "targets": STRICT}, "queue taxes")
    made = replace(plain, queues={**plain.queues, "taxes": strict})
    return dict(Groups(History(made).world, Figures()).rows(0.0, (), ()))


def shown(row: FigureRow, code: FigureCode, **now: int) -> tuple[float | None, float | None, bool]:
    """The figure, its target, and whether more is better, where so much is so now."""
    found = figure(code, replace(row, **now))  # type: ignore[arg-type]
    return found.value, found.target, found.least


def test_each_figure_of_every_row_has_a_target() -> None:
    """Whatever a screen can show, of whatever the board has: also where the queues differ."""
    for row in rows().values():
        for code in CODES:
            assert figure(code, row).target is not None, (row.dimension, code)


def test_targets_are_those_of_the_queues() -> None:
    """A queue's are its own; of the network waits what all may have, the rest is the strictest; a
    centre is one crew, of whose callers there wait no more than a queue may have."""
    found = rows()
    waiting = {key: figure("waiting", row).target for key, row in found.items()}
    assert (waiting["queue", "taxes"], waiting["queue", "general"]) == (1, 2)
    assert (waiting["network", ""], waiting["centre", "c1"]) == (3, 2)
    for key in (("queue", "taxes"), ("network", ""), ("centre", "c1")):
        row = found[key]
        assert shown(row, "ready", ready=1) == (1, 2, True)
        assert shown(row, "busy", ready=1, ringing=1, talking=1, wrap_up=1) == (3, 2, False)
        assert shown(row, "abandoned", answered=45, abandoned=5) == (5, 2, False)
        assert shown(row, "answered", answered=45, abandoned=5) == (45, 48, True)
    average = {key: figure("average", row).target for key, row in found.items()}
    assert (average["queue", "taxes"], average["network", ""]) == (20, 30)


def test_nobody_need_be_ready_for_nobody() -> None:
    """At night, with nobody at work, none is missing; a caller who waits then lacks somebody."""
    row = rows()["network", ""]
    assert shown(row, "ready") == (0, 0, True)
    assert shown(row, "ready", waiting=1) == (0, 2, True)
    assert shown(row, "ready", not_ready=1) == (0, 2, True)


def test_one_alone_misses_nothing() -> None:
    """Shares are of people: a target is never that the only agent has no caller, nor that the only
    caller stays."""
    row = rows()["network", ""]
    assert shown(row, "busy", talking=1) == (1, 1, False)
    assert shown(row, "abandoned", abandoned=1) == (1, 1, False)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6))
def test_where_all_queues_keep_theirs_so_does_the_network(queues: list[tuple[int, int]]) -> None:
    """Of waiting: who has a queue of that target waiting within it, has the sum within the sum."""
    targets = [Targets(waiting=most) for most, _ in queues]
    waiting = [min(most, now) for most, now in queues]
    assert sum(waiting) <= together(targets).waiting


def test_a_figure_says_which_side_is_right() -> None:
    """So a page need not know its codes."""
    assert {code for code in CODES if figure(code, rows()["network", ""]).least} == {
        "level",
        "level_today",
        "answered",
        "ready",
    }
    assert not Figure(code="waiting", value=1).least
