"""Databases of both kinds, empty, and a real Redis of our own, gone after the tests."""

# ruff: noqa: S603 - the commands are ours

import asyncio
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from argon2 import PasswordHasher

from contactcentre.cli.seed import seed
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.settings import Settings
from contactcentre.storage import database


def free_port() -> int:
    """A TCP port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for_port(port: int, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Return once somebody listens on it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline or (process and process.poll() is not None):
                raise
            time.sleep(0.02)
        else:
            return


KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on each kind that we support."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    url: str = request.getfixturevalue("postgres").empty()
    return url


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with our tables: to make them anew for each test takes ten times as long."""
    path = tmp_path_factory.mktemp("tables") / "hotline.db"
    asyncio.run(database.migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def statements(postgres: Any) -> Iterator[Path]:
    """The same for PostgreSQL, as statements."""
    with TemporaryDirectory(prefix="cc-tables-") as folder:
        shutil.chown(folder, "postgres")
        asyncio.run(database.migrate(postgres.empty()))
        postgres.dump(Path(folder))
        yield Path(folder)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with our tables, on each kind that we support."""
    return _empty(request, request.param, tmp_path)


def _empty(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("tables"), folder / "hotline.db")
        return f"sqlite+aiosqlite:///{folder}/hotline.db"
    statements = request.getfixturevalue("statements")
    url: str = request.getfixturevalue("postgres").empty(statements)
    return url


Fill = Callable[[str, Path], Awaitable[None]]


@pytest.fixture(scope="session")
def filled(request: pytest.FixtureRequest) -> Iterator[Callable[[str, Path, Fill], str]]:
    """A function: the URL of a database of a kind, as something filled it that was given the URL
    and the folder of an empty one; what it left in there is in the folder, too. That is done once,
    for to copy it is quick."""
    with TemporaryDirectory(prefix="cc-filled-") as folder:

        def copied(kind: str, home: Path, fill: Fill) -> str:
            is_file, source = kind == "sqlite", Path(folder, f"{kind}-{fill.__qualname__}")
            if not source.exists():
                source.mkdir()
                asyncio.run(fill(_empty(request, kind, source), source))
                if not is_file:
                    for closed in (folder, source):
                        shutil.chown(closed, "postgres")
                    request.getfixturevalue("postgres").dump(source)
            left = shutil.ignore_patterns("*.sql")
            shutil.copytree(source, home, dirs_exist_ok=True, ignore=left)
            if is_file:
                return f"sqlite+aiosqlite:///{home}/hotline.db"
            url: str = request.getfixturevalue("postgres").empty(source)
            return url

        yield copied


QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def _sow(url: str, home: Path) -> None:
    await seed(Settings(home=home, database_url=url), passwords=QUICK)


@pytest.fixture(params=KINDS)
def sampled(
    request: pytest.FixtureRequest, filled: Callable[[str, Path, Fill], str], tmp_path: Path
) -> Settings:
    """A home whose database, of each kind that we support, holds the sample data."""
    return Settings(home=tmp_path, database_url=filled(request.param, tmp_path, _sow))


@pytest.fixture
def installer(root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Carries out words of the shell, with the functions of scripts/install and variables (`named`)
    at hand. What would change this machine, the words put another function in the place of."""
    functions, found, _ = (root / "scripts/install").read_text().partition("\ncase ${1:-} in\n")
    assert found
    own = "root=$(cd "  # where the file lies, which is none here
    assert own in functions
    functions = functions.replace(own, f"root={shlex.quote(str(root))} # ")

    def carries_out(words: str, **named: object) -> subprocess.CompletedProcess[str]:
        variables = [f"{name}={shlex.quote(str(one))}" for name, one in named.items()]
        command = ["/bin/bash", "-c", "\n".join([functions, *variables, words])]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return carries_out


@pytest.fixture
def installed_url(
    postgres: Any, installer: Callable[..., subprocess.CompletedProcess[str]]
) -> Iterator[str]:
    """The database that scripts/install makes, on a PostgreSQL of ours, by its own log-in."""
    here = {"PGHOST": "127.0.0.1", "PGPORT": postgres.port, "PGUSER": "tests"}
    as_owner = """
        export PGHOST PGPORT PGUSER PGDATABASE=postgres
        runuser() { shift 3; "$@"; }
        answers[DATABASE]=postgresql
        """
    try:
        for _ in range(2):  # what is there stays
            done = installer(f'{as_owner} database; echo "$url"', **here)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout == "postgresql://contactcentre@/contactcentre?host=/run/postgresql\n"
        yield f"postgresql+asyncpg://contactcentre@127.0.0.1:{postgres.port}/contactcentre"
    finally:
        gone = "DROP DATABASE IF EXISTS contactcentre", "DROP ROLE IF EXISTS contactcentre"
        words = " ".join(f"-c '{one}'" for one in gone)
        assert installer(f"{as_owner} psql -q {words}", **here).returncode == 0


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A running Redis that keeps nothing."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.fail("Redis is missing: install the package redis-server")
    port = free_port()
    with TemporaryDirectory(prefix="cc-redis-") as folder:
        command = [
            binary,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            folder,
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for_port(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)
