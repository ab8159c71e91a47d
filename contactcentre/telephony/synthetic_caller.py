"""A caller of software, who rings the hotline, hears the greeting and hangs up."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from contactcentre.telephony import sip
from contactcentre.telephony.peer import Address, Peer
from contactcentre.telephony.synthetic import ENDPOINT

WITHIN_S: Final = 8.0
ENOUGH: Final = 15
"""Packets of 20 ms that are not silent: so much of the greeting tells that it is said."""

_SILENT: Final = frozenset(b"\xd5\x55\xd4\x54")
_RTP_HEADER: Final = 12


class NotServed(Exception):
    """The hotline did not answer as it should; the text says how far the call came."""


async def ring(secret: str, pbx: Address) -> float:
    """Seconds until the greeting is heard. Raises `NotServed`."""
    loop = asyncio.get_running_loop()
    began, reached = loop.time(), "Asterisk does not answer"
    try:
        async with (
            asyncio.timeout(WITHIN_S),
            _opened(Peer, remote_addr=pbx) as peer,
            _opened(_Ear, local_addr=(peer.address[0], 0)) as ear,
        ):
            talk = _SyntheticCall(peer, pbx, ear.port)
            await talk.begin(secret)
            reached = "answered, and the greeting is not heard"
            try:
                await ear.heard.wait()
            finally:
                talk.end()
            return loop.time() - began
    except (OSError, TimeoutError):
        raise NotServed(reached) from None


_Protocol = TypeVar("_Protocol", bound=asyncio.DatagramProtocol)


@asynccontextmanager
async def _opened(
    made: Callable[[], _Protocol],
    *,
    local_addr: Address | None = None,
    remote_addr: Address | None = None,
) -> AsyncIterator[_Protocol]:
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        made, local_addr=local_addr, remote_addr=remote_addr
    )
    try:
        yield protocol
    finally:
        transport.close()


class _Ear(asyncio.DatagramProtocol):
    """Sets `heard` after `ENOUGH` packets of A-law that are not silent."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.port = 0
        self._loud = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Called by the event loop with one packet."""
        sound = data[_RTP_HEADER:]
        if not sound or data[1] & 0x7F != sip.PCMA:
            return
        self._loud += 2 * sum(sample in _SILENT for sample in sound) < len(sound)
        if self._loud >= ENOUGH:
            self.heard.set()


@dataclass(slots=True)
class _SyntheticCall:
    """One call, from its INVITE to its BYE."""

    peer: Peer
    pbx: Address
    port: int  # where we hear
    call_id: str = field(default_factory=lambda: secrets.token_hex(8))
    to: str = ""
    target: str = ""

    def __post_init__(self) -> None:
        self.target = f"sip:s@{self.pbx[0]}:{self.pbx[1]}"
        self.to = f"<{self.target}>"

    async def begin(self, secret: str) -> None:
        """Until it is answered. Raises `NotServed`."""
        uri = self.target
        said = await self._invite(1)
        if said.status == 401:
            challenge = said.header("WWW-Authenticate")
            proof = sip.authorization(challenge, "INVITE", uri, ENDPOINT, secret)
            said = await self._invite(2, ("Authorization", proof))
        if said.status != 200:
            raise NotServed(f"refused with {said.status}")
        self.to, self.target = said.header("To"), sip.uri_in(said.header("Contact"))
        self.peer.send(self._made("ACK", 2, _branch()))

    def end(self) -> None:
        """Hang up; Asterisk's answer is not waited for."""
        self.peer.send(self._made("BYE", 3, _branch()))

    async def _invite(self, number: int, *more: sip.Header) -> sip.Message:
        branch = _branch()
        body = sip.offer(self.peer.address[0], self.port)
        kind = ("Content-Type", "application/sdp")
        said = await self.peer.ask(self._made("INVITE", number, branch, *more, kind, body=body))
        if said.status != 200:
            self.peer.send(self._made("ACK", number, branch, to=said.header("To")))
        return said

    def _made(
        self, method: str, number: int, branch: str, *more: sip.Header, to: str = "", body: str = ""
    ) -> sip.Message:
        host, port = self.peer.address
        me = f"sip:{ENDPOINT}@{host}:{port}"
        fixed = (
            ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch={branch}"),
            ("Max-Forwards", "70"),
            ("From", f"<{me}>;tag={self.call_id}"),
            ("To", to or self.to),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            ("Contact", f"<{me}>"),
        )
        return sip.Message(
            first=f"{method} {self.target} SIP/2.0", headers=(*fixed, *more), body=body
        )


def _branch() -> str:
    return f"z9hG4bK{secrets.token_hex(8)}"
