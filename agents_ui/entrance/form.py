"""The log-in page: its form, and what was wrong with what was typed."""

from __future__ import annotations

import math
from typing import Any

import structlog
from aiohttp import web

from agents_ui.entrance.port import Institutions
from agents_ui.shell import render
from agents_ui.shell.errors import FAULTS
from agents_ui.shell.keys import SESSION, SETTINGS
from agents_ui.shell.port import site_of

INSTITUTIONS: web.AppKey[Institutions] = web.AppKey("institutions")

log = structlog.get_logger("agents_ui")


def refuse(
    request: web.Request, error: str, *, status: int, retry_after_s: float | None = None
) -> web.Response:
    """The page once more, with what was wrong."""
    log.warning("login refused", action="login_refused", error=error)
    return page(request, error=error, status=status, retry_after_s=retry_after_s)


def page(
    request: web.Request,
    *,
    error: str | None = None,
    status: int = 200,
    retry_after_s: float | None = None,
) -> web.Response:
    """The page; whoever sees it is nobody yet."""
    request[SESSION] = None
    seconds = None if retry_after_s is None else math.ceil(retry_after_s)
    say = render.language(request).text
    context: dict[str, Any] = {
        # The slow-down has its own sentence on the page, with the seconds.
        "error": say(FAULTS[error].message) if error and seconds is None else None,
        "error_id": error,
        "retry_after_s": seconds,
        "institutions": request.app[INSTITUTIONS].labels(),
        "passkeys_work": bool(site_of(request.app[SETTINGS].origin)),
        "samples": request.app[SETTINGS].samples,
    }
    response = render.page(request, "entrance", status=status, config={}, **context)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response
