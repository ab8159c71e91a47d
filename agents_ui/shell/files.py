"""Handing out the assets, and the demonstration's telephone page."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agents_ui import render
from agents_ui.assets import Asset
from agents_ui.errors import Denied
from agents_ui.keys import ASSETS, PORTS

routes = web.RouteTableDef()
FOREVER = "public, max-age=31536000, immutable"


@routes.get("/static/{version}/{path:.+}")
async def asset(request: web.Request) -> web.StreamResponse:
    """One file. An address of another version gets today's file, but not to keep."""
    assets = request.app[ASSETS]()
    found = assets.files.get(request.match_info["path"])
    if found is None:
        raise Denied("not-found", status=404)
    current = request.match_info["version"] == assets.version
    return _answer(request, found, FOREVER if current else "no-cache")


@routes.get("/demo/phone")
async def demo_phone(request: web.Request) -> web.StreamResponse:
    """A citizen's telephone in the browser, where the demonstration is switched on."""
    phone = request.app[PORTS].settings.demo_phone
    if phone is None:
        raise Denied("not-found", status=404)
    config = render.config(request, phone=msgspec.to_builtins(phone))
    return render.page(request, "demo_phone", demo_config=config)


def _answer(request: web.Request, found: Asset, cache: str) -> web.Response:
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    body = found.body
    if found.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = found.packed
        headers["Content-Encoding"] = "gzip"
    charset = "utf-8" if found.packed is not None else None
    return web.Response(
        body=body, headers=headers, content_type=found.content_type, charset=charset
    )
