"""Handing out the assets."""

from __future__ import annotations

from aiohttp import web

from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import ASSETS

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
    headers = {"Cache-Control": FOREVER if current else "no-cache", "Vary": "Accept-Encoding"}
    body = found.body
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = found.packed
        headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=body, headers=headers, content_type=found.content_type, charset="utf-8"
    )
