"""From the right password to the first page: at once, or by way of a code."""

from __future__ import annotations

import structlog
from aiohttp import web

from agents_ui.shell import sessions
from agents_ui.shell.keys import ACCOUNTS, SETTINGS
from agents_ui.shell.port import Session
from agents_ui.shell.render import go_to

log = structlog.get_logger("agents_ui")

YEAR_S = 365 * 24 * 3600
TICKET = "second"
"""The cookie of who has given the right password, and no code yet."""

CODE_PAGE = "/login/code"

WHOSE = "whose"
"""The cookie of whose page this browser shows, locked or not; it opens nothing."""

APART = "apart"
"""The cookie of a log-in in a window of its own, beside the page that it unlocks."""

ENTERED_PAGE = "/entered"


async def enter(request: web.Request, session: Session) -> web.Response:
    """Let somebody in: the browser forgets whoever was there before. Raises Unavailable."""
    settings = request.app[SETTINGS]
    if former := sessions.token(request):
        await request.app[ACCOUNTS].log_out(former)
    log.info("login", action="login", user_id=session.person.user_id)
    apart = sessions.cookie(settings, APART) in request.cookies
    response = go_to(ENTERED_PAGE if apart else sessions.first_page(session))
    sessions.put_cookie(response, settings, "cc", session.token)
    sessions.put_cookie(response, settings, "device", session.device, max_age_s=YEAR_S)
    sessions.put_cookie(response, settings, WHOSE, session.whose)
    for name in ("login", TICKET, APART):
        sessions.drop_cookie(response, settings, name)
    return response


def ask_for_code(request: web.Request, ticket: str) -> web.Response:
    """The password was right: the code comes next."""
    response = go_to(CODE_PAGE)
    sessions.put_cookie(response, request.app[SETTINGS], TICKET, ticket)
    return response


def ticket_of(request: web.Request) -> str:
    """What the browser keeps between the two, or ""."""
    return request.cookies.get(sessions.cookie(request.app[SETTINGS], TICKET), "")
