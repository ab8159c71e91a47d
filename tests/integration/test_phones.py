"""The command `phone`: a telephone on a table gets a password of its own, once, and loses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from contactcentre import paths
from contactcentre.cli.command import work
from contactcentre.cli.phone import app
from contactcentre.cli.seed import seed
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.telephony.directory import Directory

pytestmark = pytest.mark.integration

DESK, BROWSER = "agent-1", "agent-2"


QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """The sample data; one agent has a telephone on the table."""
    given = Settings(home=tmp_path, database_url=database_url, sample=True)
    await seed(given, passwords=QUICK)
    async with database.opened(database_url) as storage, storage.begin() as connection:
        await documents.change(connection, models.agents, DESK, device="desk")
    return given


async def test_a_password_is_shown_once_and_counts(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """The telephone registers with what was printed; a second one ends the first."""
    shown = []
    for _ in range(2):
        assert await work(app, ["issue", DESK], settings) == 0
        lines = capsys.readouterr().out.splitlines()
        told = dict(line.split(maxsplit=1) for line in lines)
        shown.append(told["password"])
        assert Directory(paths.directory(settings)).secret(told["user"]) == shown[-1]
    assert shown[0] != shown[1]


async def test_a_revoked_password_is_worthless(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows the one that is in force then."""
    await work(app, ["issue", DESK], settings)
    shown = capsys.readouterr().out
    assert await work(app, ["revoke", DESK], settings) == 0
    kept = Directory(paths.directory(settings)).secret("a-1")
    assert kept is not None
    assert kept not in shown


@pytest.mark.parametrize("agent_id", [BROWSER, "nobody"])
async def test_only_for_a_telephone_on_a_table(
    settings: Settings, agent_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A browser's secret comes with its log-in."""
    assert await work(app, ["issue", agent_id], settings) == 1
    assert "device is a telephone" in capsys.readouterr().err
