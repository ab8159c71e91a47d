"""That an account was changed reaches every process, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Grant
from contactcentre.features.accounts import changes
from contactcentre.features.accounts.changes import CHANGED, KEPT, AccountChanges
from contactcentre.features.accounts.service import AccountService
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.lookout import Lookout

pytestmark = pytest.mark.integration


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with database.opened(database_url) as made:
        yield made


async def changed(engine: AsyncEngine, *users: str) -> None:
    """Somebody changes these accounts, one after the other."""
    for user in users:
        async with engine.begin() as connection:
            await changes.note(connection, user)


async def test_every_change_is_told_once(engine: AsyncEngine) -> None:
    """Not those of before the start, and each to every process."""
    await changed(engine, "early")
    told: list[list[str]] = [[], []]
    processes = [AccountChanges(engine, one.append) for one in told]
    for process in processes:
        await process.look()
    await changed(engine, "anna", "berta")
    for _ in range(2):
        await processes[0].look()
    await changed(engine, "anna")
    for process in processes:
        await process.look()
    assert [sorted(one) for one in told] == [["anna", "anna", "berta"], ["anna", "berta"]]


async def test_a_transaction_that_ends_late_is_told_too(postgres: Any) -> None:
    """Its row has a lower number than one that was told already; SQLite has one at a time."""
    database_url = postgres.create("account_changes_late")
    await database.migrate(database_url)
    told: list[str] = []
    async with database.opened(database_url) as engine:
        process = AccountChanges(engine, told.append)
        await process.look()
        async with engine.begin() as slow:
            await changes.note(slow, "slow")
            await changed(engine, "quick")
            await process.look()
        await process.look()
    assert told == ["quick", "slow"]


async def test_old_rows_go(engine: AsyncEngine) -> None:
    """The table does not grow: the latest thousand stay."""
    rows = [{"user_id": "anna"}] * (KEPT + 50)
    async with engine.begin() as connection:
        await connection.execute(models.account_changes.insert(), rows)
    await changed(engine, "berta")
    async with engine.connect() as connection:
        count = await connection.scalar(select(func.count()).select_from(models.account_changes))
    assert count == KEPT


async def test_the_roles_of_a_log_in(engine: AsyncEngine) -> None:
    """Several, each once; those that were given stay as they were given; all go with the user."""
    accounts = AccountService(engine)
    editor, auditor = Grant(role="editor", realm=("institution", "VSAA")), Grant(role="auditor")
    user_id = await accounts.create_user("anna", "zaļa govs uz jumta", name="A", role="supervisor")
    await accounts.change_grants(user_id, give={editor, auditor}, by="u1")
    await accounts.change_grants(user_id, give={editor}, by="u2")
    await accounts.change_grants(user_id, take={Grant(role="supervisor")}, by="u2")
    assert await accounts.grants("anna") == (user_id, {editor, auditor})
    session = await accounts.log_in("anna", "zaļa govs uz jumta", address="a")
    assert session.person.grants == {editor, auditor}
    columns = models.grants.c
    async with engine.begin() as connection:
        query = select(columns.granted_by).where(columns.role == "editor")
        assert await connection.scalar(query) == "u1"
        await connection.execute(models.users.delete())
        assert await connection.scalar(select(func.count()).select_from(models.grants)) == 0
    with pytest.raises(LookupError):
        await accounts.change_grants(user_id, give={editor}, by="u1")


async def test_whoever_is_no_agent_any_more_is_absent(engine: AsyncEngine) -> None:
    """The role is taken, and with it the place at work, although the log-in goes on."""
    accounts = AccountService(engine)
    agent = {"agent_id": "a1", "name": "A", "centre_id": "c", "endpoint": "a-1"}
    async with engine.begin() as connection:
        await connection.execute(models.agents.insert(), {"agent_id": "a1", "document": agent})
    user_id = await accounts.create_user(
        "anna", "zaļa govs uz jumta", name="A", role="agent", agent_id="a1"
    )
    session = await accounts.log_in("anna", "zaļa govs uz jumta", address="a")
    assert await accounts.absent_agents() == set()
    await accounts.set_grants(user_id, {Grant(role="editor")}, by="u1")
    assert await accounts.absent_agents() == {"a1"}
    assert await accounts.session(session.token) is not None


async def test_a_database_that_is_away_is_asked_once_a_period(engine: AsyncEngine) -> None:
    """From the start on; and what changed meanwhile is told with its return."""
    told: list[str] = []
    away, asked = [True], []

    def seen(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)
        if away:
            raise OSError("no database")

    process, lookout = AccountChanges(engine, told.append), Lookout(engine, period_s=0.05)
    await process.look()
    event.listen(engine.sync_engine, "before_cursor_execute", seen)
    both = asyncio.gather(lookout.run(), process.run(lookout.watch(CHANGED)))
    await asyncio.sleep(0.3)
    assert 2 <= len(asked) <= 8
    away.clear()
    await changed(engine, "anna")
    async with asyncio.timeout(5):
        while not told:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.01)
    both.cancel()
    await asyncio.wait([both])
    assert told == ["anna"]
