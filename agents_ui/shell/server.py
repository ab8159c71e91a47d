"""The HTTP server under the panel: who gets a connection, and an answer in our words to what is no
request at all.

aiohttp's own answer to it names its version, has none of the security headers, and leaves a trace
with the sender's address in the log; and it takes connections as they come. It has no hook for
either, hence the three small classes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final, cast

import structlog
from aiohttp import web

from agents_ui.shell import headers, sessions
from agents_ui.shell.addresses import address, is_trusted, neighbourhood
from agents_ui.shell.boundary import Handler
from agents_ui.shell.connections import EACH_SESSION, Connections
from agents_ui.shell.errors import BY_STATUS
from agents_ui.shell.keys import SETTINGS
from agents_ui.shell.places import Places
from agents_ui.shell.port import PanelSettings, Unavailable

log = structlog.get_logger("agents_ui")

CONNECTIONS = web.AppKey("connections", Connections)
REQUESTS = web.AppKey("requests", Places)

HEAD_S: Final = 15.0
"""So long after its opening, or an answer, a connection may be without a whole request."""

PROXY_IDLE_S: Final = 3630.0
"""A proxy decides itself when it needs a connection no more (aiohttp's default)."""

LINGER_S: Final = 2.0
"""So long the rest of a body is waited for that nobody reads."""

BACKLOG: Final = 1024
"""Connections that may wait to be taken: as many as come at once after a restart."""


def count(app: web.Application, settings: PanelSettings) -> None:
    """Let the panel count who is there."""
    app[CONNECTIONS] = Connections(
        settings.sockets, settings.sockets_each, settings.trusted_proxies
    )
    app[REQUESTS] = Places()


@web.middleware
async def keep_in_bounds(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Vouch for the connection of whoever is logged in. A log-in has so many requests at a time,
    and so has an address without; it is here that those behind a proxy are told apart."""
    try:
        session = await sessions.current(request)
    except Unavailable:
        session = None
    if session is not None:
        vouch(request, session.token)
        who, each = session.token, EACH_SESSION
    else:
        who, each = neighbourhood(address(request)), request.app[SETTINGS].sockets_each
    with request.app[REQUESTS].take(who, each):
        return await handler(request)


def vouch(request: web.Request, whose: str) -> None:
    """The request's connection is no stranger's."""
    if isinstance(request.protocol, _Connection):
        request.app[CONNECTIONS].vouch(request.protocol, whose)


class PanelRunner(web.AppRunner):
    """Runs the panel, which writes its own lines to the log: there are no addresses in them."""

    def __init__(self, app: web.Application, **options: Any) -> None:
        own = {"access_log": None, "keepalive_timeout": HEAD_S, "lingering_time": LINGER_S}
        super().__init__(app, **{**options, **own})

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _PanelServer(server, self.app, **self._kwargs)


class _PanelServer(web.Server):
    def __init__(self, made: web.Server, app: web.Application, **options: Any) -> None:
        super().__init__(made.request_handler, request_factory=made.request_factory, **options)
        self.calm = {**headers.of(app[SETTINGS]), "Cache-Control": "no-store"}
        self.places = app[CONNECTIONS]
        self.proxies = app[SETTINGS].trusted_proxies
        self.full = _raw(503, "crowded", self.calm)

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    """See `connections.Connection`."""

    __slots__ = ("peer",)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._server.places.admit(self):
            self._force_close = True  # whatever comes is not read
            cast("asyncio.Transport", transport).write(self._server.full)
            transport.close()
            return
        if is_trusted(self.peer, self._server.proxies):
            self._keepalive_timeout = PROXY_IDLE_S
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Called by the event loop."""
        if self._manager is not None:
            self._server.places.leave(self)
        super().connection_lost(exc)

    @property
    def busy(self) -> bool:
        """Whether a whole request has come that is being answered."""
        request = self._current_request
        return request is not None and request.content.is_eof()

    def cut(self) -> None:
        """End it, and drop what its other end does not read."""
        transport = self.transport
        self.force_close()
        if transport is not None:
            transport.abort()

    @property
    def _server(self) -> _PanelServer:
        assert isinstance(self._manager, _PanelServer)  # noqa: S101 - nobody else makes one
        return self._manager

    def log_exception(self, *_: Any, exc_info: Any = None, **__: Any) -> None:
        """One line: no trace, no address. The faults of our own code do not get here."""
        fault = type(exc_info).__name__
        log.warning("not a request", action="not_a_request", fault=fault)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read. `message` and the fault's own text quote it: not told."""
        self.log_exception(exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        answer = web.json_response({"error": BY_STATUS.get(status, "bad-request")}, status=status)
        answer.force_close()
        answer.headers.update(self._server.calm)
        return answer


def _raw(status: int, error: str, calm: dict[str, str]) -> bytes:
    """A whole answer as it goes over the wire."""
    body = json.dumps({"error": error})
    own = {"Content-Type": "application/json", "Content-Length": len(body), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in {**calm, **own}.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Service Unavailable", *lines, "", body]).encode()
