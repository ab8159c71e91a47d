"""Whose role asks for a second factor sets one up before anything else is open."""

from __future__ import annotations

from aiohttp import web

from agents_ui.shell import sessions
from agents_ui.shell.boundary import Handler
from agents_ui.shell.errors import Denied
from agents_ui.shell.render import go_to

OWN_PAGE = "/account"
OPEN = (OWN_PAGE + "/", "/login", "/logout", "/language", "/static/")
QUIET = frozenset({OWN_PAGE, "/healthz", "/readyz", "/metrics"})


@web.middleware
async def require_factor(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lead to one's own page; browser code and links are told 403."""
    if request.path in QUIET or request.path.startswith(OPEN) or not sessions.token(request):
        return await handler(request)
    session = await sessions.current(request)
    if session is None or not session.must_enrol:
        return await handler(request)
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return go_to(OWN_PAGE)
    raise Denied("no-factor", status=403)
