"""A trunk as it is typed: options, of which its document is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from contactcentre.core.config.trunk import Codec, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTrunk:
    """What is not typed is as the document has it by itself."""

    peer: Annotated[
        tuple[str, ...],
        Parameter(help="whose calls are taken: an address or network; repeatable"),
    ] = ()
    server: Annotated[
        str | None, Parameter(help="where calls out and registration go: sip.carrier.lv:5061")
    ] = None
    transport: Transport = "udp"
    srtp: Annotated[
        Literal["yes", "no"] | None, Parameter(help="encrypted speech; yes with tls if not said")
    ] = None
    link: Annotated[
        str | None, Parameter(help="what encrypts the way, where it is not TLS with SRTP: IPsec")
    ] = None
    user: Annotated[str | None, Parameter(help="of the log-in; its secret is asked for")] = None
    domain: Annotated[str | None, Parameter(help="the account's, if not the server's name")] = None
    challenges: Annotated[bool, Parameter(help="the carrier must log in, too")] = False
    registers: Annotated[
        bool, Parameter(help="tell the carrier where we are; it rings the first --number there")
    ] = False
    codec: Annotated[
        tuple[Codec, ...], Parameter(help="in order; repeatable; g722, alaw, ulaw if not said")
    ] = ()
    number: Annotated[
        tuple[str, ...], Parameter(help="that it brings, as the carrier signals it; repeatable")
    ] = ()
    shows: Annotated[
        str | None, Parameter(help="to citizens who are rung for a number that is not its own")
    ] = None
    municipality: Annotated[str | None, Parameter(help="whose it is, an id")] = None
    centre: Annotated[str | None, Parameter(help="the same of one centre")] = None
    name: Annotated[str | None, Parameter(help="what people call it")] = None

    def document(self, trunk_id: str) -> dict[str, Any]:
        """As people write it. A server that is named by its address may call as well."""
        said = {
            "name": self.name,
            "municipality": self.municipality,
            "centre_id": self.centre,
            "peers": list(self.peer) or _address_of(self.server),
            "server": self.server,
            "transport": self.transport,
            "srtp": None if self.srtp is None else self.srtp == "yes",
            "link": self.link,
            "domain": self.domain,
            "user": self.user,
            "challenges": self.challenges or None,
            "registers": self.registers or None,
            "codecs": list(self.codec) or None,
            "numbers": list(self.number) or None,
            "shows": self.shows,
        }
        return {"trunk_id": trunk_id} | {
            name: value for name, value in said.items() if value is not None
        }


def _address_of(server: str | None) -> list[str]:
    host = re.sub(r"(?<=[].0-9]):[0-9]+\Z", "", server or "").strip("[]")
    try:
        return [str(ip_address(host))]
    except ValueError:
        return []
