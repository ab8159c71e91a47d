"""Coming in and going out: log-in, log-out, language, and the way to one's first page."""

from __future__ import annotations

import math
from typing import Any

import structlog
from aiohttp import web

from agents_ui.entrance.port import Shifts
from agents_ui.shell import bodies, live, render, sessions
from agents_ui.shell.addresses import address
from agents_ui.shell.errors import FAULTS, Denied
from agents_ui.shell.keys import ACCOUNTS, LANGUAGES, LINKS, SESSION, SETTINGS
from agents_ui.shell.port import SlowDown, Unavailable, WrongPassword
from agents_ui.shell.render import go_to

SHIFTS: web.AppKey[Shifts] = web.AppKey("shifts")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")
CREDENTIAL_LENGTH = 256
YEAR_S = 365 * 24 * 3600


@routes.get("/")
async def start(request: web.Request) -> web.StreamResponse:
    """Go to the page that the role starts from."""
    session = await sessions.current(request)
    page = sessions.home(session.person if session else None)
    if page == "/":
        raise Denied("no-grants", status=403)
    return go_to(page)


@routes.get("/login")
async def login_form(request: web.Request) -> web.StreamResponse:
    """The log-in page; who is logged in already goes on."""
    try:
        session = await sessions.current(request)
    except Unavailable:
        return _form(request, error="unavailable", status=503)
    return go_to(sessions.home(session.person)) if session else _form(request)


@routes.post("/login")
async def log_in(request: web.Request) -> web.StreamResponse:
    """Start a session, or say what is wrong."""
    form = await bodies.form(request)
    username, password = form.get("username", ""), form.get("password", "")
    if max(len(username), len(password)) > CREDENTIAL_LENGTH:
        return _refuse(request, "refused", status=401)
    accounts, settings = request.app[ACCOUNTS], request.app[SETTINGS]
    try:
        session = await accounts.log_in(
            username,
            password,
            address=address(request),
            device=request.cookies.get(sessions.cookie(settings, "device"), ""),
        )
        if former := sessions.token(request):
            await accounts.log_out(former)
    except WrongPassword:
        return _refuse(request, "refused", status=401)
    except SlowDown as slow:
        return _refuse(request, "slow-down", status=429, retry_after_s=slow.retry_after_s)
    except Unavailable:
        return _refuse(request, "unavailable", status=503)
    log.info("login", action="login", user_id=session.person.user_id)
    response = go_to(sessions.home(session.person))
    sessions.put_cookie(response, settings, "cc", session.token)
    sessions.put_cookie(response, settings, "device", session.device, max_age_s=YEAR_S)
    sessions.drop_cookie(response, settings, "login")
    return response


@routes.post("/logout")
async def log_out(request: web.Request) -> web.StreamResponse:
    """End the session, the desk and the phone's secret."""
    session = await sessions.require(request)
    if (agent_id := session.person.agent_id) is not None:
        await request.app[SHIFTS].close(agent_id)
        request.app[LINKS].end_desk(agent_id, live.session_over())
    try:
        await request.app[ACCOUNTS].log_out(session.token)
    except Unavailable:
        # The next person at this computer must not find the panel open; the session ends by age.
        log.warning("logout", action="logout_unrecorded", user_id=session.person.user_id)
    log.info("logout", action="logout", user_id=session.person.user_id)
    response = go_to("/login")
    sessions.drop_cookie(response, request.app[SETTINGS], "cc")
    return response


@routes.post("/language")
async def choose_language(request: web.Request) -> web.StreamResponse:
    """Remember the language in this browser and go back to the page."""
    form = await bodies.form(request)
    language, back = form.get("language", ""), form.get("back", "")
    if language not in request.app[LANGUAGES]:
        raise Denied("bad-request", status=400)
    ours = {resource.canonical for resource in request.app.router.resources()}
    response = go_to(back if back in ours else "/")
    response.set_cookie(
        "lang",
        language,
        path="/",
        max_age=YEAR_S,
        httponly=True,
        secure=request.app[SETTINGS].secure,
        samesite="Lax",
    )
    return response


def _refuse(
    request: web.Request, error: str, *, status: int, retry_after_s: float | None = None
) -> web.Response:
    log.warning("login refused", action="login_refused", error=error)
    return _form(request, error=error, status=status, retry_after_s=retry_after_s)


def _form(
    request: web.Request,
    *,
    error: str | None = None,
    status: int = 200,
    retry_after_s: float | None = None,
) -> web.Response:
    request[SESSION] = None
    seconds = None if retry_after_s is None else math.ceil(retry_after_s)
    say = render.language(request).text
    context: dict[str, Any] = {
        # The slow-down has its own sentence on the page, with the seconds.
        "error": say(FAULTS[error].message) if error and seconds is None else None,
        "error_id": error,
        "retry_after_s": seconds,
        "samples": request.app[SETTINGS].samples,
    }
    response = render.page(request, "entrance", status=status, **context)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response
