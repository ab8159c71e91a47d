"""The panel over the real services, and browsers that are logged in to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSCloseCode, web
from aiohttp.test_utils import TestClient, TestServer

from agents_ui.app import build
from agents_ui.shell import assets, texts
from agents_ui.shell.assets import Assets
from agents_ui.shell.live import LinkPace
from agents_ui.shell.port import Grant, PanelSettings, PhoneLogin, Realm, Role, Session
from agents_ui.shell.texts import Language
from lab.pages.people import PASSWORD
from lab.pages.sample import Prepared, prepare
from lab.pages.stage import ORIGIN, StagedHistory, staged


class Link(ClientWebSocketResponse):
    """Its `close_code` is what the panel has said, also where the answer to that finds nobody."""

    _said: int | None = None

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"") -> bool:
        self._said = self.close_code
        return await super().close(code=code, message=message)

    @property
    def close_code(self) -> int | None:
        return super().close_code if self._said is None else self._said


Browser = TestClient[web.Request, web.Application]
Enter = Callable[[str | None], Awaitable[Browser]]
GiveRole = Callable[..., Awaitable[None]]
"""A browser, a role, and the realms in which."""


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates that one test has compiled are compiled for all."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def settings(compiled: Path) -> PanelSettings:
    """Plain HTTP, with the demonstration's telephone."""
    phone = PhoneLogin(
        uri="sip:citizen@pbx.test",
        password=PASSWORD,
        websocket="ws://pbx.test:8088/ws",
        display_name="Citizen",
    )
    return PanelSettings(
        origin=ORIGIN,
        secure=False,
        demo_phone=phone,
        phone_origins=("wss://phones.test:8089",),
        compiled=compiled,
    )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The database of every test, to be copied."""
    return asyncio.run(prepare(tmp_path_factory.mktemp("prepared")))


@pytest.fixture
async def world(prepared: Prepared, tmp_path: Path) -> AsyncIterator[StagedHistory]:
    """The hotline behind the pages."""
    async with staged(prepared, tmp_path, board_s=0.02, line_s=0.02) as stage:
        yield stage


@pytest.fixture
def pace() -> LinkPace:
    """So fast that a test need not wait."""
    return LinkPace(tick_s=0.02, recheck_s=0.02, send_s=0.3, farewell_s=0.3)


@pytest.fixture(scope="session")
def read_assets() -> Callable[[], Assets]:
    """What no test changes is read once."""
    return assets.unchanging()


@pytest.fixture(scope="session")
def languages() -> Mapping[str, Language]:
    """The same."""
    return texts.read()


@pytest.fixture
def app(
    world: StagedHistory,
    pace: LinkPace,
    settings: PanelSettings,
    read_assets: Callable[[], Assets],
    languages: Mapping[str, Language],
) -> web.Application:
    """The panel."""
    return build(world.ports(settings), pace=pace, read_assets=read_assets, languages=languages)


@pytest.fixture
async def server(app: web.Application) -> AsyncIterator[TestServer]:
    """The panel on a free port."""
    async with TestServer(app) as running:
        yield running


@pytest.fixture
def sessions() -> dict[str, Session]:
    """Who has logged in, by the cookie's secret."""
    return {}


@pytest.fixture
async def enter(
    server: TestServer, world: StagedHistory, sessions: dict[str, Session]
) -> AsyncIterator[Enter]:
    """Open a browser; with a name, somebody has logged in there."""
    browsers: list[Browser] = []

    async def open_browser(name: str | None) -> Browser:
        cookies = {}
        if name is not None:
            session = await world.accounts.log_in(name, PASSWORD, address="127.0.0.1")
            sessions[session.token] = session
            cookies["cc"] = session.token
        browser: Browser = TestClient(server, cookies=cookies, ws_response_class=Link)
        browsers.append(browser)
        return browser

    yield open_browser
    for browser in browsers:
        await browser.close()  # with each answer that was not read to its end, and the server


@pytest.fixture
def grant(world: StagedHistory, sessions: dict[str, Session]) -> GiveRole:
    """Give whoever has logged in there a role instead of all others."""

    async def give(browser: Browser, role: Role, *realms: Realm) -> None:
        (cookie,) = (one for one in browser.session.cookie_jar if one.key == "cc")
        user_id = sessions[cookie.value].person.user_id
        grants = {Grant(role=role, realm=realm) for realm in realms}
        await world.accounts.set_grants(user_id, grants, by="test")

    return give


@pytest.fixture
def csrf(sessions: dict[str, Session]) -> Callable[[Browser], str]:
    """The token that the pages of a logged-in browser hold."""

    def of(browser: Browser) -> str:
        (cookie,) = (c for c in browser.session.cookie_jar if c.key == "cc")
        return sessions[cookie.value].csrf

    return of


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait for a condition, for at most ten seconds."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - any condition, not only an event
                await asyncio.sleep(0.001)

    return wait


@pytest.fixture
def hear() -> Callable[..., Awaitable[dict[str, Any]]]:
    """The next message of a type on a live link; others are passed over."""

    async def next_of(link: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while True:
                message: dict[str, Any] = await link.receive_json()
                if message["type"] == kind:
                    return message

    return next_of


@pytest.fixture
async def freeze(server: TestServer) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Open a socket (a desk's live link) by hand, with the smallest buffer, and never read."""
    frozen: list[socket.socket] = []

    async def open_link(browser: Browser, path: str = "/desk/live", *more: str) -> None:
        link = socket.socket()
        frozen.append(link)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        link.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(link, (server.host, server.port))
        (cookie,) = browser.session.cookie_jar
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {server.host}",
            f"Origin: {ORIGIN}",
            f"Cookie: cc={cookie.value}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            *more,
        )
        await loop.sock_sendall(link, ("\r\n".join(lines) + "\r\n\r\n").encode())

    yield open_link
    for link in frozen:
        link.close()
