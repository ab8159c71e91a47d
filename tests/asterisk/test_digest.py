"""By which digests telephones log in: SHA-256, and MD5 only where an operator has said so."""

import asyncio
import hashlib
import re
from typing import Any

import pytest

from contactcentre.telephony import sip
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx
from contactcentre.telephony.peer import Peer

pytestmark = pytest.mark.asterisk

NAME, SECRET = "a-3", "secret-3"


def hashed(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def by_md5(challenge: str, uri: str) -> str:
    """What an old telephone answers to whatever it is asked."""
    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    whose, what = hashed(f"{NAME}:{asked['realm']}:{SECRET}"), hashed(f"REGISTER:{uri}")
    proof = hashed(f"{whose}:{asked['nonce']}:00000001:c:auth:{what}")
    return (
        f'Digest username="{NAME}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
        f'uri="{uri}", response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", '
        f'opaque="{asked["opaque"]}"'
    )


async def ask(pbx: Pbx, number: int, *more: sip.Header) -> sip.Message:
    """Asterisk's answer to a REGISTER."""
    uri = f"sip:127.0.0.1:{pbx.settings.sip_port}"
    transport, peer = await asyncio.get_running_loop().create_datagram_endpoint(
        Peer, ("127.0.0.1", 0), ("127.0.0.1", pbx.settings.sip_port)
    )
    host, port = peer.address
    me = f"<sip:{NAME}@127.0.0.1>"
    headers = (
        ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bKd{number}"),
        ("Max-Forwards", "70"),
        ("From", f"{me};tag=1"),
        ("To", me),
        ("Call-ID", "digest"),
        ("CSeq", f"{number} REGISTER"),
        ("Contact", f"<sip:{NAME}@{host}:{port}>"),
        ("Expires", "60"),
    )
    try:
        async with asyncio.timeout(10):
            return await peer.ask(
                sip.Message(first=f"REGISTER {uri} SIP/2.0", headers=(*headers, *more))
            )
    finally:
        transport.close()


async def logs_in(pbx: Pbx, challenge: str, *, old: bool) -> int | None:
    """What comes of answering that challenge."""
    uri = f"sip:127.0.0.1:{pbx.settings.sip_port}"
    if old:
        word = by_md5(challenge, uri)
    else:
        word = sip.authorization(challenge, "REGISTER", uri, NAME, SECRET)
    return (await ask(pbx, 2 + old, ("Authorization", word))).status


async def test_md5_is_neither_asked_for_nor_taken(pbx: Pbx, directory: Directory) -> None:
    """An old telephone's answer is none, whatever the nonce; that of another is."""
    directory.enrol(NAME, SECRET, kind="desk")
    (challenge,) = (await ask(pbx, 1)).all("WWW-Authenticate")
    assert re.search(r"algorithm=\"?SHA-256\b(?!-)", challenge)
    assert await logs_in(pbx, challenge, old=True) == 401
    assert await logs_in(pbx, challenge, old=False) == 200


async def test_an_old_telephone_where_somebody_has_said_so(start_pbx: Any) -> None:
    """Both are offered, the better one first; either logs in."""
    pbx = await start_pbx(sip_digests=("SHA-256", "MD5"))
    Directory(pbx.settings.directory).enrol(NAME, SECRET, kind="desk")
    better, old = (await ask(pbx, 1)).all("WWW-Authenticate")
    assert "SHA-256" in better
    assert "MD5" in old
    assert await logs_in(pbx, old, old=True) == 200
    assert await logs_in(pbx, better, old=False) == 200
