"""What a browser gets from Asterisk: SIP over a WebSocket, and an offer that WebRTC takes."""

from typing import Any

import aiohttp
import pytest

from contactcentre.telephony import sip
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx

pytestmark = pytest.mark.asterisk

NAME, SECRET, URI = "a-2", "secret-2", "sip:contactcentre.invalid"

# Asterisk leaves a WebSocket's farewell unanswered.
CLOSED_SOON = aiohttp.ClientWSTimeout(ws_close=0.1)


def register(sequence: int, *more: sip.Header) -> str:
    """A REGISTER as JsSIP sends it."""
    headers = [
        ("Via", f"SIP/2.0/WS x.invalid;branch=z9hG4bK{sequence}"),
        ("Max-Forwards", "70"),
        ("To", f"<sip:{NAME}@contactcentre.invalid>"),
        ("From", f"<sip:{NAME}@contactcentre.invalid>;tag=1"),
        ("Call-ID", "register-1"),
        ("CSeq", f"{sequence} REGISTER"),
        ("Contact", f"<sip:{NAME}@x.invalid;transport=ws>"),
        ("Expires", "60"),
    ]
    message = sip.Message(first=f"REGISTER {URI} SIP/2.0", headers=(*headers, *more))
    return message.encode().decode()


async def read(socket: aiohttp.ClientWebSocketResponse) -> sip.Message:
    """The next message."""
    message = await socket.receive(timeout=10)
    data = message.data
    return sip.parse(data.encode() if isinstance(data, str) else data)


async def test_a_browser_is_offered_encrypted_opus(
    pbx: Pbx, directory: Directory, ami: Any
) -> None:
    """It logs in over the WebSocket and is rung with Opus, DTLS-SRTP and ICE."""
    directory.enrol(NAME, SECRET, kind="browser")
    url = f"http://127.0.0.1:{pbx.settings.http_port}/ws"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, protocols=("sip",), timeout=CLOSED_SOON) as socket,
    ):
        await socket.send_str(register(1))
        challenge = (await read(socket)).header("WWW-Authenticate")
        answer = sip.authorization(challenge, "REGISTER", URI, NAME, SECRET)
        await socket.send_str(register(2, ("Authorization", answer)))
        assert (await read(socket)).status == 200
        target = {"Context": "cc-rejoin", "Exten": "s", "Priority": "1", "Async": "true"}
        await ami.act("Originate", Channel=f"PJSIP/{NAME}", **target)
        while (asked := await read(socket)).method != "INVITE":
            pass
    assert "UDP/TLS/RTP/SAVPF" in asked.body
    for wanted in ("a=fingerprint:SHA-256", "opus/48000/2", "a=ice-ufrag", "a=rtcp-mux"):
        assert wanted in asked.body


async def test_only_the_websocket_is_served(pbx: Pbx) -> None:
    """No status page, no manager and no files over HTTP."""
    root = f"http://127.0.0.1:{pbx.settings.http_port}"
    async with aiohttp.ClientSession() as session:
        for path in ("/httpstatus", "/manager", "/rawman", "/static/", "/ari/channels", "/"):
            async with session.get(root + path) as answer:
                assert answer.status == 404, path
