"""Refusing what another site makes a browser send."""

from __future__ import annotations

import hmac

from aiohttp import web

from agents_ui.shell import bodies
from agents_ui.shell.boundary import Handler
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import SETTINGS
from agents_ui.shell.sessions import cookie, current, login_csrf

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOG_IN = frozenset({"/login", "/login/code", "/login/passkey", "/login/passkey/offer"})
WITHOUT_SESSION = LOG_IN | {"/language", "/answer/read", "/answer/give"}


@web.middleware
async def refuse_forgeries(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every request that may change something must come from our page and carry its token."""
    if request.method not in SAFE:
        check_origin(request)
        await _check_token(request)
    return await handler(request)


def check_origin(request: web.Request, *, required: bool = False) -> None:
    """Compare the browser's word on where a request comes from. Raises `Denied` (403).

    A page under `Referrer-Policy: no-referrer` posts its forms with `Origin: null`, so that alone
    proves nothing; `Sec-Fetch-Site` is not bent by any policy. A WebSocket always says its origin.
    """
    origin = request.headers.get("Origin")
    allowed = {request.app[SETTINGS].origin} | (set() if required else {None, "null"})
    if origin not in allowed or request.headers.get("Sec-Fetch-Site", "none") not in {
        "same-origin",
        "none",
    }:
        raise Denied("foreign-origin", status=403)


async def _check_token(request: web.Request) -> None:
    session = None if request.path in LOG_IN else await current(request)
    if session is None and request.path not in WITHOUT_SESSION:
        raise Denied("logged-out", status=401)
    expected = session.csrf if session else _login_token(request)
    given = request.headers.get("X-CSRF") or await _form_token(request)
    # Headers come with half characters in the place of bytes that are no UTF-8.
    given_bytes = given.encode("utf-8", "surrogateescape")
    if not expected or not hmac.compare_digest(given_bytes, expected.encode()):
        raise Denied("stale-form", status=403)


async def _form_token(request: web.Request) -> str:
    if request.content_type == "application/json":
        return ""
    return (await bodies.form(request)).get("csrf", "")


def _login_token(request: web.Request) -> str:
    secret = request.cookies.get(cookie(request.app[SETTINGS], "login"), "")
    return login_csrf(secret) if secret else ""
