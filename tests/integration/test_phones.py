"""The command `phone`: a telephone on a table gets a password of its own, once, and loses it."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from contactcentre import paths
from contactcentre.cli.command import work
from contactcentre.cli.phone import app
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.telephony.directory import Directory

pytestmark = pytest.mark.integration

DESK, BROWSER = "agent-1", "agent-2"


@pytest.fixture
async def settings(sampled: Settings) -> Settings:
    """The sample data; one agent has a telephone on the table."""
    async with database.opened(sampled.database) as storage, storage.begin() as connection:
        await documents.change(connection, models.agents, DESK, device="desk")
    return sampled.model_copy(update={"sample": True})


async def test_a_password_is_shown_once_and_counts(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """The telephone registers with what was printed; a second one ends the first."""
    shown = []
    for _ in range(2):
        assert await work(app, ["issue", DESK], settings) == 0
        lines = capsys.readouterr().out.splitlines()
        told = {line[:15].strip(): line[15:] for line in lines}
        shown.append(told["password"])
        assert Directory(paths.directory(settings)).secret(told["user"]) == shown[-1]
    assert shown[0] != shown[1]


async def test_a_file_for_a_telephone(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The password stands in it and nowhere else; it is its owner's, and where it cannot be had the
    telephone keeps the password that it has."""
    there, nowhere = tmp_path / "a-1.cfg", tmp_path / "no" / "a-1.cfg"
    directory = Directory(paths.directory(settings))
    assert await work(app, ["issue", DESK, "--make", "yealink", "--to", str(there)], settings) == 0
    secret = directory.secret("a-1-table") or ""
    assert f"account.1.password = {secret}\n" in there.read_text()
    assert stat.S_IMODE(there.stat().st_mode) == 0o600
    assert secret not in capsys.readouterr().out
    for refused in (there, nowhere):
        assert await work(app, ["issue", DESK, "--to", str(refused)], settings) == 1
        assert str(refused) in capsys.readouterr().err
    assert await work(app, ["issue", DESK, "--server", "a b"], settings) == 1
    assert directory.secret("a-1-table") == secret


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ("hotline.example.lv", "5061", "TLS", "sdes")),
        (["--server", "192.0.2.7"], ("192.0.2.7", "5061", "TLS", "sdes")),
        (["--link", "MACsec"], ("hotline.example.lv", "5060", "UDP", "no")),
    ],
)
async def test_as_the_installation_is(
    settings: Settings,
    tmp_path: Path,
    words: list[str],
    told: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where Asterisk speaks TLS the telephone must, by the name that its certificate has."""
    secure = settings.model_copy(
        update={
            "sip_host": "0.0.0.0",  # noqa: S104 - as it is set where there are several addresses
            "sip_tls_port": 5061,
            "origin": "https://hotline.example.lv",
        }
    )
    assert await work(app, ["issue", DESK, *words], secure) == 0
    sheet = {line[:15].strip(): line[15:] for line in capsys.readouterr().out.splitlines()}
    with closing(sqlite3.connect(paths.directory(secure))) as db:
        query = "SELECT media_encryption FROM ps_endpoints WHERE id = 'a-1-table'"
        (kept,) = db.execute(query).fetchone()
    assert (sheet["server"], sheet["port"], sheet["transport"], kept) == told


async def test_nobody_listens_on_the_way(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where telephones are elsewhere, it is said what encrypts the way to them, or none gets a
    password; what was said is on record."""
    elsewhere = settings.model_copy(update={"sip_host": "192.0.2.7"})
    assert await work(app, ["issue", DESK], elsewhere) == 1
    assert "--link" in capsys.readouterr().err
    assert await work(app, ["issue", DESK, "--link", "MACsec"], elsewhere) == 0
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        told = await connection.scalars(select(models.audit.c.details))
        assert [one for one in told if "MACsec" in one]


async def test_a_revoked_password_is_worthless(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows the one that is in force then."""
    await work(app, ["issue", DESK], settings)
    shown = capsys.readouterr().out
    assert await work(app, ["revoke", DESK], settings) == 0
    kept = Directory(paths.directory(settings)).secret("a-1-table")
    assert kept is not None
    assert kept not in shown


@pytest.mark.parametrize("agent_id", [BROWSER, "nobody"])
async def test_only_for_a_telephone_on_a_table(
    settings: Settings, agent_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A browser's secret comes with its log-in."""
    assert await work(app, ["issue", agent_id], settings) == 1
    assert "device is a telephone" in capsys.readouterr().err
