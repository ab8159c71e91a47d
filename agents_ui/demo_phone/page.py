"""The demonstration's telephone: a citizen in a browser."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agents_ui.shell import relay, render
from agents_ui.shell.addresses import address
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import SETTINGS
from agents_ui.shell.server import vouch

routes = web.RouteTableDef()


@routes.get("/demo/phone")
async def page(request: web.Request) -> web.StreamResponse:
    """A citizen's telephone in the browser, where the demonstration is switched on."""
    phone = request.app[SETTINGS].demo_phone
    if phone is None:
        raise Denied("not-found", status=404)
    return render.page(request, "demo_phone", config={"phone": msgspec.to_builtins(phone)})


@routes.get("/demo/sip")
async def line(request: web.Request) -> web.StreamResponse:
    """The telephone's way to the carrier."""
    settings = request.app[SETTINGS]
    if settings.demo_phone is None:
        raise Denied("not-found", status=404)
    vouch(request, address(request))
    return await relay.join(request, settings.demo_exchange, address(request))
