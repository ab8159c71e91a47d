"""The browser phone's way to the exchange: a socket of its page, joined to one of the exchange.

Theory: so there is one origin and one certificate, and the exchange listens to nobody but us. Who
asks is known before the socket opens. Then frames go as they come, each way a job of its own that
reads no further while the other side takes no more: what is under way is one frame and what the
two sockets may hold. Sound does not go this way: a talk goes on while a socket is broken.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    DummyCookieJar,
    TCPConnector,
    WSMsgType,
    web,
)

from agents_ui.shell import links, live
from agents_ui.shell.errors import Denied
from agents_ui.shell.forgery import check_origin
from agents_ui.shell.keys import LINKS, PACE
from agents_ui.shell.places import Places
from agents_ui.shell.port import Unavailable

PROTOCOL: Final = "sip"
EACH: Final = 4
"""So many phones of one log-in: a page that is reloaded has two for a moment, and so may another
window."""

DIAL_S: Final = 3.0
FAREWELL: Final = ClientWSTimeout(ws_close=0.1)
"""Asterisk answers no good-bye."""

Far = ClientWebSocketResponse[bool]

CLIENT = web.AppKey("exchange-client", ClientSession)
PHONES = web.AppKey("phones", Places)


async def ready(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context: exchanges can be reached while the panel runs."""
    app[PHONES] = Places()
    connector = TCPConnector(limit=0)  # by default a hundred
    async with ClientSession(connector=connector, cookie_jar=DummyCookieJar()) as client:
        app[CLIENT] = client
        yield


async def join(
    request: web.Request,
    exchange: str,
    whose: str,
    until: Callable[[live.Link], Coroutine[Any, Any, None]] | None = None,
) -> web.WebSocketResponse:
    """Join the page with `exchange` (ws://...) until one side leaves, or `until` ends the link.

    The caller has seen who asks. Raises `Denied` (400, 403, 429), `Unavailable` where the exchange
    is away; then no socket was opened.
    """
    check_origin(request, required=True)
    if PROTOCOL not in _offered(request):
        raise Denied("bad-request", status=400)
    with request.app[PHONES].take(whose, EACH):
        async with _dialled(request.app[CLIENT], exchange) as far:
            link, socket = await live.accept(request, request.app[PACE], (PROTOCOL,))
            jobs = [_up(link, far), _down(link, far), *([until(link)] if until else [])]
            with request.app[LINKS].keep(link):
                await links.run(request, link, live.together(*jobs))
    return socket


def _offered(request: web.Request) -> set[str]:
    """aiohttp would write the browser's address into the log where nothing fits."""
    names = ",".join(request.headers.getall("Sec-WebSocket-Protocol", []))
    return {name.strip() for name in names.split(",")}


@asynccontextmanager
async def _dialled(client: ClientSession, exchange: str) -> AsyncIterator[Far]:
    try:
        async with asyncio.timeout(DIAL_S):
            far: Far = await client.ws_connect(
                exchange,
                protocols=(PROTOCOL,),
                timeout=FAREWELL,
                max_msg_size=live.MESSAGE_LIMIT,
                decode_text=False,
            )
    except (ClientError, TimeoutError):
        raise Unavailable from None
    try:
        yield far
    finally:
        await far.close()


async def _up(link: live.Link, far: Far) -> None:
    """A job: what the page says."""
    async for words in link.messages():
        try:
            await far.send_str(words)
        except ConnectionError:
            raise live.away() from None


async def _down(link: live.Link, far: Far) -> None:
    """A job: what the exchange says; when it leaves, the page is to come back in a moment."""
    async for message in far:
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            await link.say(message.data)
    raise live.away()
