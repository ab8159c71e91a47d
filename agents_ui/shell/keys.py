"""Where the parts of the panel lie in the application and in a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jinja2
from aiohttp import web

from agents_ui.assets import Assets
from agents_ui.live import Pace, Seats
from agents_ui.ports import Ports, Session
from agents_ui.texts import Catalogue

PORTS = web.AppKey("ports", Ports)
ASSETS: web.AppKey[Callable[[], Assets]] = web.AppKey("assets")
CATALOGUES: web.AppKey[Mapping[str, Catalogue]] = web.AppKey("catalogues")
TEMPLATES: web.AppKey[Mapping[str, jinja2.Environment]] = web.AppKey("templates")
SEATS = web.AppKey("seats", Seats)
PACE = web.AppKey("pace", Pace)

SESSION: web.RequestKey[Session | None] = web.RequestKey("session")
LOGIN_SECRET = web.RequestKey("login_secret", str)
