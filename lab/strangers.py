"""Strangers who besiege a hotline: idle sockets and slow ones, guesses at passwords, stray calls.

They have addresses of loopback of their own, as if they came from as many machines, and come again
when they are sent away.
"""

from __future__ import annotations

import asyncio
import random
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Never

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from contactcentre.settings import Settings
from contactcentre.telephony import sip

AGAIN_S: Final = 5.0
"""So long after having been sent away they come again."""

DRIBBLE_S: Final = 1.0
"""A slow one says a byte so often."""

AT_ONCE: Final = 100
"""So many sockets are opened at the same time."""

PATIENCE: Final = ClientTimeout(total=10.0)
FORM: Final = re.compile(r'name="csrf" value="([^"]*)"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Siege:
    """`idle` sockets on each TCP port of the hotline, and `slow` ones on the panel's; guesses at
    the passwords of `names`, and calls abroad. All from so many `addresses`."""

    settings: Settings
    idle: int
    slow: int
    log_ins_per_s: float
    invites_per_s: float
    names: tuple[str, ...] = ("admin",)
    addresses: int = 16

    @property
    def ports(self) -> dict[str, int]:
        """Those of TCP. (Nothing listens to SIP over it, unless a trunk wants it.)"""
        its = self.settings
        return {
            "panel": its.port,
            "websocket": its.sip_websocket_port,
            "agi": its.agi_port,
            "sip": its.sip_port,
        }


class Strangers:
    """`told` counts what became of each try."""

    def __init__(self, siege: Siege) -> None:
        self.told: Counter[str] = Counter()
        self._siege = siege
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._absent = 0
        self.there = asyncio.Event()

    def jobs(
        self, doors: list[ClientSession], wires: list[_Wire]
    ) -> list[Coroutine[Any, Any, None]]:
        """Everything that they do."""
        siege = self._siege
        ports = siege.ports.items()
        idle = [(name, port, False) for name, port in ports for _ in range(siege.idle)]
        wanted = [*idle, *[("slow", siege.settings.port, True)] * siege.slow]
        self._absent = len(wanted)
        names, dice = random.Random(1), random.Random(2)  # noqa: S311 - the same every time
        return [
            *(
                self._sit(f"127.9.0.{n % siege.addresses + 1}", *one)
                for n, one in enumerate(wanted)
            ),
            _at_pace(
                siege.log_ins_per_s,
                lambda n: self._guess(doors[n % len(doors)], names.choice(siege.names)),
            ),
            _at_pace(siege.invites_per_s, lambda n: wires[n % len(wires)].ring(dice)),
        ]

    async def _sit(self, of: str, name: str, port: int, slow: bool) -> None:
        """Take a place and keep it; whoever is not let in at all stays away."""
        first = True
        while True:
            try:
                async with self._gate:
                    host = self._siege.settings.host
                    reader, writer = await asyncio.open_connection(host, port, local_addr=(of, 0))
            except ConnectionRefusedError:
                self.told[f"{name} shut"] += 1
                return self._came(first)
            except OSError:
                self.told[f"{name} not connected"] += 1
            else:
                self._came(first)
                first = False
                ended = await (_dribble if slow else _wait)(reader, writer)
                self.told[f"{name} {ended}"] += 1
            await asyncio.sleep(random.uniform(0.5, 1.5) * AGAIN_S)  # noqa: S311

    def _came(self, first: bool) -> None:
        self._absent -= first
        if not self._absent:
            self.there.set()

    async def _guess(self, door: ClientSession, name: str) -> None:
        try:
            async with door.get("/login") as page:
                form = FORM.search(await page.text())
                cookie = page.headers.get("Set-Cookie", "").partition(";")[0]
            fields = {"username": name, "password": "qwerty123456", "csrf": form[1] if form else ""}
            async with door.post("/login", data=fields, headers={"Cookie": cookie}) as answer:
                self.told[f"log-in {answer.status}"] += 1
        except (ClientError, OSError, TimeoutError):
            self.told["log-in without an answer"] += 1


class _Wire(asyncio.DatagramProtocol):
    """A stranger's telephone: it calls, and hears what it is told."""

    def __init__(self, told: Counter[str]) -> None:
        self._told = told

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        self._transport = transport

    def datagram_received(self, data: bytes, _: object) -> None:
        """Called by the event loop."""
        status = sip.parse(data).status
        if status is not None and status >= 200:
            self._told[f"call {status}"] += 1

    async def ring(self, dice: random.Random) -> None:
        """One INVITE, of nobody or of somebody whose name was guessed."""
        host, port = self._transport.get_extra_info("sockname")
        call, me = secrets.token_hex(8), dice.choice(("100", "admin", "b-1000", "a-1"))
        number = f"00{dice.randrange(10**9, 10**10)}"
        message = sip.Message(
            first=f"INVITE sip:{number}@127.0.0.1 SIP/2.0",
            headers=(
                ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{call}"),
                ("Max-Forwards", "70"),
                ("From", f"<sip:{me}@{host}>;tag={call}"),
                ("To", f"<sip:{number}@127.0.0.1>"),
                ("Call-ID", call),
                ("CSeq", "1 INVITE"),
                ("Contact", f"<sip:{me}@{host}:{port}>"),
                ("Content-Type", "application/sdp"),
            ),
            body=sip.offer(host, 4000),
        )
        self._told["calls"] += 1
        self._transport.sendto(message.encode())


@asynccontextmanager
async def besieging(siege: Siege) -> AsyncIterator[Strangers]:
    """They come, and stay while the block runs."""
    strangers = Strangers(siege)
    its, loop = siege.settings, asyncio.get_running_loop()
    hosts = [f"127.9.1.{number + 1}" for number in range(siege.addresses)]
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        doors = [await stack.enter_async_context(_door(its.panel_origin, one)) for one in hosts]
        wires = []
        for one in hosts:
            transport, wire = await loop.create_datagram_endpoint(
                lambda: _Wire(strangers.told), (one, 0), (its.sip_host, its.sip_port)
            )
            stack.callback(transport.close)
            wires.append(wire)
        running = [tasks.create_task(job) for job in strangers.jobs(doors, wires)]
        yield strangers
        for task in running:
            task.cancel()


def _door(origin: str, of: str) -> ClientSession:
    connector = TCPConnector(local_addr=(of, 0), limit=0)
    return ClientSession(origin, connector=connector, cookie_jar=DummyCookieJar(), timeout=PATIENCE)


async def _at_pace(per_s: float, do: Callable[[int], Coroutine[Any, Any, None]]) -> None:
    """Begin one after another, whatever becomes of those before; at a pace of 0 none."""
    if not per_s:
        return
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as tasks:
        for number in count():
            await asyncio.sleep(began + number / per_s - loop.time())
            tasks.create_task(do(number))


async def _wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    try:
        said = await reader.read(12)
    except ConnectionError:
        said = b""
    finally:
        writer.transport.abort()
    return f"told {said[9:12].decode()}" if said.startswith(b"HTTP/") else "sent away"


async def _dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    async def say() -> Never:
        writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")
        while True:
            await asyncio.sleep(DRIBBLE_S)
            writer.write(b"x")

    saying = asyncio.create_task(say())
    try:
        return await _wait(reader, writer)
    finally:
        saying.cancel()
