"""Transports that Asterisk does not listen to: what is to be set, for they begin with its start;
and those that anybody on the way could listen to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contactcentre.core.config.document import Refused
from contactcentre.core.config.trunk import Transport, Trunk

_ANEW: Final = "then start Asterisk anew (contactcentre pbx), which ends its calls"

SET: Final[Mapping[Transport, str]] = MappingProxyType(
    {
        "udp": "",
        "tcp": f"set CC_SIP_TCP_PORT, {_ANEW}",
        "tls": f"set CC_SIP_TLS_PORT, CC_SIP_TLS_CERTIFICATE and CC_SIP_TLS_KEY, {_ANEW}",
    }
)


def switched_on(*, tcp_port: int, tls_port: int) -> frozenset[Transport]:
    """Those that Asterisk listens to; a port of 0 is none."""
    ports: Mapping[Transport, int] = {"udp": 1, "tcp": tcp_port, "tls": tls_port}
    return frozenset(transport for transport, port in ports.items() if port)


def require_private(trunk: Trunk) -> None:
    """Raises `Refused` where talks would be open to read, and nobody has said that they are not."""
    if trunk.is_open_to_read:
        what = "nothing encrypts it: take transport tls, or name what does (IPsec, WireGuard, ...)"
        raise Refused([f"trunk {trunk.trunk_id}, link: {what}"])


def is_off(transport: Transport) -> str:
    """That it is, in words."""
    return f"SIP over {transport.upper()} is off"
