"""Who is asking: cookies, the session behind them, and the page each role may see."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from aiohttp import web

from agents_ui.shell import browsers
from agents_ui.shell.addresses import address
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import ACCOUNTS, LOGIN_SECRET, SESSION, SETTINGS
from agents_ui.shell.port import PanelSettings, Person, Session


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


async def require_desk(request: web.Request) -> Session:
    """The session of somebody who answers calls. Raises `Denied` (401, 403)."""
    session = await require(request)
    if not may_use_desk(session.person):
        raise Denied("forbidden", status=403)
    return session


async def require_agent(request: web.Request) -> str:
    """The id of the agent who asks. Raises `Denied` (401, 403)."""
    return agent_of(await require_desk(request))


def agent_of(session: Session) -> str:
    """The agent behind a session that `require_desk` let in."""
    assert session.person.agent_id is not None  # noqa: S101 - `require_desk` has checked it
    return session.person.agent_id


async def require_board(request: web.Request) -> Session:
    """The session of somebody who may see the board. Raises `Denied` (401, 403)."""
    session = await require(request)
    if not may_see_board(session.person):
        raise Denied("forbidden", status=403)
    return session


def may_use_desk(person: Person) -> bool:
    """Agents, and administrators who answer calls too."""
    return person.role in {"agent", "admin"} and person.agent_id is not None


def may_see_board(person: Person) -> bool:
    """Supervisors and administrators."""
    return person.role in {"supervisor", "admin"}


def home(person: Person | None) -> str:
    """The page to start from."""
    if person is None:
        return "/login"
    return "/board" if may_see_board(person) else "/desk"


def first_page(session: Session) -> str:
    """Where a log-in leads."""
    return "/account" if session.must_enrol else home(session.person)


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
