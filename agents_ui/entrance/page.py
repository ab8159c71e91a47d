"""Coming in and going out: log-in, log-out, language, and the way to one's first page."""

from __future__ import annotations

import structlog
from aiohttp import web

from agents_ui.entrance import arrival, form
from agents_ui.shell import bodies, live, render, sessions
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import ACCOUNTS, LANGUAGES, LINKS, SETTINGS, SHIFTS
from agents_ui.shell.port import (
    FirstPasswordOver,
    SecondStep,
    SlowDown,
    Unavailable,
    WrongPassword,
)
from agents_ui.shell.render import go_to

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")
CREDENTIAL_LENGTH = 256
YEAR_S = 365 * 24 * 3600


@routes.get("/")
async def start(request: web.Request) -> web.StreamResponse:
    """Go to the page that the role starts from."""
    session = await sessions.current(request)
    page = sessions.first_page(session) if session else "/login"
    if page == "/":
        raise Denied("no-grants", status=403)
    return go_to(page)


@routes.get("/login")
async def login_form(request: web.Request) -> web.StreamResponse:
    """The log-in page; who is logged in already goes on."""
    try:
        session = await sessions.current(request)
    except Unavailable:
        return form.page(request, error="unavailable", status=503)
    return go_to(sessions.first_page(session)) if session else form.page(request)


@routes.post("/login")
async def log_in(request: web.Request) -> web.StreamResponse:
    """Start a session, or say what is wrong."""
    given = await bodies.form(request)
    username, password = given.get("username", ""), given.get("password", "")
    if max(len(username), len(password)) > CREDENTIAL_LENGTH:
        return form.refuse(request, "refused", status=401)
    try:
        session = await request.app[ACCOUNTS].log_in(username, password, **sessions.whence(request))
        return await arrival.enter(request, session)
    except SecondStep as step:
        return arrival.ask_for_code(request, step.ticket)
    except FirstPasswordOver:
        return form.refuse(request, "first-over", status=401)
    except WrongPassword:
        return form.refuse(request, "refused", status=401)
    except SlowDown as slow:
        return form.refuse(request, "slow-down", status=429, retry_after_s=slow.retry_after_s)
    except Unavailable:
        return form.refuse(request, "unavailable", status=503)


@routes.get(arrival.ENTERED_PAGE)
async def entered(request: web.Request) -> web.StreamResponse:
    """The end of a log-in in a window of its own: the page beside it hears of it, and goes on."""
    return render.page(request, "entrance", template="entered", config={})


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


@routes.post("/lock")
async def lock(request: web.Request) -> web.StreamResponse:
    """End the session alone: the page stands, covered, and a talk on it goes on to its end."""
    session = await sessions.require(request)
    await request.app[ACCOUNTS].log_out(session.token)
    log.info("lock", action="lock", user_id=session.person.user_id)
    response = web.Response(status=204)
    sessions.drop_cookie(response, request.app[SETTINGS], "cc")
    return response


@routes.post("/language")
async def choose_language(request: web.Request) -> web.StreamResponse:
    """Remember the language in this browser and go back to the page."""
    given = await bodies.form(request)
    language, back = given.get("language", ""), given.get("back", "")
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
