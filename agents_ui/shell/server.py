"""The HTTP server under the panel: what is no request at all is answered in our words too.

aiohttp's own answer to it names its version, has none of the security headers, and leaves a trace
with the sender's address in the log. It offers no hook for that, hence `_make_server`.
"""

from __future__ import annotations

from typing import Any

import structlog
from aiohttp import web

from agents_ui.shell import headers
from agents_ui.shell.errors import BY_STATUS
from agents_ui.shell.keys import SETTINGS

log = structlog.get_logger("agents_ui")


class PanelRunner(web.AppRunner):
    """Runs the panel. It writes its own lines to the log, in which there are no addresses."""

    def __init__(self, app: web.Application, **options: Any) -> None:
        super().__init__(app, access_log=None, **options)

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server
        return server


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read; `message` may quote it, so nobody is told."""
        fault = type(exc).__name__ if exc is not None else None
        log.warning("not a request", action="not_a_request", status=status, fault=fault)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        answer = web.json_response({"error": BY_STATUS.get(status, "bad-request")}, status=status)
        answer.force_close()
        answer.headers.update(headers.CALM)
        return answer
