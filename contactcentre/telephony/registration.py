"""A phone's registration, ended from our side: whoever is logged out is rung no more.

A secret that counts no more leaves the registration that was made with it, for up to two minutes.
Asterisk's manager has no word that ends one, so it is asked as the phone would ask: a REGISTER that
takes back every contact (RFC 3261, 10.2.2), with the secret that only we know.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Final

from contactcentre.telephony import sip
from contactcentre.telephony.peer import Address, Peer

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
            transport, peer = await loop.create_datagram_endpoint(Peer, remote_addr=pbx)
            try:
                said = await _converse(peer, endpoint, secret, pbx)
            finally:
                transport.close()
    except (OSError, TimeoutError):
        raise NotEnded(refused=False) from None
    if said.status != 200:
        raise NotEnded(refused=True)


async def _converse(peer: Peer, endpoint: str, secret: str, pbx: Address) -> sip.Message:
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
