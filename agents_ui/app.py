"""The panel, put together."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from agents_ui import assets, board, crisis, desk, entrance, files, headers, health, render, texts
from agents_ui.boundary import answer_errors, write_down
from agents_ui.forgery import refuse_forgeries
from agents_ui.keys import ASSETS, CATALOGUES, PACE, PORTS, SEATS, TEMPLATES
from agents_ui.live import MESSAGE_LIMIT, Pace, Seats
from agents_ui.ports import Ports


def build(
    ports: Ports,
    *,
    pace: Pace | None = None,
    read_assets: Callable[[], assets.Assets] | None = None,
) -> web.Application:
    """The panel over these ports.

    Run it with `access_log=None`: the panel writes its own lines, in which there are no addresses.
    `read_assets` is asked at every request; by default the files are read once, now.
    """
    now = assets.read()
    app = web.Application(
        middlewares=[write_down, answer_errors, refuse_forgeries],
        client_max_size=MESSAGE_LIMIT,
    )
    app[PORTS] = ports
    app[PACE] = pace or Pace()
    app[SEATS] = Seats()
    app[ASSETS] = read_assets or (lambda: now)
    app[CATALOGUES] = texts.read(ports.settings.locales)
    app[TEMPLATES] = render.environments(app[CATALOGUES], app[ASSETS])
    for module in (entrance, desk, board, crisis, files, health):
        app.add_routes(module.routes)
    app.on_response_prepare.append(headers.add)
    app.on_shutdown.append(_end_links)
    return app


async def _end_links(app: web.Application) -> None:
    app[SEATS].end_all()
