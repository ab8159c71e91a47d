"""The log of decisions: stored on both databases, never in the way, gone with its call."""

# ruff: noqa: ASYNC110 - a condition is waited for

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import insert
from structlog.testing import capture_logs

from agents_ui.board.reasons import tell
from agents_ui.shell import texts
from contactcentre.core import events
from contactcentre.core.decisions import Decision, Observer
from contactcentre.engine.consumer import Changes
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import Live
from contactcentre.features.board.service import BoardService
from contactcentre.features.explanations import store
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.storage import database, projection
from contactcentre.storage import tables as models
from contactcentre.storage.entry import JournalRecord
from contactcentre.testing import History, call_id, network, profile
from lab.pages.people import LEADER

pytestmark = pytest.mark.integration

LANGUAGES = texts.read()

AWAY = "postgresql+asyncpg://tests@127.0.0.1:1/nothing"


class Noted(History):
    """A history whose every event is told to the log, as the engine does."""

    def __init__(self, url: str, **limits: Any) -> None:
        super().__init__(network(profile(1), profile(2), profile(3, taxes=False)))
        self.engine = database.engine(url)
        self.log = DecisionLog(Observer(self.world), self.engine, retry_s=0.05, **limits)

    def apply(self, event: events.Event) -> list[Any]:
        made = super().apply(event)
        calls, agents = self.world.touched_calls.values(), self.world.touched_agents.values()
        self.log.note(Changes(event, tuple(calls), tuple(agents)))
        return made

    async def stored(self) -> None:
        async with asyncio.timeout(30):
            while self.log.backlog:
                await asyncio.sleep(0.01)

    def a_call(self, number: int) -> None:
        """It waits, is offered, answered and ends."""
        self.waits(number)
        self.pass_s(3)
        self.ready(1)
        self.leg_answers(number)
        self.pass_s(60)
        self.hangs_up(number)


@asynccontextmanager
async def running(url: str, **limits: Any) -> AsyncIterator[Noted]:
    history = Noted(url, **limits)
    work = asyncio.create_task(history.log.run())
    try:
        yield history
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await history.engine.dispose()


async def test_the_log_of_a_call_is_read_back(database_url: str) -> None:
    """Another process finds the same decisions, in order, as the first one made them."""
    async with running(database_url) as history:
        history.a_call(7)
        await history.stored()
        mine = await history.log.of(call_id(7))
    assert [each.kind for each in mine] == ["queued", "offered", "ended"]
    assert mine[1].digest is not None
    assert (mine[1].agent_id, mine[1].digest.chosen) == ("a1", "a1")
    assert mine[1].digest.waited_s == 3.0
    async with running(database_url) as other:
        assert await other.log.of(call_id(7)) == mine
        assert await other.log.of(call_id(8)) == ()


async def test_the_same_again_changes_nothing(database_url: str) -> None:
    """A batch that was written and not confirmed may be written once more."""
    engine = database.engine(database_url)
    decision = Decision(call_id="k", at=1.5, kind="ended", outcome="answered")
    for _ in range(2):
        async with engine.begin() as connection:
            await store.write(connection, [decision])
    async with engine.connect() as connection:
        assert await store.read(connection, "k") == [decision]
    await engine.dispose()


async def test_decisions_go_with_their_call(database_url: str) -> None:
    """What belongs to a contact that is kept no more is deleted; the young and the kept stay."""
    engine = database.engine(database_url)
    history = History(network(profile(1)))
    history.waits(1)
    record = JournalRecord(
        seq=1, at=1.0, kind="-", call_id=None, agent_id=None, event=b"{}", calls=(history.call(1),)
    )
    rows = projection.rows("s", [record], home={}, centre={})
    made = [
        Decision(call_id=call_id(1), at=10.0, kind="queued"),
        Decision(call_id="gone", at=10.0, kind="queued"),
        Decision(call_id="young", at=99.0, kind="queued"),
    ]
    async with engine.begin() as connection:
        await connection.execute(insert(models.contacts), rows.contacts)
        await store.write(connection, made)
        assert await store.prune(connection, 50.0) == 1
        left = [await store.read(connection, each.call_id) for each in made]
    assert [len(each) for each in left] == [1, 0, 1]
    await engine.dispose()


async def test_a_database_that_is_away_costs_nothing_but_the_oldest() -> None:
    """The log of the latest calls is told from memory; what does not fit is counted."""
    with capture_logs():
        async with running(AWAY, pending=2) as history:
            history.a_call(7)
            async with asyncio.timeout(30):
                while history.log.dropped < 1:
                    await asyncio.sleep(0.01)
            told = await history.log.of(call_id(7))
            assert history.log.backlog == 2
    assert [each.kind for each in told] == ["queued", "offered", "ended"]


async def test_more_than_can_be_explained_is_dropped_and_counted() -> None:
    """Nothing waits for the explanation: the oldest scenes give way."""
    history = Noted(AWAY, scenes=3)
    for number in range(5):
        history.waits(number)
    assert (history.log.dropped, history.log.backlog) == (2, 3)
    await history.engine.dispose()


async def test_the_board_tells_a_call_from_its_arrival_to_its_end(database_url: str) -> None:
    """Waiting, talking or over: times of the call, reasons of its decisions, in both languages."""
    async with running(database_url) as history:
        board = BoardService(history.world, Figures(), Live(), history.log)
        history.ready(3)
        history.waits(7)
        await history.stored()
        waits = tell(await board.why(call_id(7), person=LEADER), LANGUAGES["lv"])
        history.pass_s(3)
        history.ready(1)
        history.leg_answers(7)
        history.pass_s(60)
        history.hangs_up(7)
        await history.stored()
        over = tell(await board.why(call_id(7), person=LEADER), LANGUAGES["en"])
        with pytest.raises(LookupError):
            await board.why("none", person=LEADER)
    assert "Agent 3: nepietiek prasmes: Nodokļi." in waits["sentences"]
    assert "Agent 3: nepietiek prasmes: Nodokļi." in waits["moments"][-1]["sentences"]
    assert [each["kind"] for each in over["moments"]] == [
        "arrived",
        "queued",
        "offered",
        "answered",
        "talk_ended",
        "ended",
    ]
    assert over["sentences"] == []
    assert "Agent 3: lacks the skill: Taxes." in over["moments"][2]["sentences"]
    assert over["moments"][2]["agent"] == "Agent 1"
