"""Who is let in: every route by its row in the table, before anything else looks at the request."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aiohttp import web

from agents_ui.shell import permissions, sessions
from agents_ui.shell.boundary import Handler
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import REFUSALS
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Session
from agents_ui.shell.render import go_to

UNDONE: Final = MappingProxyType({"factor": "no-factor", "password": "first-password"})
"""What is said to whom must do something first."""

LARGE: Final[Mapping[str, int]] = MappingProxyType(
    {
        "POST /menus": 900_000,
        "POST /menus/{name}/edit": 900_000,  # a text, and a file of one
        "POST /menus/{name}/try": 900_000,
        "POST /network/review": 2_500_000,
        "POST /network/load": 2_500_000,
    }
)
"""Routes that take larger forms than others, and how large, in bytes: for whoever may come there.
A proxy before the panel has to let them through (`deploy/nginx`)."""


@web.middleware
async def give_room(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a form be large where that is its nature, and who sends it has the act."""
    route = route_of(request) or ""
    if route in LARGE:
        session = await sessions.current(request)
        if session is not None and permissions.may(session.person, permissions.ROUTES[route]):
            return await handler(request.clone(client_max_size=LARGE[route]))
    return await handler(request)


@web.middleware
async def admit_by_table(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Links see to it themselves: a browser hides from its page why none was opened.

    Whose role asks for a second factor, or whose password is another's choice, is led to one's own
    page, where that is mended.
    """
    route = route_of(request)
    try:
        if route is not None and route not in permissions.LINKS:
            await admit(request)
    except Denied as denied:
        wants_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if denied.error not in UNDONE.values() or not wants_page:
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
    if session.must and act is not Act.OWN:
        raise Denied(UNDONE[session.must], status=403)
    return session


def route_of(request: web.Request) -> str | None:
    """The route as the table has it, `GET /desk/history/{call_id}`; None where there is none."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return None if resource is None else f"{method} {resource.canonical}"
