"""Who is let in: every route by its row in the table, before anything else looks at the request."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from agents_ui.shell import permissions, sessions
from agents_ui.shell.boundary import Handler
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import REFUSALS
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Session
from agents_ui.shell.render import go_to

NO_FACTOR: Final = "no-factor"


@web.middleware
async def admit_by_table(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Links see to it themselves: a browser hides from its page why none was opened.

    Whose role asks for a second factor is led to one's own page, where it is set up.
    """
    route = route_of(request)
    try:
        if route is not None and route not in permissions.LINKS:
            await admit(request)
    except Denied as denied:
        wants_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if denied.error != NO_FACTOR or not wants_page:
            raise
        return go_to("/account")
    return await handler(request)


async def admit(request: web.Request) -> Session | None:
    """Who asks, if the table lets them come to this route; None where it is open to everybody.

    Raises `Denied` (401, 403), and `Unavailable`.
    """
    route = route_of(request) or ""
    act = permissions.ROUTES.get(route)
    if act is Act.OPEN:
        return None
    session = await sessions.require(request)
    if act is None or not permissions.may(session.person, act):
        await request.app[REFUSALS].note(session.person, route)
        raise Denied("forbidden", status=403)
    if session.must_enrol and act is not Act.OWN:
        raise Denied(NO_FACTOR, status=403)
    return session


def route_of(request: web.Request) -> str | None:
    """The route as the table has it, `GET /desk/history/{call_id}`; None where there is none."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return None if resource is None else f"{method} {resource.canonical}"
