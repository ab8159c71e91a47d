"""Webhooks: a JSON body by POST, signed, to where an administrator allows it and nowhere else.

Who writes an address into a rule must not reach with it what only this machine reaches: the
database, the telephone exchange, a cloud's metadata. So the addresses that a name leads to are
looked at, and exactly those are connected to.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from contactcentre.features.outbox.mail import NotSent
from contactcentre.features.outbox.post import post
from contactcentre.features.outbox.store import Waiting

LONGEST_URL: Final = 500
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """`within` are networks that are reached although they are not the Internet's; by plain HTTP
    on this machine alone. `secret` signs."""

    secret: str = field(repr=False)
    within: Sequence[str] = ()
    clock: Callable[[], float] = time.time

    def fault(self, url: str) -> str:
        """What is wrong with an address, as far as can be seen without asking; "" if nothing."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return "must be an https:// address"
        if len(url) > LONGEST_URL or parts.scheme not in ("https", "http") or not parts.hostname:
            return "must be an https:// address"
        if parts.username or parts.password:
            return "must have no log-in in it: what is sent is signed instead"
        if _literal(parts.hostname) and not self.may(parts.hostname, parts.scheme):
            return "leads into a network that CC_WEBHOOK_NETWORKS does not name"
        return ""

    async def send(self, one: Waiting) -> None:
        """Raises `NotSent`."""
        fault = self.fault(one.to) if self.secret else "CC_WEBHOOK_SECRET is not set"
        if fault:
            raise NotSent(fault, final=True)
        resolver = _Guard(self, urlsplit(one.to).scheme)
        body = one.body.encode()
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False)
        try:
            await post(one.to, body, self._headers(one, body), connector=connector)
        except NotSent:
            if resolver.refused:
                raise NotSent(resolver.refused) from None
            raise

    def may(self, host: str, scheme: str) -> bool:
        """Whether an address may be connected to."""
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address in ip_network(one) for one in self.within):
            return scheme == "https" or address.is_loopback
        return scheme == "https" and address.is_global and not address.is_multicast

    def _headers(self, one: Waiting, body: bytes) -> Mapping[str, str]:
        at = str(int(self.clock()))
        return {
            "User-Agent": "contactcentre",
            "X-Contactcentre-Id": one.message_id,
            "X-Contactcentre-Timestamp": at,
            "X-Contactcentre-Signature": f"sha256={signature(self.secret, at, body)}",
        }


def signature(secret: str, at: str, body: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) over the timestamp, a dot and the body, in hexadecimal digits."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


class _Guard(AbstractResolver):
    """Names as the system knows them; of their addresses those that may be reached."""

    def __init__(self, hooks: Webhooks, scheme: str) -> None:
        self._hooks = hooks
        self._scheme = scheme
        self._system = ThreadedResolver()
        self.refused = ""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """See `AbstractResolver`."""
        found = await self._system.resolve(host, port, family)
        good = [one for one in found if self._hooks.may(one["host"], self._scheme)]
        if not good:
            self.refused = "leads into a network that CC_WEBHOOK_NETWORKS does not name"
            raise OSError(self.refused)
        return good

    async def close(self) -> None:
        """See `AbstractResolver`."""
        await self._system.close()
