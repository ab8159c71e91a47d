"""A telephone that asks Asterisk something by SIP over UDP, for a moment."""

from __future__ import annotations

import asyncio
from typing import Final, cast

from contactcentre.telephony import sip

Address = tuple[str, int]

RESEND_S: Final = 0.5


class Peer(asyncio.DatagramProtocol):
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

    def send(self, message: sip.Message) -> None:
        """What needs no answer."""
        assert self._transport is not None  # noqa: S101 - as above
        self._transport.sendto(message.encode())

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
