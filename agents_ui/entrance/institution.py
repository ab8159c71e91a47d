"""Logging in by an institution's own provider: away, and back with an answer."""

from __future__ import annotations

from aiohttp import web

from agents_ui.entrance import arrival, form
from agents_ui.entrance.form import INSTITUTIONS
from agents_ui.entrance.port import AnotherPerson
from agents_ui.shell import bodies, sessions
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import SETTINGS
from agents_ui.shell.port import SecondStep, Unavailable, Unproven
from agents_ui.shell.render import go_to

routes = web.RouteTableDef()

KEPT = "away"
"""The cookie of who is away at a provider."""

LONGEST = 4_000

APART_S = 600
"""So long somebody may take in the window apart."""


@routes.get("/login/oidc/{provider}")
async def begin(request: web.Request) -> web.StreamResponse:
    """Send the browser to the provider; with `?again` a page is unlocked, from a window apart."""
    provider, again = request.match_info["provider"], "again" in request.query
    whose = request.cookies.get(sessions.cookie(request.app[SETTINGS], arrival.WHOSE), "")
    try:
        where, kept = await request.app[INSTITUTIONS].begin(
            provider, redirect=_back(request, provider), whose=whose if again else None
        )
    except LookupError:
        raise Denied("not-found", status=404) from None
    except Unavailable:
        return form.refuse(request, "provider-away", status=503)
    response = go_to(where)
    sessions.put_cookie(response, request.app[SETTINGS], KEPT, kept)
    if again:
        sessions.put_cookie(response, request.app[SETTINGS], arrival.APART, "1", max_age_s=APART_S)
    else:
        sessions.drop_cookie(response, request.app[SETTINGS], arrival.APART)
    return response


@routes.get("/login/oidc/{provider}/callback")
async def finish(request: web.Request) -> web.StreamResponse:
    """Start the session of who comes back, or say what is wrong; the way on is always ours."""
    provider, settings = request.match_info["provider"], request.app[SETTINGS]
    answer = {key: value[:LONGEST] for key, value in request.query.items()}
    kept = request.cookies.get(sessions.cookie(settings, KEPT), "")
    if not all(map(bodies.is_text, (*answer, *answer.values()))):
        raise Denied("bad-request", status=400)
    try:
        session = await request.app[INSTITUTIONS].finish(
            provider,
            kept,
            answer,
            redirect=_back(request, provider),
            **sessions.whence(request),
        )
        response = await arrival.enter(request, session)
    except SecondStep as step:
        response = arrival.ask_for_code(request, step.ticket)
    except AnotherPerson:
        response = form.refuse(request, "another-person", status=401)
    except Unproven:
        response = form.refuse(request, "stranger", status=401)
    except Unavailable:
        response = form.refuse(request, "provider-away", status=503)
    sessions.drop_cookie(response, settings, KEPT)
    return response


def _back(request: web.Request, provider: str) -> str:
    return f"{request.app[SETTINGS].origin}/login/oidc/{provider}/callback"
