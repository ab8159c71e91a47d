"""The security headers of every answer."""

from __future__ import annotations

from aiohttp import web

from agents_ui.shell.keys import SETTINGS
from agents_ui.shell.port import PanelSettings

CALM = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "contactcentre",
}


def content_security_policy(settings: PanelSettings) -> str:
    """No inline code or style, nothing from elsewhere."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            " ".join(["connect-src 'self'", *settings.phone_origins]),
            "media-src 'self' blob:",
            "font-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def of(settings: PanelSettings) -> dict[str, str]:
    """Those of every answer of this panel."""
    found = {**CALM, "Content-Security-Policy": content_security_policy(settings)}
    if settings.secure:
        found["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return found


async def add(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on an answer that is about to go out."""
    response.headers.update(of(request.app[SETTINGS]))
    response.headers.setdefault("Cache-Control", "no-store")
