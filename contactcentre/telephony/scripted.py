"""Peers that answer as a test tells them to: a manager port, and a caller of a FastAGI server.

Real TCP on loopback, because the faults that they play (a cut in the middle of a message, a peer
that stops answering) are faults of the wire.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Final, Self, cast

Answer = Callable[["ManagerSession", dict[str, str]], None]

WAIT_S: Final = 5.0
BANNER: Final = b"Asterisk Call Manager/11.0.0\r\n"


def block(*headers: tuple[str, str]) -> bytes:
    """One message as Asterisk writes it."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n"


class ManagerSession(asyncio.Protocol):
    """One client of the scripted manager port, seen from Asterisk's side."""

    def __init__(self, port: "ScriptedManager") -> None:
        self.actions: list[dict[str, str]] = []
        self.raw = b""
        self.closed = asyncio.Event()
        self.silent = False
        self._port = port
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._port.sessions.append(self)
        self.write(self._port.banner)
        self._port.changed()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
        self._port.changed()

    def data_received(self, data: bytes) -> None:
        self.raw += data
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            lines = (line.partition(": ") for line in request.decode().split("\r\n"))
            action = {name.lower(): value for name, _, value in lines}
            self.actions.append(action)
            if not self.silent:
                self._port.answer(self, action)
        self._port.changed()

    def named(self, name: str) -> list[dict[str, str]]:
        """The actions of that name so far."""
        return [action for action in self.actions if action["action"] == name]

    def write(self, data: bytes) -> None:
        if data:
            self.transport.write(data)

    def event(self, name: str, *headers: tuple[str, str]) -> None:
        self.write(block(("Event", name), *headers))

    def respond(self, action: Mapping[str, str], *headers: tuple[str, str]) -> None:
        """A response to that action; Success unless the headers say otherwise."""
        first = () if any(name == "Response" for name, _ in headers) else (("Response", "Success"),)
        self.write(block(*first, ("ActionID", action["actionid"]), *headers))

    def list_items(self, action: Mapping[str, str], names: Iterable[str]) -> None:
        """The start of a list and one `Item` event for each name, without its end."""
        action_id = ("ActionID", action["actionid"])
        self.respond(action, ("EventList", "start"), ("Message", "items will follow"))
        for name in names:
            self.event("Item", action_id, ("Name", name))

    def list_end(self, action: Mapping[str, str], how: str = "Complete") -> None:
        self.event("ItemsComplete", ("ActionID", action["actionid"]), ("EventList", how))

    def cut(self) -> None:
        self.transport.abort()


class ScriptedManager:
    """A manager port. `answers` says what to do on an action; the default is Success.

    Log-in, Ping, CoreSettings and CoreStatus are answered as Asterisk does until told otherwise.
    """

    def __init__(self, *, secret: str = "", banner: bytes = BANNER) -> None:
        self.banner = banner
        self.port = 0
        self.sessions: list[ManagerSession] = []
        self.boot_time = "10:00:00"
        self.answers: dict[str, Answer] = {
            "Login": _log_in(secret),
            "CoreSettings": lambda session, action: session.respond(
                action, ("AsteriskVersion", "22.10.1")
            ),
            "CoreStatus": lambda session, action: session.respond(
                action, ("CoreStartupDate", "2026-08-01"), ("CoreStartupTime", self.boot_time)
            ),
        }
        self._waits: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    @classmethod
    @asynccontextmanager
    async def listening(cls, *, secret: str = "", banner: bytes = BANNER) -> AsyncIterator[Self]:
        """A port on loopback for as long as the block lasts."""
        manager = cls(secret=secret, banner=banner)
        server = await asyncio.get_running_loop().create_server(
            lambda: ManagerSession(manager), "127.0.0.1", 0
        )
        manager.port = server.sockets[0].getsockname()[1]
        try:
            yield manager
        finally:
            server.close()
            for session in manager.sessions:
                session.cut()

    def answer(self, session: ManagerSession, action: dict[str, str]) -> None:
        self.answers.get(action["action"], ManagerSession.respond)(session, action)

    def changed(self) -> None:
        for holds, future in self._waits:
            if not future.done() and holds():
                future.set_result(None)

    async def until(self, holds: Callable[[], bool], *, within_s: float = WAIT_S) -> None:
        """Waits until something holds that changes when a client connects, asks or leaves."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits.append((holds, future))
        self.changed()
        async with asyncio.timeout(within_s):
            await future

    async def session(self, number: int = 0) -> ManagerSession:
        """The client that came as that number, counted from 0, once it came."""
        await self.until(lambda: len(self.sessions) > number)
        return self.sessions[number]


def never(session: ManagerSession, action: dict[str, str]) -> None:
    """An answer that is not given."""


def cut(session: ManagerSession, action: dict[str, str]) -> None:
    """The connection ends instead of an answer."""
    session.cut()


def refuse(message: str) -> Answer:
    """An Error response with that sentence."""
    return lambda session, action: session.respond(
        action, ("Response", "Error"), ("Message", message)
    )


def _log_in(secret: str) -> Answer:
    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        if action["secret"] != secret:
            refuse("Authentication failed")(session, action)
            return
        session.respond(action, ("Message", "Authentication accepted"))
        session.event("FullyBooted", ("Status", "Fully Booted"), ("Uptime", "60"))

    return answer


_HEADERS: Final = {
    "network": "yes",
    "network_script": "call",
    "request": "",
    "channel": "PJSIP/carrier-00000001",
    "language": "lv",
    "type": "PJSIP",
    "uniqueid": "1790000000.1",
    "version": "22.10.1",
    "callerid": "unknown",
    "calleridname": "unknown",
    "callingpres": "0",
    "callingani2": "0",
    "callington": "0",
    "callingtns": "0",
    "dnid": "60000100",
    "rdnis": "unknown",
    "context": "cc-inbound",
    "extension": "60000100",
    "priority": "11",
    "enhanced": "0.0",
    "accountcode": "",
    "threadid": "140338884867776",
}


class ScriptedCaller:
    """Asterisk's side of one FastAGI request: a channel that carries out what it is told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def connected(cls, port: int) -> AsyncIterator[Self]:
        """A connection that has not said anything yet; closed when the block ends."""
        caller = cls(*await asyncio.open_connection("127.0.0.1", port))
        try:
            yield caller
        finally:
            caller.cut()

    @classmethod
    @asynccontextmanager
    async def calling(cls, port: int, **env: str) -> AsyncIterator[Self]:
        """A request with the usual headers; `env` adds or replaces some, named without `agi_`."""
        headers = _HEADERS | {"request": f"agi://127.0.0.1:{port}/call"} | env
        async with cls.connected(port) as caller:
            caller.write("".join(f"agi_{name}: {value}\n" for name, value in headers.items()))
            caller.write("\n")
            yield caller

    def write(self, text: str | bytes) -> None:
        self._writer.write(text if isinstance(text, bytes) else text.encode())

    async def expect(self, start: str = "") -> str:
        """The next command, which must begin so. Raises EOFError when the service has closed."""
        async with asyncio.timeout(WAIT_S):
            line = (await self._reader.readline()).decode()
        if not line:
            raise EOFError
        if not line.startswith(start):
            raise AssertionError(f"a {line.split()[0]} came instead")
        return line.removesuffix("\n")

    def lies_there(self) -> bytes:
        """What has come on the socket, looked at without the loop, and not taken."""
        there = self._writer.get_extra_info("socket").dup()
        try:
            return bytes(there.recv(8192, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        finally:
            there.close()

    def unacknowledged(self) -> int:
        """Segments that the service's machine has not acknowledged (`tcpi_unacked`, tcp(7))."""
        peer = self._writer.get_extra_info("socket")
        told = peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28)
        return int.from_bytes(told[24:28], sys.byteorder)

    def reply(self, text: str = "200 result=0") -> None:
        self.write(f"{text}\n")

    async def obey(self, start: str = "", reply: str = "200 result=0") -> str:
        """Expects a command and replies to it."""
        line = await self.expect(start)
        self.reply(reply)
        return line

    def hang_up(self) -> None:
        """The caller hangs up; the channel stays, dead, until the service closes."""
        self.write("HANGUP\n")

    async def closed(self) -> None:
        """Waits for the service's closing of the socket; anything still said is dropped."""
        async with asyncio.timeout(WAIT_S):
            try:
                while await self._reader.read(65_536):
                    pass
            except ConnectionError:
                return

    def cut(self) -> None:
        self._writer.transport.abort()
