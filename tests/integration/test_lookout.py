"""The lookout: one question a second, whoever asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.lookout import Lookout, latest
from contactcentre.storage.settings import VERSION_NOW, changed

pytestmark = pytest.mark.integration

CHANGES = models.account_changes
COUNT = select(func.count()).select_from(CHANGES).scalar_subquery()


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An empty database."""
    await database.migrate(database_url)
    async with database.opened(database_url) as made:
        yield made


@asynccontextmanager
async def running(lookout: Lookout) -> AsyncIterator[None]:
    task = asyncio.create_task(lookout.run())
    yield
    task.cancel()
    await asyncio.wait([task])


async def test_all_are_answered_by_one_question(engine: AsyncEngine) -> None:
    """Each gets what it wants to see, as it is by then."""
    asked: list[str] = []

    def seen(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", seen)
    lookout = Lookout(engine, period_s=0.02)
    version, count = lookout.watch(VERSION_NOW), lookout.watch(COUNT)
    async with running(lookout):
        assert await asyncio.gather(version.next(), count.next()) == [None, 0]
        assert len(asked) == 1
        async with engine.begin() as connection:
            await changed(connection)
            await connection.execute(CHANGES.insert(), {"user_id": "u1"})
        assert await asyncio.gather(version.next(), count.next()) == [1, 1]


async def test_whom_nobody_asks_is_asked_nothing(engine: AsyncEngine) -> None:
    """Where all have their hands full, the database is left in peace."""
    lookout = Lookout(engine, period_s=0.01)
    count = lookout.watch(COUNT)
    async with running(lookout):
        await count.next()
        asked: list[object] = []
        event.listen(
            engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given)
        )
        await asyncio.sleep(0.1)
    assert not asked


async def test_an_outage_is_told_to_each_and_waited_out(engine: AsyncEngine) -> None:
    """The next answer comes with the database."""
    lookout = Lookout(engine, period_s=0.02)
    one, other = lookout.watch(COUNT), lookout.watch(VERSION_NOW)
    away = [True]

    def fail(*_: object) -> None:
        if away:
            raise OSError("no database")

    event.listen(engine.sync_engine, "before_cursor_execute", fail)
    async with running(lookout):
        told = await asyncio.gather(one.next(), other.next(), return_exceptions=True)
        assert [isinstance(each, database.AWAY) for each in told] == [True, True]
        away.clear()
        assert await one.next() == 0


async def test_whoever_gives_up_harms_nobody(engine: AsyncEngine) -> None:
    lookout = Lookout(engine, period_s=0.05)
    one, other = lookout.watch(COUNT), lookout.watch(COUNT)
    async with running(lookout):
        given_up = asyncio.create_task(one.next())
        await asyncio.sleep(0)
        given_up.cancel()
        assert await other.next() == 0


async def test_a_row_that_shows_late_is_seen(engine: AsyncEngine) -> None:
    """It has a lower number than those that are known."""
    question = select(latest(CHANGES.c.number, 10))
    seen = []
    for number in (5, 9, 3, 120, 119, 60):
        async with engine.begin() as connection:
            await connection.execute(CHANGES.insert(), {"number": number, "user_id": "u1"})
            seen.append(await connection.scalar(question))
    assert seen == [5, 14, 17, 120, 239, 239]  # the last one is older than is looked at
