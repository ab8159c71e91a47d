"""One connection to Asterisk's manager port: panoramisk's protocol behind a wall.

The only module that imports panoramisk, and none of its types leave it. What the library does that
a hotline can't bear is replaced here:

- it decodes each TCP chunk by itself and so loses letters; here whole messages are cut as bytes
- it keeps unanswered actions and repeats them on the next connection; here they end with the link
- it leaves answers waiting for ever; here each wait ends by answer, by deadline, or by the end
- it takes OriginateResponse for the answer to Originate; here an event is never an answer
- it never ends the wait for a list that was refused
- it takes two spellings of a header for one and forgets the first; here that shows (`repeats`)
- it writes whole messages, secrets and citizens' numbers included, to its log
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ssl import SSLContext
from typing import Any, Final, Self

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from contactcentre.telephony.ami_message import AmiDown, AmiMessage, AmiRefused, AmiTimeout, checked

BANNER: Final = b"Asterisk Call Manager/"
MESSAGE_LIMIT_BYTES: Final = 1 << 20
# A stall of our own loop fires a deadline before the answer that already lies in the socket is
# read; one more turn of the loop reads it.
GRACE_S: Final = 0.1
PAUSE_S: Final = 0.02
"""After so long a look whether our own side follows again."""


class LostReason(StrEnum):
    """Why there is no link."""

    UNREACHABLE = "unreachable"  # nobody accepts the connection
    CUT = "cut"  # the connection ended
    SILENT = "silent"  # connected, but no answer
    UNREADABLE = "unreadable"  # what comes is not AMI
    CLOSED = "closed"  # we ended it


@dataclass(slots=True, kw_only=True)
class AmiCounts:
    """What happened at the wall since the start; for the metrics page."""

    events: int = 0
    handler_errors: int = 0
    late_answers: int = 0  # answers that nobody waits for any more, and answers without an ActionID
    unreadable: int = 0
    forged: int = 0  # events that Asterisk has not written whole
    links: int = 0


class _Request(Action):  # type: ignore[misc]  # panoramisk has no types
    """One action under way. `future` gives the response and a list's items, or None: link lost."""

    future: asyncio.Future[tuple[AmiMessage, list[AmiMessage]] | None]

    def __init__(self, headers: Mapping[str, str | Sequence[str]], *, listing: bool) -> None:
        super().__init__(headers)
        self.listing = listing
        self.response: AmiMessage | None = None
        self.rows: list[AmiMessage] = []

    def takes(self, message: AmiMessage) -> bool:
        """Whether this message belongs to the answer. An OriginateResponse does not."""
        return (self.listing and self.response is not None) or "event" not in message

    def add_message(self, message: AmiMessage) -> bool:
        """Takes a part of the answer; true if it was the last one."""
        if self.response is None:
            self.response = message
            complete = not (self.listing and _opens_list(message))
        else:
            complete = "eventlist" in message
            self.rows.append(message)
        if complete and not self.future.done():
            self.future.set_result((self.response, self.rows))
        return complete

    def give_up(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


class AmiLink(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """A connection from its opening to its end; it is never opened again.

    `greeted` is set by the banner, `ended` with the reason of the end.
    """

    closed: bool
    version: str | None  # of the protocol, from the banner; Asterisk's own is asked for later
    transport: asyncio.Transport
    responses: dict[str, _Request]

    def __init__(
        self,
        on_event: Callable[[AmiMessage], None],
        counts: AmiCounts,
        crowded: Callable[[], bool],
    ) -> None:
        loop = asyncio.get_running_loop()
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[LostReason] = loop.create_future()
        self._on_event = on_event
        self._counts = counts
        self._crowded = crowded
        self._paused = False
        self._rest = b""

    @classmethod
    async def open(
        cls,
        host: str,
        port: int,
        *,
        tls: SSLContext | None,
        on_event: Callable[[AmiMessage], None],
        counts: AmiCounts,
        crowded: Callable[[], bool] = lambda: False,
    ) -> Self:
        """Connects, without logging in. Raises OSError."""
        _, link = await asyncio.get_running_loop().create_connection(
            lambda: cls(on_event, counts, crowded), host, port, ssl=tls
        )
        return link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.encoding = "utf-8"

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(LostReason.CUT)

    def close(self) -> None:
        self.end(LostReason.CLOSED)

    def end(self, reason: LostReason) -> None:
        """Ends the connection and every wait on it. Nothing that was read later is delivered."""
        if self.closed:
            return
        self.closed = True
        if reason is LostReason.CLOSED:
            self.transport.close()
        else:  # a frozen peer would keep a polite close waiting for ever
            self.transport.abort()
        for request in self.responses.values():
            request.give_up()
        self.responses.clear()
        if not self.ended.done():
            self.ended.set_result(reason)

    def data_received(self, data: bytes) -> None:
        *blocks, self._rest = (self._rest + data).split(b"\r\n\r\n")
        if self.version is None:
            blocks = self._read_banner(blocks)
        for block in blocks:
            if self.closed:
                return
            text = block.strip(b"\r\n").decode("utf-8", "replace")
            if not text:
                continue
            message = AmiMessage.read(text)
            if message is None:
                self._counts.unreadable += 1
            else:
                self.handle_message(message)
        if len(self._rest) > MESSAGE_LIMIT_BYTES:
            self.end(LostReason.UNREADABLE)
        self._keep_pace()

    def _keep_pace(self) -> None:
        """Read no further while our own side can't follow: Asterisk keeps the rest for a while."""
        crowded = self._crowded()
        if self.closed or not (crowded or self._paused):
            return
        if crowded != self._paused:
            self._paused = crowded
            (self.transport.pause_reading if crowded else self.transport.resume_reading)()
        if crowded:
            asyncio.get_running_loop().call_later(PAUSE_S, self._keep_pace)

    def _read_banner(self, blocks: list[bytes]) -> list[bytes]:
        """Takes the greeting line off the first block; an endless or foreign one ends the link."""
        first = blocks[0] if blocks else self._rest
        line, line_end, after = first.partition(b"\r\n")
        if not line.startswith(BANNER[: len(line)]) or len(line) > 100:
            self.end(LostReason.UNREADABLE)
        elif line_end or blocks:
            self.version = line[len(BANNER) :].decode("ascii", "replace")
            self.greeted.set_result(None)
            if blocks:
                return [after, *blocks[1:]]
            self._rest = after
        return blocks

    def send(self, request: _Request) -> None:
        self.responses[request.id] = request
        self.transport.write(str(request).encode())

    def handle_message(self, message: AmiMessage) -> None:
        request = self.responses.get(message.get("actionid", ""))
        if request is not None and request.takes(message):
            if request.add_message(message):
                self.responses.pop(request.id)
        elif "event" in message:
            self._on_event(message)
        else:
            self._counts.late_answers += 1

    async def ask(
        self,
        action: str,
        headers: Mapping[str, str | Sequence[str]],
        *,
        timeout_s: float,
        listing: bool = False,
    ) -> tuple[AmiMessage, list[AmiMessage]]:
        """One action and its whole answer: the response and, of a list, the items.

        Raises AmiUnsafe, AmiDown, AmiTimeout, AmiRefused.
        """
        request = _Request(checked(action, headers), listing=listing)
        if self.closed or self.transport.is_closing():
            raise AmiDown(action)
        self.send(request)
        try:
            if not await settled(request.future, timeout_s):
                raise AmiTimeout(action)
        finally:
            self.responses.pop(request.id, None)
        answer = request.future.result()
        if answer is None:
            raise AmiDown(action)
        return _unless_refused(*answer)


async def settled(future: asyncio.Future[Any], timeout_s: float) -> bool:
    """Waits for a future, never longer than `timeout_s` and a grace. Whether it is done."""
    await asyncio.wait({future}, timeout=timeout_s)
    if not future.done():
        await asyncio.wait({future}, timeout=GRACE_S)
    return future.done()


def _opens_list(response: AmiMessage) -> bool:
    return response.get("response") == "Success" and (
        response.get("eventlist", "").lower() == "start"
        or "will follow" in response.get("message", "")
    )


def _unless_refused(
    response: AmiMessage, items: list[AmiMessage]
) -> tuple[AmiMessage, list[AmiMessage]]:
    if response.get("response") not in {"Success", "Follows", "Goodbye"}:
        raise AmiRefused(response.get("message", "refused without a reason"))
    if items and items.pop()["eventlist"].lower() != "complete":
        raise AmiRefused("the list was broken off")
    return response, items
