"""A real Asterisk for each test (it starts in half a second), telephones, and bare AMI and AGI."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from contactcentre.core import events
from contactcentre.core.config.network import Network
from contactcentre.core.config.trunk import Trunk
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.telephony.ami import AmiSettings
from contactcentre.telephony.asterisk import Asterisk, Order
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.fallback_log import FallbackLog, FallbackReader
from contactcentre.telephony.pbx import Pbx, PbxSettings, running
from contactcentre.telephony.pressed_keys import PressedKeys
from contactcentre.telephony.trunks import Trunks
from lab.browser_phone import HOST as CARRIER
from lab.carrier import line_to
from lab.hotline import HotlineFor, Rehearsal, edit, rehearsal
from lab.telephone import Telephone, telephone
from lab.traces import Traces

StartPbx = Callable[..., Awaitable[Pbx]]


@pytest.fixture
async def start_pbx(
    root: Path, free_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[StartPbx]:
    """A function that starts an Asterisk with its own folder and ports; trunks and settings may be
    given, with the secret of their log-ins. Its carrier is at the same port of another address, if
    not said otherwise."""
    async with AsyncExitStack() as stack:

        async def start(*trunks: Trunk, secret: str = "", **given: Any) -> Pbx:
            home = tmp_path_factory.mktemp("pbx")
            first = 10_000 + free_port() % 90 * 100
            sip_port = given.pop("sip_port", None) or free_port()
            settings: dict[str, Any] = {
                "home": home,
                "templates": root / "config" / "asterisk",
                "prompts": home / "prompts",
                "music": home / "music",
                "directory": home / "directory.sqlite",
                "ami_secret": "0123456789abcdef",
                "sip_port": sip_port,
                "http_port": free_port(),
                "ami_port": free_port(),
                "rtp_first": first,
                "rtp_last": first + 99,
                "agi": (f"127.0.0.1:{free_port()}",),
            }
            made = PbxSettings(**settings | given)
            directory = Directory(made.directory)
            directory.create()
            directory.lay(trunks or [line_to(CARRIER, sip_port)])
            for trunk in trunks if secret else ():
                directory.give_secret(trunk.trunk_id, secret)
            pbx = await stack.enter_async_context(running(made))
            # A gentle end takes a second, and nothing here is worth it.
            stack.push_async_callback(pbx.kill)
            return pbx

        yield start


@pytest.fixture
async def pbx(start_pbx: StartPbx) -> Pbx:
    """An Asterisk that takes calls."""
    return await start_pbx()


@pytest.fixture
def directory(pbx: Pbx) -> Directory:
    """The directory of `pbx`."""
    return Directory(pbx.settings.directory)


class Ami:
    """A log-in to AMI with nothing between the test and the wire."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._unread: list[dict[str, str]] = []

    async def act(self, action: str, **fields: str | tuple[str, ...]) -> dict[str, str]:
        """Send one action; its response. Several values are a line each."""
        given = ((name, (one,) if isinstance(one, str) else one) for name, one in fields.items())
        lines = [f"{name}: {value}" for name, values in given for value in values]
        self._writer.write("\r\n".join((f"Action: {action}", *lines, "\r\n")).encode())
        while "Response" not in (message := await self._next()):
            self._unread.append(message)
        return message

    async def event(self, name: str, **fields: str) -> dict[str, str]:
        """The next event of that name with these values; those before it are dropped."""
        wanted = {"Event": name} | fields
        while not wanted.items() <= (message := await self.any_event()).items():
            pass
        return message

    async def any_event(self) -> dict[str, str]:
        """The next event."""
        return self._unread.pop(0) if self._unread else await self._next()

    async def _next(self) -> dict[str, str]:
        async with asyncio.timeout(30):
            lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        return dict(line.split(": ", 1) for line in lines if ": " in line)


@pytest.fixture
async def log_in() -> AsyncIterator[Callable[[Pbx], Awaitable[Ami]]]:
    """A function that logs in to the AMI of an Asterisk as the service does."""
    async with AsyncExitStack() as stack:

        async def connect(pbx: Pbx) -> Ami:
            settings = pbx.settings
            reader, writer = await asyncio.open_connection(settings.ami_host, settings.ami_port)
            stack.push_async_callback(writer.wait_closed)
            stack.callback(writer.close)
            await reader.readline()
            ami = Ami(reader, writer)
            said = await ami.act("Login", Username=settings.ami_user, Secret=settings.ami_secret)
            assert said["Response"] == "Success"
            return ami

        yield connect


@pytest.fixture
async def ami(pbx: Pbx, log_in: Callable[[Pbx], Awaitable[Ami]]) -> Ami:
    """A log-in to the AMI of `pbx`."""
    return await log_in(pbx)


@pytest.fixture
async def citizen(pbx: Pbx) -> AsyncIterator[Telephone]:
    """A telephone behind the carrier."""
    async with telephone("127.0.0.2", ("127.0.0.1", pbx.settings.sip_port)) as phone:
        yield phone


@pytest.fixture
async def agent(pbx: Pbx, directory: Directory, ami: Ami) -> AsyncIterator[Telephone]:
    """The desk phone `a-1`: enrolled, registered, reachable, a member of the fallback queue."""
    directory.enrol("a-1", "secret-1", kind="desk", queue_penalty=0)
    async with telephone("127.0.0.1", ("127.0.0.1", pbx.settings.sip_port)) as phone:
        await phone.register("a-1", "secret-1")
        await ami.event("ContactStatus", EndpointName="a-1", ContactStatus="NonQualified")
        await ami.act("PJSIPQualify", Endpoint="a-1")
        await ami.event("ContactStatus", EndpointName="a-1", ContactStatus="Reachable")
        yield phone


@pytest.fixture
def linked(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[asyncio.Queue[Order]]]:
    """A function that keeps the link to an Asterisk's manager as the service does, for as long as
    its block lasts, with these trunks in force; it takes orders, and what it learns is `told`."""

    @asynccontextmanager
    async def link(
        pbx: Pbx,
        *trunks: Trunk,
        keys: PressedKeys | None = None,
        told: Callable[[events.Event], None] = lambda event: None,
    ) -> AsyncIterator[asyncio.Queue[Order]]:
        settings, log = pbx.settings, FallbackLog(tmp_path / "fallback.sqlite")
        log.create()
        known = Trunks(Directory(settings.directory), lambda _: None)
        known.note(Network(version=1, trunks={one.trunk_id: one for one in trunks}))
        orders: asyncio.Queue[Order] = asyncio.Queue()
        up = asyncio.Event()
        asterisk = Asterisk(
            AmiSettings(
                host=settings.ami_host,
                port=settings.ami_port,
                username=settings.ami_user,
                secret=settings.ami_secret,
            ),
            post=told,
            orders=orders,
            endpoints=lambda: (),
            holding=dict,
            recalling=lambda call_id: None,
            parking=lambda call_id, leg_id: None,
            dialled=lambda event: None,
            present=lambda at, channels: up.set(),
            heartbeat="CC_BEAT",
            fallback=FallbackReader(log, lambda event: None),
            keys=PressedKeys() if keys is None else keys,
            trunks=known,
        )
        running = asyncio.create_task(asterisk.run(), name="manager")
        await up.wait()
        yield orders
        running.cancel()
        await asyncio.wait([running])

    return link


class AgiCall:
    """A caller on the leash, with nothing between the test and the wire."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.environment: dict[str, str] = {}
        self._reader = reader
        self._writer = writer

    async def greet(self) -> None:
        """Read what Asterisk says first."""
        while line := (await self._reader.readline()).decode().strip():
            name, _, value = line.partition(": ")
            self.environment[name] = value

    async def command(self, text: str) -> str:
        """Send a command; the line that answers it."""
        self._writer.write(f"{text}\n".encode())
        return (await self._reader.readline()).decode().strip()

    def send(self, text: str) -> None:
        """Send a command and do not wait for its answer."""
        self._writer.write(f"{text}\n".encode())

    async def line(self) -> str:
        """The next line from Asterisk."""
        return (await self._reader.readline()).decode().strip()

    def drop(self) -> None:
        """Close the socket as a killed process would."""
        self._writer.transport.abort()


class AgiService:
    """What Asterisk finds at the first AGI address of `pbx`."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[AgiCall] = asyncio.Queue()
        self._open: list[AgiCall] = []
        self._server: asyncio.Server | None = None

    async def listen(self, port: int) -> None:
        """Take calls at a port of loopback."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", port)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Called with every connection."""
        call = AgiCall(reader, writer)
        self._open.append(call)
        await call.greet()
        await self.calls.put(call)

    def die(self) -> None:
        """Take no more calls, and drop those that were taken, as a killed process would.

        The last first: whoever came first must not owe it to that.
        """
        if self._server is not None:
            self._server.close()
        for call in reversed(self._open):
            call.drop()


@asynccontextmanager
async def _serving(port: int) -> AsyncIterator[AgiService]:
    service = AgiService()
    await service.listen(port)
    try:
        yield service
    finally:
        service.die()


@pytest.fixture
def service_at() -> Callable[[int], AbstractAsyncContextManager[AgiService]]:
    """A function that makes a service at a port, for as long as its block lasts."""
    return _serving


@pytest.fixture
async def service(pbx: Pbx) -> AsyncIterator[AgiService]:
    """A service that takes every call of `pbx`; a test without this fixture has none."""
    async with _serving(int(pbx.settings.agi[0].rpartition(":")[2])) as service:
        yield service


# --- a whole hotline -------------------------------------------------------------------------

DESK_PHONES = (
    "anna.berzina",
    "ilze.ritausma",
    "olga.ziemeleva",
    "tatjana.pienenova",
    "kristaps.abolkoks",
    "janis.kalnvejs",
)


@pytest.fixture(scope="session")
def short_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample data with short rings, as every hotline of these tests has them."""
    home = tmp_path_factory.mktemp("short") / "home"
    shutil.copytree(sample_home, home)
    asyncio.run(_shorten(Settings.model_validate({"home": home, "sample": True}).database))
    return home


async def _shorten(url: str) -> None:
    await edit(url, models.queues, ring_s=4, wrap_up_s=60)
    # Whoever is ready when a centre shuts would be rung no more, in the middle of a test.
    await edit(url, models.centres, calendar_id=None)
    # The thanks take five seconds, and an offer waits for their end.
    async with database.opened(url) as storage, storage.begin() as connection:
        thanks = "UPDATE flows SET document = replace(document, '[wait.thanks]', '[]')"
        await connection.execute(text(thanks))


@pytest.fixture
async def hotline(
    short_home: Path, tmp_path: Path, free_port: Callable[[], int], traces: Traces
) -> AsyncIterator[Rehearsal]:
    """A hotline with short rings and some desk phones. Its service is not started yet."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, short_home, home)
    async with rehearsal(home, free_port, desk_phones=DESK_PHONES, traces=traces) as ready:
        yield ready
        # A gentle end takes a second, and nothing here is worth it.
        await ready.pbx.kill()


@pytest.fixture(scope="session")
def hotline_for(
    short_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
    traced: Callable[[str], Traces],
) -> HotlineFor:
    """A function that makes a hotline for all tests of a file, of that name and with these desk
    phones, and its carrier's telephone; each test leaves it as it was. Its service is not started
    yet."""

    @asynccontextmanager
    async def made(
        name: str, *desk_phones: str, wrap_up_s: int = 3, **changed: str
    ) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
        home = tmp_path_factory.mktemp(name) / "home"
        await asyncio.to_thread(shutil.copytree, short_home, home)
        traces = traced(name)
        async with rehearsal(
            home, free_port, desk_phones=desk_phones, traces=traces, **changed
        ) as ready:
            await ready.edit(models.queues, wrap_up_s=wrap_up_s)
            async with ready.telephone(rung=True) as carrier:
                yield ready, carrier
            await ready.pbx.kill()

    return made


Measured = Callable[[str, float], None]


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """A function that notes how many seconds something took, for the report's end."""

    def note(what: str, seconds: float) -> None:
        request.node.user_properties.append((what, f"{seconds:.2f} s"))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was measured."""
    for report in terminalreporter.getreports("passed"):
        for what, figure in report.user_properties:
            if report.when == "call":
                terminalreporter.write_line(f"{what}: {figure}")
