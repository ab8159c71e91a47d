"""What a board's page is told of changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from agents_ui.board.changes import KEPT, ROWS, WHOLE, RowChanges, Story, between
from agents_ui.board.port import BoardView
from contactcentre.core.decisions import Observer
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import BOARD, Live
from contactcentre.features.board.service import BoardService
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.storage import database
from contactcentre.testing import History, network, profile
from lab.pages.people import LEADER

pytestmark = pytest.mark.unit


class Watched:
    """A board over a history: `look` is a round."""

    def __init__(self) -> None:
        self.history = History(network(*(profile(number) for number in range(1, 6))))
        self.live = Live()
        nothing = database.engine("sqlite://")  # it connects to nothing
        decisions = DecisionLog(Observer(self.history.world), nothing)
        self.board = BoardService(self.history.world, Figures(), self.live, decisions)

    def look(self) -> BoardView:
        self.live._rounds[BOARD] += 1
        return self.board.view(LEADER)


def picture(view: BoardView) -> dict[str, Any]:
    """As a page has it: rows by their keys."""
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(view))
    return told | {name: {_key(row): row for row in told[name]} for name in ROWS}


def _key(row: dict[str, Any]) -> str:
    if "dimension" in row:
        return f"{row['dimension']}:{row['key']}"
    return str(row.get("call_id") or row.get("agent_id") or row["key"])


def gone_on(shown: dict[str, Any], words: bytes) -> dict[str, Any]:
    """What a page makes of a message."""
    message = msgspec.json.decode(words)
    if message["type"] == "view":
        return picture(msgspec.convert(message["view"], BoardView))
    told = message["changes"]
    assert told["since"] == shown["seq"]
    shown = shown | told["set"] | {"seq": told["seq"], "at": told["at"]}
    for name, changed in told["rows"].items():
        rows = dict(shown[name])
        for key, row in changed:
            if row is None:
                del rows[key]
            else:
                rows[key] = rows.get(key, {}) | row
        shown[name] = rows
    return shown


def test_changes_lead_to_the_view() -> None:
    """Whatever happens: a page that is told the changes shows what one shows that comes anew."""
    watched, story = Watched(), Story()
    history = watched.history
    history.links_up()
    first = watched.look()
    shown = gone_on({}, story.whole(first))
    steps = (
        lambda: history.ready(1),
        lambda: history.waits(1, ""),
        lambda: history.pass_s(1),
        lambda: history.leg_answers(1),
        lambda: history.waits(2),
        lambda: history.ready(2),
        lambda: history.hangs_up(1),
        lambda: history.not_ready(2, "lunch"),
        lambda: history.saves(1, 1),
        lambda: history.asks_callback(3),
        lambda: history.hangs_up(2),
    )
    for step in steps:
        step()
        view = watched.look()
        for words in story.since(shown["seq"], view):
            shown = gone_on(shown, words)
        assert shown == picture(view)
    assert {row["state"] for row in shown["agents"].values()} >= {"NOT_READY"}


def test_a_round_in_which_nothing_has_changed_is_told_in_a_word() -> None:
    """The rows are the same objects, and the message has none of them."""
    watched = Watched()
    watched.history.ready(1)
    watched.history.waits(1)
    one, other = watched.look(), watched.look()
    assert all(a is b for a, b in zip(one.groups, other.groups, strict=True))
    told = between(one, other)
    assert (told["set"], told["rows"]) == ({}, {})
    assert set(told) == {"since", "seq", "at", "set", "rows"}


def test_a_page_that_is_a_little_behind_is_told_all_that_came_since() -> None:
    """One that is further behind than is kept is shown the whole."""
    watched, story = Watched(), Story()
    first = watched.look()
    story.whole(first)
    for number in range(KEPT):
        watched.history.ready(1 if number % 2 else 2)
        last = watched.look()
        list(story.since(last.seq - 1, last))
    assert len(list(story.since(first.seq, last))) == KEPT
    last = watched.look()
    (words,) = story.since(first.seq, last)
    assert msgspec.json.decode(words)["type"] == "view"
    assert list(story.since(last.seq, last)) == []


def test_every_field_of_the_view_is_told_one_way_or_the_other() -> None:
    """A field that is added is a list of rows, or told whole."""
    own = {"seq", "at", "total"}
    assert {*ROWS, *WHOLE} | own == {*BoardView.__slots__}
    view = Watched().look()
    assert between(view, replace(view, telephony=not view.telephony))["set"]


def test_whoever_is_woken_last_in_a_round_is_shown_the_same_as_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A round's time goes by until they are: nothing is made anew for them."""
    clock = [1000.0]
    monkeypatch.setattr("contactcentre.features.board.service.now", lambda: clock[0])
    watched = Watched()
    first = watched.look()
    clock[0] += 0.75
    assert watched.board.view(LEADER) is first


def test_what_differs_between_two_rows_is_found_once_for_all_who_see_them() -> None:
    """Of two realms, say, that show the same queue."""
    watched, known = Watched(), RowChanges()
    old = watched.look()
    watched.history.ready(1)
    new = watched.look()
    one, other = between(old, new, known), between(old, new, known)
    assert one["rows"]["queues"] == other["rows"]["queues"]
    pairs = zip(one["rows"]["queues"], other["rows"]["queues"], strict=True)
    assert all(a[1] is b[1] for a, b in pairs)
