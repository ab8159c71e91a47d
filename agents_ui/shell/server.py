"""The HTTP server under the panel: what is no request at all is answered in our words too.

aiohttp's own answer to it names its version, has none of the security headers, and leaves a trace
with the sender's address in the log. It has no hook for that, hence the three small classes.
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
    """Runs the panel, which writes its own lines to the log: there are no addresses in them."""

    def __init__(self, app: web.Application, **options: Any) -> None:
        super().__init__(app, **{**options, "access_log": None})

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _PanelServer(server, headers.of(self.app[SETTINGS]), **self._kwargs)


class _PanelServer(web.Server):
    def __init__(self, made: web.Server, calm: dict[str, str], **options: Any) -> None:
        super().__init__(made.request_handler, request_factory=made.request_factory, **options)
        self.calm = {**calm, "Cache-Control": "no-store"}

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

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
        assert isinstance(self._manager, _PanelServer)  # noqa: S101 - nobody else makes one
        answer.headers.update(self._manager.calm)
        return answer
