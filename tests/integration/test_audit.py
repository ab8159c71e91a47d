"""The audit log: rows are added, never changed, and forgotten by age."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.features.audit import log as audit
from contactcentre.features.audit import retention
from contactcentre.features.audit.log import Action, AuditEntry
from contactcentre.features.audit.retention import DAY_S, AuditRetention
from contactcentre.storage import database
from contactcentre.storage import tables as models

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await database.migrate(database_url)
    async with database.opened(database_url) as made:
        async with made.begin() as connection:
            for day in range(6):
                entry = AuditEntry(at=NOW - day * DAY_S, who="u", action=Action.LOGGED_IN)
                await audit.write(connection, entry)
        yield made


async def count(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(models.audit)) or 0


async def test_a_row_is_never_changed(engine: AsyncEngine) -> None:
    """The database itself refuses it."""
    with pytest.raises(DBAPIError, match="never changed"):
        async with engine.begin() as connection:
            await connection.execute(update(models.audit).values(who="somebody else"))


async def test_rows_are_forgotten_by_age(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is older than the term goes, in portions; the rest stays."""
    monkeypatch.setattr(retention, "PORTION", 2)
    kept = AuditRetention(engine, days=1, clock=lambda: NOW)
    assert (await kept.look(), await count(engine)) == (4, 2)
    assert (await kept.look(), await count(engine)) == (0, 2)
