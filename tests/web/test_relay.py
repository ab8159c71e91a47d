"""The browser phone's socket: who gets one, what goes through it, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from aiohttp import WSCloseCode, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from agents_ui.shell import relay
from agents_ui.shell.keys import LINKS
from agents_ui.shell.live import MESSAGE_LIMIT
from contactcentre.core import commands
from lab.pages.people import AGENTS
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web

REGISTER = "REGISTER sip:pbx.test SIP/2.0\r\n\r\n"
OK = "SIP/2.0 200 OK\r\n\r\n"
SIP = {"protocols": ("sip",), "headers": {"Origin": ORIGIN}}


class Exchange:
    """Answers every message, and keeps its sockets for the test."""

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.heard: list[str] = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One phone's socket."""
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            await self.reads.wait()
            self.heard.append(message.data)
            await socket.send_str(OK)
        return socket


@pytest.fixture
async def exchange(settings) -> AsyncIterator[Exchange]:
    """An exchange that takes phones."""
    exchange = Exchange()
    app = web.Application()
    app.router.add_get("/ws", exchange.serve)
    async with TestServer(app, port=urlsplit(settings.exchange).port):
        yield exchange
        for socket in exchange.sockets:
            await socket.close()


@pytest.fixture
def settings(settings, free_port):
    """With an exchange, and another for the demonstration's phone."""
    url = f"ws://127.0.0.1:{free_port()}/ws"
    return replace(settings, exchange=url, demo_exchange=url, phone_origins=())


async def refused(browser, path="/desk/sip", **other) -> int:
    """The status with which it is not opened."""
    with pytest.raises(WSServerHandshakeError) as error:
        await browser.ws_connect(path, **{**SIP, **other})
    return error.value.status


async def test_both_ways(enter, exchange):
    """What the page says reaches the exchange as it was said, and what that says the page."""
    line = await (await enter("idle")).ws_connect("/desk/sip", **SIP)
    assert line.protocol == "sip"
    await line.send_str(REGISTER)
    assert await line.receive_str() == OK
    assert exchange.heard == [REGISTER]


@pytest.mark.parametrize(
    ("name", "other", "status"),
    [
        (None, {}, 401),
        ("board", {}, 403),
        ("idle", {"headers": {"Origin": "https://elsewhere.test"}}, 403),
        ("idle", {"headers": {}}, 403),
        ("idle", {"protocols": ()}, 400),
        ("idle", {"protocols": ("mqtt",)}, 400),
    ],
)
async def test_who_gets_none(enter, exchange, name, other, status):
    """Without a log-in, for a role without a phone, for a page of another site, for no phone: the
    exchange hears nothing of it."""
    assert await refused(await enter(name), **other) == status
    assert exchange.sockets == []


async def test_a_plain_request(enter, exchange):
    """Is a bad one."""
    answer = await (await enter("idle")).get("/desk/sip", headers={"Origin": ORIGIN})
    assert answer.status == 400


async def test_an_exchange_that_is_away(enter):
    """503, and the phone comes back by itself."""
    assert await refused(await enter("idle")) == 503


async def test_so_many_and_no_more(enter, exchange, app, until):
    """One log-in has a few; another has its own, and one that is closed makes room."""
    browser, other = await enter("idle"), await enter("idle")
    lines = [await browser.ws_connect("/desk/sip", **SIP) for _ in range(relay.EACH)]
    assert await refused(browser) == 429
    await other.ws_connect("/desk/sip", **SIP)
    await lines[0].close()
    await until(lambda: len(app[relay.PHONES]) == relay.EACH)
    await browser.ws_connect("/desk/sip", **SIP)


async def test_log_out(enter, exchange, csrf, until):
    """Ends the phone's socket on both sides."""
    browser = await enter("idle")
    line = await browser.ws_connect("/desk/sip", **SIP)
    await browser.post("/logout", data={"csrf": csrf(browser)}, headers={"Origin": ORIGIN})
    assert (await line.receive(timeout=10)).type is WSMsgType.CLOSE
    assert line.close_code == 4401
    await until(lambda: exchange.sockets[0].closed)


async def test_who_is_logged_out_of_the_hotline(enter, exchange, world):
    """By want of a phone, a supervisor or age: the socket goes, and there is no new one."""
    browser = await enter("idle")
    line = await browser.ws_connect("/desk/sip", **SIP)
    world.apply(commands.AgentLoggedOut(at=world.at, agent_id=AGENTS["idle"].agent_id))
    assert (await line.receive(timeout=10)).type is WSMsgType.CLOSE
    assert await refused(browser) == 403


async def test_a_session_that_ends_in_a_talk(enter, exchange, world, sessions, hear):
    """The phone stays to the talk's end, for it alone can hang up; then it goes."""
    browser = await enter("talking")
    line = await browser.ws_connect("/desk/sip", **SIP)
    link = await browser.ws_connect("/desk/live", headers={"Origin": ORIGIN})
    (session,) = sessions.values()
    await world.accounts.end_sessions(session.person.user_id)
    world.apply(commands.AgentLoggedOut(at=world.at, agent_id=session.person.agent_id))
    await hear(link, "session_over")
    assert await refused(browser) == 401
    await line.send_str(REGISTER)
    assert await line.receive_str() == OK
    world.hangs_up(AGENTS["talking"].number)
    assert (await line.receive(timeout=10)).type is WSMsgType.CLOSE
    assert line.close_code == 4401


async def test_an_exchange_that_leaves(enter, exchange):
    """The page is told to come back in a moment."""
    line = await (await enter("idle")).ws_connect("/desk/sip", **SIP)
    await line.send_str(REGISTER)
    await line.receive_str()
    await exchange.sockets[0].close()
    assert (await line.receive(timeout=10)).type is WSMsgType.CLOSE
    assert line.close_code == WSCloseCode.TRY_AGAIN_LATER


async def test_a_page_that_leaves(enter, exchange, app, until):
    """Nothing stays behind."""
    line = await (await enter("idle")).ws_connect("/desk/sip", **SIP)
    await line.close()
    await until(lambda: len(app[relay.PHONES]) == len(app[LINKS]) == 0)
    await until(lambda: exchange.sockets[0].closed)


async def test_a_service_that_stops(enter, exchange, app):
    """The page is told so."""
    line = await (await enter("idle")).ws_connect("/desk/sip", **SIP)
    app[LINKS].end_all()
    assert (await line.receive(timeout=10)).type is WSMsgType.CLOSE
    assert line.close_code == WSCloseCode.SERVICE_RESTART


@pytest.mark.parametrize("message", ["x" * (MESSAGE_LIMIT + 1), b"\xff\xfe"])
async def test_a_message_that_no_phone_sends(enter, exchange, message):
    """Too long, or no text: it does not reach the exchange."""
    line = await (await enter("idle")).ws_connect("/desk/sip", **SIP)
    await (line.send_bytes if isinstance(message, bytes) else line.send_str)(message)
    await line.send_str(REGISTER)
    await line.receive(timeout=10)
    assert exchange.heard in ([], [REGISTER])


async def test_a_page_that_floods(enter, exchange):
    """More messages than a phone can cause end the link."""
    line = await (await enter("idle")).ws_connect("/desk/sip", **SIP)
    for _ in range(200):
        await line.send_str(REGISTER)
    while (await line.receive(timeout=10)).type is WSMsgType.TEXT:
        pass
    assert line.close_code == WSCloseCode.POLICY_VIOLATION


async def test_a_page_that_does_not_read(enter, exchange, app, until, freeze):
    """It is cut off, before what waits for it grows."""
    await freeze(await enter("idle"), "/desk/sip", "Sec-WebSocket-Protocol: sip")
    await until(lambda: exchange.sockets)
    with suppress(ConnectionError):
        async with asyncio.timeout(20):
            while True:
                await exchange.sockets[0].send_str("x" * 60_000)
    await until(lambda: len(app[relay.PHONES]) == 0)


async def test_the_demonstration(enter, exchange):
    """Its phone has a way of its own, without a log-in, and for its own page alone."""
    browser = await enter(None)
    line = await browser.ws_connect("/demo/sip", **SIP)
    await line.send_str(REGISTER)
    assert await line.receive_str() == OK
    assert await refused(browser, "/demo/sip", headers={"Origin": "https://elsewhere.test"}) == 403
