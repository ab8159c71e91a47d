"""Where the parts of the shell lie in the application and in a request; a page keeps its own port
under a key of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jinja2
from aiohttp import web

from agents_ui.shell.assets import Assets
from agents_ui.shell.live import LinkPace, Links
from agents_ui.shell.port import (
    Accounts,
    Health,
    PanelSettings,
    RefusedAccess,
    Session,
    Shifts,
)
from agents_ui.shell.texts import Language

SETTINGS = web.AppKey("settings", PanelSettings)
ACCOUNTS: web.AppKey[Accounts] = web.AppKey("accounts")
SHIFTS: web.AppKey[Shifts] = web.AppKey("shifts")
REFUSALS: web.AppKey[RefusedAccess] = web.AppKey("refusals")
HEALTH: web.AppKey[Health] = web.AppKey("health")
ASSETS: web.AppKey[Callable[[], Assets]] = web.AppKey("assets")
LANGUAGES: web.AppKey[Mapping[str, Language]] = web.AppKey("languages")
TEMPLATES: web.AppKey[Mapping[str, jinja2.Environment]] = web.AppKey("templates")
LINKS = web.AppKey("links", Links)
PACE = web.AppKey("pace", LinkPace)

SESSION: web.RequestKey[Session | None] = web.RequestKey("session")
LOGIN_SECRET = web.RequestKey("login_secret", str)
