"""Commands that cannot start: told in words, with what to do, and nothing is changed."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from contactcentre.__main__ import main
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.settings import Settings
from contactcentre.storage import database

pytestmark = pytest.mark.integration

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of the test's own."""
    monkeypatch.setenv("CC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CC_CACHE", str(tmp_path / "cache"))


async def real_account() -> None:
    """A database that holds what is no sample."""
    url = Settings.load().database
    await database.migrate(url)
    async with database.opened(url) as storage:
        accounts = AccountService(storage, passwords=QUICK)
        await accounts.create_user("real", "zaļa govs uz jumta", name="Real", role="admin")


@pytest.mark.parametrize("words", [["seed"], ["run", "--sample"]])
def test_sample_data_on_real_data(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is started."""
    asyncio.run(real_account())
    assert main(words) == 1
    assert "this database holds real data" in capsys.readouterr().err


def test_a_port_that_is_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asterisk is not started; the port is named."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("CC_SIP_PORT", str(port))
        assert main(["pbx"]) == 1
    assert f"sip_port {port} on 127.0.0.1: " in capsys.readouterr().err


def test_a_service_that_runs_already(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second one ends at once, and the first one's journal is left alone."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("CC_PORT", str(port))
        assert main(["serve"]) == 1
    assert f"CC_PORT {port} on 127.0.0.1: " in capsys.readouterr().err
    assert not Settings.load().home.exists()


def test_a_service_without_its_database(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    free_port: Callable[[], int],
) -> None:
    """Where no good configuration is kept it ends, and says what to look at."""
    for name in ("CC_PORT", "CC_AGI_PORT"):
        monkeypatch.setenv(name, str(free_port()))
    url = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing"
    monkeypatch.setenv("CC_DATABASE_URL", url)
    assert main(["serve"]) == 1
    assert "the database does not answer" in capsys.readouterr().err


def test_a_folder_that_can_not_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("CC_HOME", str(tmp_path / "file" / "home"))
    assert main(["run"]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/file/home: Not a directory\n"
