"""Logging in by a passkey, without a name or a password."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agents_ui.entrance import arrival, form
from agents_ui.shell import bodies, sessions
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import ACCOUNTS, SETTINGS
from agents_ui.shell.port import Unavailable, Unproven, site_of

routes = web.RouteTableDef()

LONGEST = 16_000


@routes.post("/login/passkey/offer")
async def offer(request: web.Request) -> web.StreamResponse:
    """What the browser asks its authenticator."""
    origin = request.app[SETTINGS].origin
    if not site_of(origin):
        raise Denied("not-found", status=404)
    offered = request.app[ACCOUNTS].passkey(origin=origin)
    return web.json_response(msgspec.to_builtins(offered))


@routes.post("/login/passkey")
async def log_in(request: web.Request) -> web.StreamResponse:
    """Start the session of whose passkey it is."""
    given, settings = await bodies.form(request), request.app[SETTINGS]
    ticket, credential = given.get("ticket", ""), given.get("credential", "")[:LONGEST]
    try:
        session = await request.app[ACCOUNTS].log_in_by_passkey(
            ticket, credential, origin=settings.origin, **sessions.whence(request)
        )
    except Unproven:
        return form.refuse(request, "unproven", status=401)
    except Unavailable:
        return form.refuse(request, "unavailable", status=503)
    return await arrival.enter(request, session)
