"""Where a request comes from, as far as anybody's word on it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from agents_ui.shell.keys import SETTINGS

HOPS = 20
"""So many entries of X-Forwarded-For are read, from the end."""


def address(request: web.Request) -> str:
    """The browser's address: the last one that no trusted proxy of ours has."""
    trusted = request.app[SETTINGS].trusted_proxies
    sender = request.remote or ""
    entries = ",".join(request.headers.getall("X-Forwarded-For", [])).rsplit(",", HOPS)[-HOPS:]
    while entries and is_trusted(sender, trusted):
        if _parsed(hop := entries.pop().strip()) is None:
            break
        sender = hop
    return sender


def neighbourhood(sender: str) -> str:
    """Whose address it is, as far as counting goes: whoever has one of IPv6 has its /64."""
    parsed = _parsed(sender)
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(IPv6Network((parsed, 64), strict=False))


def is_trusted(sender: str, trusted: Sequence[str]) -> bool:
    """Whether a proxy of ours is there."""
    parsed = _parsed(sender)
    return parsed is not None and any(parsed in ip_network(network) for network in trusted)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address may come in the clothes of IPv6."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
