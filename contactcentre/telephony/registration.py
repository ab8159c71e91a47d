"""A phone's registration, ended from our side: whoever is logged out is rung no more.

A secret that counts no more leaves the registration that was made with it, for up to two minutes.
Asterisk's manager has no word that ends one, so it is asked as the phone would ask: a REGISTER that
takes back every contact (RFC 3261, 10.2.2), with the secret that only we know.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Final, cast

from contactcentre.telephony import sip

Address = tuple[str, int]

RESEND_S: Final = 0.5
WITHIN_S: Final = 2.0


class NotEnded(Exception):
    """Asterisk does not answer, or takes the secret no more (somebody has a newer one)."""

    def __init__(self, *, refused: bool) -> None:
        super().__init__("refused" if refused else "no answer")
        self.refused = refused


async def end(endpoint: str, secret: str, pbx: Address) -> None:
    """Take back all contacts of a phone. Raises `NotEnded`."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(WITHIN_S):
            transport, peer = await loop.create_datagram_endpoint(_Peer, remote_addr=pbx)
            try:
                said = await _converse(peer, endpoint, secret, pbx)
            finally:
                transport.close()
    except (OSError, TimeoutError):
        raise NotEnded(refused=False) from None
    if said.status != 200:
        raise NotEnded(refused=True)


async def _converse(peer: _Peer, endpoint: str, secret: str, pbx: Address) -> sip.Message:
    uri, call_id = f"sip:{pbx[0]}:{pbx[1]}", secrets.token_hex(8)
    said = await peer.ask(_request(uri, endpoint, call_id, 1, peer.address))
    if said.status != 401:
        return said
    challenge = said.header("WWW-Authenticate")
    word = sip.authorization(challenge, "REGISTER", uri, endpoint, secret)
    proof = ("Authorization", word)
    return await peer.ask(_request(uri, endpoint, call_id, 2, peer.address, proof))


def _request(
    uri: str, endpoint: str, call_id: str, number: int, ours: Address, *more: sip.Header
) -> sip.Message:
    me = f"<sip:{endpoint}@{uri.removeprefix('sip:')}>"
    via = f"SIP/2.0/UDP {ours[0]}:{ours[1]};rport;branch=z9hG4bK{secrets.token_hex(8)}"
    fixed = (
        ("Via", via),
        ("Max-Forwards", "70"),
        ("From", f"{me};tag={call_id}"),
        ("To", me),
        ("Call-ID", call_id),
        ("CSeq", f"{number} REGISTER"),
        ("Contact", "*"),
        ("Expires", "0"),
    )
    return sip.Message(first=f"REGISTER {uri} SIP/2.0", headers=(*fixed, *more))


class _Peer(asyncio.DatagramProtocol):
    """One question at a time, sent again until it is answered."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport | None = None
        self._number = ""
        self._answer: asyncio.Future[sip.Message] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    @property
    def address(self) -> Address:
        """Where the answer is to go."""
        assert self._transport is not None  # noqa: S101 - set before anybody has this object
        host, port = self._transport.get_extra_info("sockname")[:2]
        return str(host), int(port)

    async def ask(self, request: sip.Message) -> sip.Message:
        """The final answer. Cancelled by its caller's time limit."""
        assert self._transport is not None  # noqa: S101 - as above
        self._number = request.header("CSeq")
        answer: asyncio.Future[sip.Message] = asyncio.get_running_loop().create_future()
        self._answer = answer
        while not answer.done():
            self._transport.sendto(request.encode())
            await asyncio.wait([answer], timeout=RESEND_S)
        return answer.result()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Called by the event loop with one message."""
        try:
            said = sip.parse(data)
            expected = (said.status or 0) >= 200 and said.header("CSeq") == self._number
        except ValueError:
            return
        if expected and self._answer is not None and not self._answer.done():
            self._answer.set_result(said)

    def error_received(self, exc: Exception) -> None:
        """Called by the event loop where nobody listens."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc)
