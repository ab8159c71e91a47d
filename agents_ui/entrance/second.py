"""The second step of a log-in: a code of the authenticator app, or one of those on paper."""

from __future__ import annotations

import math

import structlog
from aiohttp import web

from agents_ui.entrance import arrival
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import FAULTS
from agents_ui.shell.keys import ACCOUNTS, SESSION, SETTINGS
from agents_ui.shell.port import SlowDown, TicketOver, Unavailable, WrongCode, site_of
from agents_ui.shell.render import go_to

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

CODE_LENGTH = 64


@routes.get(arrival.CODE_PAGE)
async def code_form(request: web.Request) -> web.StreamResponse:
    """Asks for the code; whoever comes without a password begins with that."""
    return _form(request) if arrival.ticket_of(request) else go_to("/login")


@routes.post(arrival.CODE_PAGE)
async def enter_code(request: web.Request) -> web.StreamResponse:
    """Start the session, or say what is wrong."""
    code = (await bodies.form(request)).get("code", "")[:CODE_LENGTH]
    ticket = arrival.ticket_of(request)
    try:
        session = await request.app[ACCOUNTS].second_step(ticket, code, **sessions.whence(request))
        return await arrival.enter(request, session)
    except TicketOver:
        response = go_to("/login")
        sessions.drop_cookie(response, request.app[SETTINGS], arrival.TICKET)
        return response
    except WrongCode:
        log.warning("login refused", action="login_refused", error="wrong-code")
        return _form(request, error="wrong-code", status=401)
    except SlowDown as slow:
        return _form(request, status=429, retry_after_s=math.ceil(slow.retry_after_s))
    except Unavailable:
        return _form(request, error="unavailable", status=503)


def _form(
    request: web.Request,
    *,
    error: str | None = None,
    status: int = 200,
    retry_after_s: int | None = None,
) -> web.Response:
    request[SESSION] = None
    response = render.page(
        request,
        "entrance",
        template="second",
        status=status,
        config={},
        passkeys_work=bool(site_of(request.app[SETTINGS].origin)),
        error=render.language(request).text(FAULTS[error].message) if error else None,
        retry_after_s=retry_after_s,
    )
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response
