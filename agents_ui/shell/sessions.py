"""Who is asking: cookies, the session behind them, and the page to start from."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from aiohttp import web

from agents_ui.shell import browsers, permissions
from agents_ui.shell.addresses import address
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import ACCOUNTS, LOGIN_SECRET, SESSION, SETTINGS
from agents_ui.shell.port import PanelSettings, Session


def cookie(settings: PanelSettings, name: str) -> str:
    """The cookie's name; `__Host-` makes browsers refuse it from anywhere else."""
    return f"__Host-{name}" if settings.secure else name


def put_cookie(
    response: web.StreamResponse,
    settings: PanelSettings,
    name: str,
    value: str,
    *,
    max_age_s: int | None = None,
) -> None:
    """Set a cookie that scripts can't read and other sites can't send with a post."""
    response.set_cookie(
        cookie(settings, name),
        value,
        path="/",
        httponly=True,
        secure=settings.secure,
        samesite="Lax",
        max_age=max_age_s,
    )


def drop_cookie(response: web.StreamResponse, settings: PanelSettings, name: str) -> None:
    """Make the browser forget a cookie."""
    response.del_cookie(
        cookie(settings, name), path="/", httponly=True, secure=settings.secure, samesite="Lax"
    )


def token(request: web.Request) -> str:
    """The session cookie's secret, or ""."""
    return request.cookies.get(cookie(request.app[SETTINGS], "cc"), "")


async def current(request: web.Request) -> Session | None:
    """The request's session, looked up once. Raises `Unavailable`."""
    if SESSION not in request:
        secret = token(request)
        request[SESSION] = await request.app[ACCOUNTS].session(secret) if secret else None
    return request[SESSION]


async def require(request: web.Request) -> Session:
    """The session of somebody who is logged in. Raises `Denied` (401)."""
    session = await current(request)
    if session is None:
        raise Denied("logged-out", status=401)
    return session


async def require_agent(request: web.Request) -> str:
    """The id of the agent who asks. Raises `Denied` (401)."""
    return agent_of(await require(request))


def agent_of(session: Session) -> str:
    """The agent behind a session that was let in to a route of the desk."""
    assert session.person.agent_id is not None  # noqa: S101 - the table's rows for `self` ask it
    return session.person.agent_id


def first_page(session: Session) -> str:
    """Where a log-in leads; "/" for somebody to whom no page is open."""
    return "/account" if session.must else permissions.home(session.person)


def whence(request: web.Request) -> dict[str, str]:
    """Where a log-in comes from, as `Accounts` asks it."""
    return {
        "address": address(request),
        "device": request.cookies.get(cookie(request.app[SETTINGS], "device"), ""),
        "browser": browsers.family(request.headers.get("User-Agent", "")),
    }


def form_token(request: web.Request) -> str:
    """What the forms of this request's page carry."""
    session = request.get(SESSION)
    return session.csrf if session else login_csrf(login_secret(request))


def login_secret(request: web.Request) -> str:
    """The cookie of a browser that is not logged in yet; a fresh one where it has none."""
    if LOGIN_SECRET not in request:
        name = cookie(request.app[SETTINGS], "login")
        request[LOGIN_SECRET] = request.cookies.get(name) or secrets.token_urlsafe(24)
    return request[LOGIN_SECRET]


def login_csrf(secret: str) -> str:
    """What goes into the forms of that browser: bound to the cookie, but not the cookie itself."""
    key = secret.encode("utf-8", "surrogateescape")
    return hmac.new(key, b"login form", hashlib.sha256).hexdigest()
