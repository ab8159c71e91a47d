"""For machines: is the process alive, can it take calls, how is it doing."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from aiohttp import web

from agents_ui.shell.connections import Connections
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import HEALTH, SETTINGS
from agents_ui.shell.server import CONNECTIONS

routes = web.RouteTableDef()


@routes.get("/healthz")
async def alive(_: web.Request) -> web.StreamResponse:
    """The process runs and answers."""
    return web.Response(text="ok\n")


@routes.get("/readyz")
async def ready(request: web.Request) -> web.StreamResponse:
    """200 if calls can be taken, else 503; neighbours also see which part is how."""
    can, parts = request.app[HEALTH].ready()
    answer: dict[str, object] = {"ready": can}
    if _is_neighbour(request):
        answer["parts"] = dict(parts)
    return web.json_response(answer, status=200 if can else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.StreamResponse:
    """Prometheus text, for neighbours only."""
    if not _is_neighbour(request):
        raise Denied("forbidden", status=403)
    return web.Response(
        body=request.app[HEALTH].metrics() + _connections(request.app[CONNECTIONS]),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )


def _connections(there: Connections) -> bytes:
    lines = [
        "# TYPE contactcentre_panel_connections gauge",
        f'contactcentre_panel_connections{{whose="strangers"}} {there.strangers}',
        f'contactcentre_panel_connections{{whose="known"}} {there.known}',
        "# TYPE contactcentre_panel_strangers_ended counter",
        *(
            f'contactcentre_panel_strangers_ended_total{{why="{why}"}} {there.ended[why]}'
            for why in ("displaced", "outlived", "turned_away")
        ),
    ]
    return "\n".join([*lines, ""]).encode()


def _is_neighbour(request: web.Request) -> bool:
    # What a proxy hands on comes from loopback too, yet is anybody's.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ip_address(request.remote or "")
    except ValueError:
        return False
    networks = request.app[SETTINGS].metrics_from
    return any(address in ip_network(network) for network in networks)
