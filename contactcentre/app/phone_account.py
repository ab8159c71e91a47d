"""What a telephone on a table is told, by the settings of this installation."""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from contactcentre.settings import Settings
from contactcentre.telephony.phone_file import PhoneAccount


class OpenToRead(ValueError):
    """Anybody on the way could listen; says what to do."""


def open_to_read(settings: Settings) -> bool:
    """Whether nothing of this installation encrypts the way to a telephone."""
    return settings.sip_tls_port == 0 and not _is(settings.sip_host, "is_loopback")


def account(
    endpoint: str, name: str, *, settings: Settings, server: str = "", link: str = ""
) -> PhoneAccount:
    """With a new password. Encrypted where Asterisk speaks TLS, unless `link` says what else
    encrypts the way to it. Raises `OpenToRead`."""
    if not link and open_to_read(settings):
        raise OpenToRead(
            "nothing encrypts the talks of a telephone on the table: set CC_SIP_TLS_PORT, say by"
            " --link what encrypts the way to it (MACsec, IPsec, ...), or let the agent talk in the"
            " browser"
        )
    encrypted = settings.sip_tls_port != 0 and not link
    return PhoneAccount(
        endpoint=endpoint,
        name=name,
        server=server or _server(settings, encrypted=encrypted),
        port=settings.sip_tls_port if encrypted else settings.sip_port,
        encrypted=encrypted,
        password=secrets.token_urlsafe(18),
    )


def _server(settings: Settings, *, encrypted: bool) -> str:
    """The name that Asterisk's certificate has is the panel's; without one its address will do."""
    if encrypted or _is(settings.sip_host, "is_unspecified"):
        return urlsplit(settings.panel_origin).hostname or settings.sip_host
    return settings.sip_host


def _is(host: str, what: Literal["is_loopback", "is_unspecified"]) -> bool:
    try:
        return bool(getattr(ip_address(host), what))
    except ValueError:
        return False
