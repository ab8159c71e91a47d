"""Where errors become answers, and each request leaves one line in the log with nobody in it."""

from __future__ import annotations

import secrets
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from agents_ui.shell import errors, render
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import SESSION
from agents_ui.shell.port import Unavailable
from agents_ui.shell.render import go_to

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/static/{version}/{path}"})
LEFT: Final = 499
"""The status, in the log alone, of a request whose page left before it was answered."""

log = structlog.get_logger("agents_ui")


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into a page or, for browser code, into `{"error": id}`."""
    try:
        return await handler(request)
    except Denied as denied:
        if denied.status == 401 and _wants_page(request):
            return go_to("/login")
        log.warning("denied", action="denied", error=denied.error, **_who_and_where(request))
        return error(request, denied.error, status=denied.status)
    except Unavailable:
        return error(request, "unavailable", status=503)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return error(request, errors.BY_STATUS.get(answer.status, "bad-request"), answer.status)
    except Exception as fault:  # noqa: BLE001 - the boundary: it ends this request and no more
        if _has_left(request, fault):
            return web.Response(status=LEFT)
        incident = secrets.token_hex(4)
        write_fault(request, fault, incident)
        return error(request, "internal", status=500, incident=incident)


@web.middleware
async def write_down(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the route (never the address, which may hold ids), the status and the time taken."""
    started = time.monotonic()
    response = await handler(request)
    if route(request) not in QUIET:
        log.info(
            "request",
            action="request",
            method=request.method,
            **_who_and_where(request),
            status=response.status,
            took_s=round(time.monotonic() - started, 4),
        )
    return response


def route(request: web.Request) -> str:
    """The route's pattern, such as `/desk/history/{call_id}`."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


def error(
    request: web.Request, error_id: str, status: int, *, incident: str | None = None
) -> web.Response:
    """The answer for an error: a page for people, JSON for browser code."""
    if not _wants_page(request):
        return web.json_response({"error": error_id}, status=status)
    say, fault = render.language(request).text, errors.FAULTS[error_id]
    return render.render(
        request,
        "shell/error.html",
        status=status,
        page=None,
        config=None,
        code=status,
        error=error_id,
        incident=incident,
        title=say(fault.title),
        message=say(fault.message),
    )


def write_fault(request: web.Request, fault: Exception, incident: str) -> None:
    """Log a fault of ours under the name that the person at the page sees."""
    while isinstance(fault, ExceptionGroup):
        fault = fault.exceptions[0]
    # Neither the message nor the local variables: a caller's data may be in them.
    log.error(
        "request failed",
        action="request_failed",
        incident=incident,
        **_who_and_where(request),
        fault=type(fault).__qualname__,
        trace="".join(traceback.format_tb(fault.__traceback__)),
    )


def _has_left(request: web.Request, fault: Exception) -> bool:
    """Whether it is no fault: nobody is there any more for what was written."""
    transport = request.transport
    gone = transport is None or transport.is_closing()
    return gone and isinstance(fault, ConnectionResetError)


def _who_and_where(request: web.Request) -> dict[str, str | None]:
    session = request.get(SESSION)
    return {"route": route(request), "user_id": session.person.user_id if session else None}


def _wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")
