"""Strangers at the panel's port, idle, slow and many: they keep nobody out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from agents_ui.shell import bodies, connections, server
from agents_ui.shell.keys import SETTINGS
from agents_ui.shell.port import PanelSettings
from agents_ui.shell.server import CONNECTIONS, PanelRunner
from lab.pages.people import PASSWORD
from lab.pages.stage import ORIGIN, StagedHistory

pytestmark = pytest.mark.web

MOST, EACH = 12, 4
HERE, THERE = "127.0.0.7", "127.0.0.8"
HEAD = "GET /healthz HTTP/1.1\r\nHost: panel.test\r\n"
FORM = (
    f"POST /login HTTP/1.1\r\nHost: panel.test\r\nOrigin: {ORIGIN}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nusername="
)

Stranger = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Street:
    """Connections to a panel, from several addresses."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._opened: list[asyncio.StreamWriter] = []

    async def come(self, of: str = HERE, said: str = "") -> Stranger:
        """Open one, and say something or nothing."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(of, 0))
        self._opened.append(writer)
        writer.write(said.encode())
        return reader, writer

    async def is_answered(self, of: str) -> bool:
        """Whether somebody who comes from there gets an answer."""
        reader, _ = await self.come(of, f"{HEAD}\r\n")
        async with asyncio.timeout(10):
            return (await reader.readline()).startswith(b"HTTP/1.1 200")

    def go(self) -> None:
        """All of them."""
        for writer in self._opened:
            writer.transport.abort()


async def told(stranger: Stranger) -> bytes:
    """All that it is told until its end."""
    async with asyncio.timeout(10):
        try:
            return await stranger[0].read()
        except ConnectionError:
            return b""


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[Street]:
    """A panel as it is served, and who comes there."""
    runner = PanelRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    street = Street(runner.addresses[0][1])
    try:
        yield street
    finally:
        street.go()
        await runner.cleanup()


@pytest.fixture
def settings(settings: PanelSettings) -> PanelSettings:
    """Few places."""
    return replace(settings, sockets=MOST, sockets_each=EACH)


@pytest.fixture
async def street(app: web.Application) -> AsyncIterator[Street]:
    """Before the panel."""
    async with served(app) as street:
        yield street


async def test_idle_strangers_make_room(street: Street, app: web.Application) -> None:
    """Who came first and said nothing goes, when one more comes from that address."""
    strangers = [await street.come() for _ in range(EACH)]
    assert await street.is_answered(HERE)
    assert await told(strangers[0]) == b""
    assert app[CONNECTIONS].strangers == EACH


async def test_slow_strangers_make_room_too(street: Street, app: web.Application) -> None:
    """With half a head, or half a body."""
    for said in (HEAD, FORM) * EACH:
        await street.come(said=said)
    assert await street.is_answered(HERE)
    assert app[CONNECTIONS].strangers == EACH


async def test_idle_strangers_of_many_addresses(street: Street, app: web.Application) -> None:
    """They have half of all places, and others come in all the same."""
    for number in range(MOST):
        await street.come(f"127.0.1.{number + 1}")
    assert await street.is_answered(THERE)
    assert app[CONNECTIONS].strangers == MOST // 2


async def test_a_full_house(settings: PanelSettings) -> None:
    """Where each connection of an address is being answered, the next is told so, and why."""
    gate, waiting = asyncio.Event(), 0

    async def slow(_: web.Request) -> web.Response:
        nonlocal waiting
        waiting += 1
        await gate.wait()
        return web.Response(text="ok")

    app = web.Application()
    app[SETTINGS] = settings
    server.count(app, settings)
    app.router.add_get("/healthz", slow)
    async with served(app) as street:
        there = [await street.come(HERE, f"{HEAD}\r\n") for _ in range(EACH)]
        async with asyncio.timeout(10):
            while waiting < EACH:  # noqa: ASYNC110 - a handler tells it
                await asyncio.sleep(0.001)
        refused = await told(await street.come(HERE))
        assert refused.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert refused.endswith(b'{"error": "crowded"}')
        assert b"Content-Security-Policy: default-src 'none';" in refused
        gate.set()
        assert [(await one.readline())[:12] for one, _ in there] == [b"HTTP/1.1 200"] * EACH


async def test_a_head_that_does_not_come(
    app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte it lasts no longer: the connection ends."""
    monkeypatch.setattr(server, "HEAD_S", 0.3)
    async with served(app) as street:
        slow, idle = await street.come(said="GET /"), await street.come()
        dribble = asyncio.create_task(_dribble(slow[1]))
        assert await told(slow) == await told(idle) == b""
        dribble.cancel()


async def _dribble(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.02)


async def test_a_body_that_does_not_come(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """408, and the connection ends."""
    monkeypatch.setattr(bodies, "BODY_S", 0.1)
    answer = await told(await street.come(said=FORM))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'{"error": "too-slow"}' in answer


async def test_an_answer_that_nobody_reads(
    street: Street, app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Again and again, until nothing more fits: it is not kept for ever."""
    monkeypatch.setattr(connections, "LIFE_S", 0.3)
    scripts = "GET /static/x/shell/vendor/jssip.min.js HTTP/1.1\r\nHost: panel.test\r\n\r\n"
    _, writer = await street.come(said=scripts * 50)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    async with asyncio.timeout(10):
        while app[CONNECTIONS].strangers:  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)
    assert app[CONNECTIONS].ended["outlived"] == 1


async def test_who_is_logged_in_stays(
    street: Street,
    world: StagedHistory,
    app: web.Application,
    until: Callable[[Callable[[], object]], Awaitable[None]],
) -> None:
    """However many strangers come, from wherever: even from the same address."""
    session = await world.accounts.log_in("idle", PASSWORD, address=HERE)
    mine = await street.come(HERE, f"{HEAD}Cookie: cc={session.token}\r\n\r\n")
    assert (await mine[0].readline()).startswith(b"HTTP/1.1 200")
    for of in (HERE, THERE) * MOST:
        await street.come(of)
    await until(lambda: app[CONNECTIONS].strangers == MOST // 2)
    assert app[CONNECTIONS].known == 1
    async with asyncio.timeout(10):
        await mine[0].readuntil(b"ok\n")
        mine[1].write(f"{HEAD}\r\n".encode())
        await mine[0].readuntil(b"ok\n")


async def test_behind_a_proxy(settings: PanelSettings, world: StagedHistory) -> None:
    """Strangers there are told apart by what it says of them: each has so many requests at once."""
    from agents_ui.app import build

    trusting = replace(settings, trusted_proxies=(f"{HERE}/32",))
    app = build(world.ports(trusting))

    async with served(app) as street:
        slow = FORM.replace("\r\n", "\r\nX-Forwarded-For: 198.51.100.1\r\n", 1)
        for _ in range(EACH):
            await street.come(HERE, slow)
        async with asyncio.timeout(10):
            while len(app[server.REQUESTS]) < EACH:  # noqa: ASYNC110 - nobody tells it
                await asyncio.sleep(0.001)
        for one, status in (("198.51.100.1", b"429"), ("198.51.100.2", b"200")):
            reader, _ = await street.come(HERE, f"{HEAD}X-Forwarded-For: {one}\r\n\r\n")
            assert (await reader.readline()).split()[1] == status
