"""One call's leash: the FastAGI socket of one channel, from its headers to its closing."""

import asyncio
import hmac
import os
import socket
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, cast

import structlog

from contactcentre.telephony.agi_wire import (
    HEADERS,
    AgiBusy,
    AgiHangup,
    AgiLost,
    AgiMalformed,
    AgiRefused,
    AgiReply,
    AgiTimeout,
    LineBuffer,
    ReplyReader,
    encode,
    parse_header,
)
from contactcentre.telephony.digits import key_of

log = structlog.get_logger(__name__)

LISTEN_MS = 40
"""So long at a time for keys between two commands; the next command waits no longer than that."""

HANGUP_WORD_S = 0.3
"""How long the word HANGUP may come after the -1 that it explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiLimits:
    """What a peer may cost us before it has shown to be Asterisk, and at all."""

    sessions: int = 2_000  # callers who are held; more are told to ask again
    headers: int = 64
    line_bytes: int = 8_192
    header_time_s: float = 5.0

    @property
    def connections(self) -> int:
        """As many again may be asking for room."""
        return 2 * self.sessions + 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiAccess:
    """Whom the server takes for Asterisk: these addresses, and who brings the secret.

    It is the request's first argument: the address of a service that is away comes into
    Asterisk's log, the arguments do not.
    """

    peers: frozenset[str] = frozenset({"127.0.0.1"})
    secret: str = field(default="", repr=False)

    def from_peer(self, address: str) -> bool:
        """Whether a connection from there is taken."""
        return address in self.peers

    def asks_rightly(self, env: Mapping[str, str]) -> bool:
        """Whether a request with these headers brings the secret."""
        return hmac.compare_digest(env.get("agi_arg_1", "").encode(), self.secret.encode())


class Owner(Protocol):
    """Who keeps the sessions: told when one opens, has its headers, and ends."""

    limits: AgiLimits
    access: AgiAccess

    def opened(self, session: "AgiSession") -> bool:
        """Whether there is room for it."""

    def requested(self, session: "AgiSession") -> None: ...

    def malformed(self, session: "AgiSession") -> None: ...

    def ended(self, session: "AgiSession") -> None: ...


class AgiSession(asyncio.Protocol):
    """A channel that does what it is told, one command at a time.

    The socket is read all the time, so a hang-up and the loss of the socket are noticed at once,
    with or without a command under way.
    """

    def __init__(self, owner: Owner) -> None:
        self.peer = ""  # its address
        self.env: Mapping[str, str] = MappingProxyType({})
        self.hung_up = False  # the caller; commands for a dead channel may still be sent
        self.lost = False  # the socket, whoever closed it
        self._owner = owner
        self._headers: dict[str, str] | None = {}
        self._lines = LineBuffer(owner.limits.line_bytes)
        self._replies = ReplyReader()
        # One future for each reply that Asterisk owes, in order; a done one is no more awaited.
        self._owed: deque[asyncio.Future[AgiReply | None]] = deque()
        self._listening: asyncio.Future[AgiReply | None] | None = None
        self._ear: asyncio.TimerHandle | None = None
        self._gone = asyncio.Event()
        self._on_hangup: list[Callable[[], None]] = []
        self._closing = False
        self._patience: asyncio.TimerHandle | None = None

    async def command(self, *words: str, timeout_s: float | None = None) -> AgiReply:
        """Sends one command and waits for its reply.

        `words`: the verb in capitals ("STREAM FILE"), then its arguments, each one word to
        Asterisk whatever it holds. No `timeout_s` means as long as the session lives.
        Raises AgiUnsafe and AgiBusy (nothing sent), AgiRefused, AgiTimeout, AgiHangup (a dead
        channel refused, or the socket closed after a hang-up), AgiLost (the socket closed).
        """
        line = encode(words)
        await self._hush()
        if any(not future.done() for future in self._owed):
            raise AgiBusy(words[0])
        return await self.reply(self._send(line), words[0], timeout_s=timeout_s)

    async def reply(
        self, sent: asyncio.Future[AgiReply | None], verb: str, *, timeout_s: float | None = None
    ) -> AgiReply:
        """What is answered to a command that was sent. Raises as `command` does."""
        try:
            async with asyncio.timeout(timeout_s):
                return self._accepted(await sent)  # if its reply comes later, it is dropped
        except TimeoutError:
            raise AgiTimeout(verb) from None

    def begin(self, *words: str) -> asyncio.Future[AgiReply | None] | None:
        """Sends a command within this very call; None, and nothing sent, where it would have to
        wait for anything. Its `reply` is to be awaited before the next command."""
        idle = not (self._owed or self._listening or self._ear or self.lost or self._closing)
        return self._send(encode(words), at_once=True) if idle else None

    def follow(self, *words: str) -> asyncio.Future[AgiReply | None] | None:
        """Sends a command for when the one under way has ended, which must have begun: Asterisk
        does not look at what comes in one piece with it. None where none is under way."""
        one = len(self._owed) == 1 and not self._owed[0].done()
        return self._send(encode(words)) if one and not (self.lost or self._closing) else None

    def listen(self, heard: Callable[[str], object], *, after_s: float = 0.0) -> None:
        """Takes keys, told to `heard`, from `after_s` on and until the next command is to go.

        While no command runs, Asterisk drops the keys that are pressed. It listens for a short
        time, again and again: a command sent meanwhile would end it, but not if Asterisk found
        both in its socket at once, for then it would not look at the second.
        """
        self._mute()
        loop = asyncio.get_running_loop()
        self._ear = loop.call_later(after_s, self._listen, heard) if after_s else None
        if not after_s:
            self._listen(heard)

    def _listen(self, heard: Callable[[str], object]) -> None:
        if self.lost or self._closing or self._owed:
            return

        def replied(future: asyncio.Future[AgiReply | None]) -> None:
            reply = future.result()
            if reply is None or reply.code != 200 or reply.failed:
                return  # the call is over
            if (pressed := key_of(reply.result)) != "":
                heard(pressed)
            if self._listening is future:
                self._listen(heard)

        self._listening = self._send(encode(("WAIT FOR DIGIT", str(LISTEN_MS))))
        self._listening.add_done_callback(replied)

    async def _hush(self) -> None:
        """Returns when Asterisk has ended to listen."""
        listening = self._mute()
        if listening is not None and not listening.done():
            await asyncio.wait({listening})

    def _mute(self) -> asyncio.Future[AgiReply | None] | None:
        if self._ear is not None:
            self._ear.cancel()
        listening, self._listening, self._ear = self._listening, None, None
        return listening

    def _send(self, line: bytes, *, at_once: bool = False) -> asyncio.Future[AgiReply | None]:
        if self.lost or self._closing:
            raise self._over()
        future: asyncio.Future[AgiReply | None] = asyncio.get_running_loop().create_future()
        self._owed.append(future)
        self._transport.write(line[self._sent(line) :] if at_once else line)
        return future

    def _sent(self, line: bytes) -> int:
        """How much of it went out at once: uvloop writes when all that is due was done."""
        if self._transport.get_write_buffer_size():
            return 0
        try:
            return os.write(self._socket.fileno(), line)
        except OSError:  # it takes nothing just now, or never again: the transport finds out
            return 0

    async def wait_hangup(self) -> None:
        """Returns when the caller has hung up or the socket is closed."""
        await self._gone.wait()

    async def hangup_word(self, within_s: float = HANGUP_WORD_S) -> None:
        """Raises AgiHangup if the word comes that explains a failure; returns if it does not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.wait_hangup()
                raise AgiHangup("hung up")

    def on_hangup(self, callback: Callable[[], None]) -> None:
        """Calls back once, at once, when the caller hangs up or the socket is lost, also if that
        has happened already; not when the session is closed from here. Must not block."""
        if self.hung_up or (self.lost and not self._closing):
            self._call_back(callback)
        else:
            self._on_hangup.append(callback)

    def close(self) -> None:
        """Lets go of the channel: it goes on in the dialplan. Safe to call again."""
        if not self._closing:
            self._closing = True
            self._transport.close()
            self._end_waits()

    def _over(self) -> AgiHangup | AgiLost:
        return AgiHangup("hung up") if self.hung_up else AgiLost("socket closed")

    def _accepted(self, reply: AgiReply | None) -> AgiReply:
        if reply is None:
            raise self._over()
        if reply.code == 511 and self.hung_up:
            raise AgiHangup("dead channel")
        if reply.code != 200:
            raise AgiRefused(reply.code)
        return reply

    # -- the reader's side ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._socket: socket.socket = self._transport.get_extra_info("socket")
        self.peer = str(self._transport.get_extra_info("peername")[0])
        if not self._owner.opened(self):
            self._transport.abort()
            return
        _keep_alive(self._socket)
        self._patience = asyncio.get_running_loop().call_later(
            self._owner.limits.header_time_s, self._reject
        )

    def data_received(self, data: bytes) -> None:
        self._acknowledge()
        try:
            for line in self._lines.feed(data):
                if self._transport.is_closing():
                    return
                if self._headers is None:
                    self._read_line(line)
                else:
                    self._read_header(line, self._headers)
        except AgiMalformed:
            self._reject()

    def _acknowledge(self) -> None:
        """At once: Asterisk keeps a second small piece until the first was acknowledged (Nagle,
        RFC 896), and the kernel likes to wait for 40 ms (RFC 1122, 4.2.3.2). It forgets this again.
        """
        with suppress(OSError):  # the peer may be gone
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._stop_patience()
        self._end_waits()
        self._tell_gone()
        self._owner.ended(self)

    def _read_header(self, line: str, headers: dict[str, str]) -> None:
        if line:
            name, value = parse_header(line)
            if name in headers:
                raise AgiMalformed("a header twice")
            headers[name] = value
            if len(headers) > self._owner.limits.headers:
                raise AgiMalformed("too many headers")
            return
        if not headers.keys() >= HEADERS:
            raise AgiMalformed("not all headers")
        self._stop_patience()
        self.env = MappingProxyType(headers)
        self._headers = None
        self._owner.requested(self)

    def _read_line(self, line: str) -> None:
        if line == "HANGUP":
            self.hung_up = True
            self._tell_gone()
            return
        reply = self._replies.read(line)
        if reply is not None and self._owed:
            future = self._owed.popleft()
            if not future.done():
                future.set_result(reply)

    def _stop_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()

    def _reject(self) -> None:
        self._owner.malformed(self)
        self._transport.abort()

    def _end_waits(self) -> None:
        for future in self._owed:
            if not future.done():
                future.set_result(None)
        self._owed.clear()

    def _tell_gone(self) -> None:
        self._gone.set()
        callbacks, self._on_hangup = self._on_hangup, []
        if not self._closing:
            for callback in callbacks:
                self._call_back(callback)

    def _call_back(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception as error:  # noqa: BLE001  one faulty callback must not deafen the session
            log.error("agi_hangup_failed", error=type(error).__name__)


def _keep_alive(peer: socket.socket) -> None:
    """A machine that vanished without a word is noticed within ten seconds."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 5)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10_000)
