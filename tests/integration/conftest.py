"""Real PostgreSQL and Redis servers of our own, on free ports, gone after the tests."""

# ruff: noqa: S603 - the commands are ours

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


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


class Postgres:
    """A PostgreSQL cluster in `folder`; `stop` and `start` play an outage."""

    def __init__(self, folder: Path) -> None:
        self._bin = _postgres_bin()
        self._data = folder / "data"
        self.port = free_port()
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._command("initdb", "-D", self._data, "-U", "tests", "-A", "trust", "-E", "UTF8", "-N")

    def start(self) -> None:
        """Serve, once this returns."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._data.parent} -F"
        self._command("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", os.devnull, "start")

    def stop(self) -> None:
        """Go away at once, with every connection."""
        self._command("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def create(self, database: str) -> str:
        """An empty database and its URL."""
        self._command("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "tests", database)
        return f"postgresql+asyncpg://tests@127.0.0.1:{self.port}/{database}"

    def _command(self, name: str, *args: object) -> None:
        command = [str(self._bin / name), *map(str, args)]
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        subprocess.run(
            command,
            check=True,
            user=self._user,
            group=pwd.getpwnam(self._user).pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            cwd="/",
            env=env,
            stdout=subprocess.DEVNULL,
        )


def _postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.fail("PostgreSQL is missing: install the package postgresql")
    return found[-1].parent


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    # Not pytest's own folder: that is closed to the user postgres.
    with TemporaryDirectory(prefix="cc-pg-") as folder:
        server = Postgres(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on each kind that we support."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create(f"t{time.monotonic_ns()}")


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
