"""What layers share: their markers, ports that nobody else uses, a real PostgreSQL of our own."""

# ruff: noqa: S603 - the commands are ours

import asyncio
import gc
import itertools
import os
import pwd
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile, mkdtemp
from typing import Any

import pytest
import structlog
from hypothesis import settings

from lab.compiled_once import compile_once
from lab.traces import Finding, Traces, scan

# Seconds in all, alike each time; `--hypothesis-profile=long` searches for an hour instead.
settings.register_profile("short", max_examples=20, deadline=None, derandomize=True)
settings.register_profile(
    "long", max_examples=50_000, stateful_step_count=100, deadline=None, database=None
)
settings.load_profile("short")

LAYERS = frozenset({"unit", "web", "integration", "asterisk", "e2e"})

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many fuzzed values each surface is given."""
    parser.addoption("--fuzz", type=int, default=300, help="fuzzed values a surface")
    parser.addoption("--day-calls", type=int, default=200, help="calls of a day in reports")


@pytest.fixture(scope="session")
def fuzz(request: pytest.FixtureRequest) -> int:
    """So many fuzzed values a surface."""
    count: int = request.config.getoption("--fuzz")
    return count


# --- what a run leaves behind -----------------------------------------------------------------

PERSONAL = 10
"""Exit status of a run in whose traces something of a person was found. To try once more is no
cure for that."""

_RUN = pytest.StashKey[Path]()
_FOUND = pytest.StashKey[list[Finding]]()


def pytest_configure(config: pytest.Config) -> None:
    """One folder for all who test beside each other."""
    given = getattr(config, "workerinput", {}).get("traces")
    config.stash[_RUN] = Path(given or mkdtemp(prefix="cc-traces-"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes may hold a time of day: every process must know a test by the same name."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called for each of them by the one who leads them."""
    node.workerinput["traces"] = str(node.config.stash[_RUN])


@pytest.fixture(scope="session")
def traced(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Traces]]:
    """A function: where a hotline and its browsers leave what they leave. In the end all of it is
    looked at."""
    made: list[Traces] = []

    def trace(name: str) -> Traces:
        folder = f"{re.sub(r'[^a-z_-]+', '-', name)[:80]}-{os.getpid()}-{len(made)}"
        made.append(Traces(request.config.stash[_RUN] / folder))
        return made[-1]

    yield trace
    for one in made:
        one.close()


@pytest.fixture
def traces(request: pytest.FixtureRequest, traced: Callable[[str], Traces]) -> Traces:
    """Where those of one test do."""
    return traced(request.node.name)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whoever leads looks through the traces of all; without a finding nothing is left of them."""
    if hasattr(session.config, "workerinput"):
        return
    run = session.config.stash[_RUN]
    session.config.stash[_FOUND] = found = scan(run)
    if found:
        session.exitstatus = PERSONAL
    else:
        shutil.rmtree(run, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say where something of a person was found, and of what kind it is."""
    found = config.stash.get(_FOUND, [])
    if found:
        terminalreporter.section(f"personal data, in {config.stash[_RUN]}")
    for finding in found:
        terminalreporter.write_line(str(finding))


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: to look through it again and again takes a sixteenth
    of the time of the pages' tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that does not belong to exactly one layer; long ones begin first."""
    for item in items:
        layers = LAYERS & {mark.name for mark in item.iter_markers()}
        if len(layers) != 1:
            raise pytest.UsageError(
                f"{item.nodeid}: exactly one layer marker of {sorted(LAYERS)} is needed"
            )
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


def _ports() -> Iterator[int]:
    # Below the range from which the system takes ports of outgoing connections. A port is chosen
    # long before somebody listens there: so those who test beside each other have a part each, and
    # others who were started one after another begin far apart in it.
    beside = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    room = 12_000 // beside
    first = os.getpid() * 4_099 % room
    for offset in itertools.count():
        yield 20_000 + mine * room + (first + offset) % room


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A function that gives a TCP and UDP port of loopback that is free, each time another."""
    ports = _ports()

    def take() -> int:
        for port in ports:
            if _is_free(port):
                return port
        raise AssertionError

    return take


def _is_free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


class Postgres:
    """A PostgreSQL cluster in `folder`; `stop` and `start` play an outage."""

    def __init__(self, folder: Path, port: int) -> None:
        self._bin = _postgres_bin()
        self._data = folder / "data"
        self.port = port
        self._here = ("-h", "127.0.0.1", "-p", port, "-U", "tests")
        self._shared = ""
        self._mark = "0"  # of the tables in it
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
        self._command("createdb", *self._here, database)
        return f"postgresql+asyncpg://tests@127.0.0.1:{self.port}/{database}"

    def empty(self, dumped: Path | None = None) -> str:
        """The URL of a database in which only that is; whoever had it before loses it."""
        self._shared = self._shared or self.create("shared")
        # Emptied, not made anew: a new one is three hundred files.
        files = {path.stem: path for path in dumped.glob("*.sql")} if dumped else {}
        given = {"ON_ERROR_STOP": 1, "made": self._mark if dumped else 0, **files}
        words = (word for name, value in given.items() for word in ("-v", f"{name}={value}"))
        how = (*self._here, "-At", "-d", "shared", *words, "-f", "-")
        said = self._command("psql", *how, given=(ROOT / "tests" / "filled.sql").read_text())
        self._mark = said.split()[-1] if dumped else "0"
        return self._shared

    def dump(self, folder: Path) -> None:
        """Write down the statements that make what `empty` gave as it now is."""
        here = (*self._here, "-d", "shared", "-f")
        self._command("pg_dump", *here, folder / "tables.sql", "--schema-only")
        self._command("pg_dump", *here, folder / "rows.sql", "--data-only")

    def _command(self, name: str, *args: object, given: str = "") -> str:
        command = [str(self._bin / name), *map(str, args)]
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        # Not a pipe for what it says: a server that is started here would hold it.
        with TemporaryFile("w+") as said:
            subprocess.run(
                command,
                check=True,
                input=given,
                text=True,
                user=self._user,
                group=pwd.getpwnam(self._user).pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
                cwd="/",
                env=env,
                stdout=said,
            )
            said.seek(0)
            return said.read()


def _postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.fail("PostgreSQL is missing: install the package postgresql")
    return found[-1].parent


@pytest.fixture(scope="session")
def postgres(free_port: Callable[[], int]) -> Iterator[Postgres]:
    """A running PostgreSQL."""
    # Not pytest's own folder: that is closed to the user postgres.
    with TemporaryDirectory(prefix="cc-pg-") as folder:
        server = Postgres(Path(folder), free_port())
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> None:
    """Before any test makes an engine."""
    compile_once()


@pytest.fixture(autouse=True)
def default_log() -> Iterator[None]:
    """A command run inside a test sets up the log for its own standard error; undone here."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with sample data: fifteen password hashes take seconds, so they are made once."""
    from contactcentre.cli.launcher import prepare
    from contactcentre.settings import Settings

    home = tmp_path_factory.mktemp("sample")
    settings = Settings.model_validate({"home": home, "sample": True})
    asyncio.run(prepare(settings))
    return home
