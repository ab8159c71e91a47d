"""To a syslog server: over TLS or TCP with counted lines (RFC 5425, RFC 6587), UDP or a socket
file."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

PATIENCE_S = 10.0


class BadAddress(ValueError):
    """No place that a syslog can be at; says what can."""


class Outlet(Protocol):
    """Where lines go."""

    async def send(self, line: str) -> None:
        """Send one. Raises `OSError`."""


@asynccontextmanager
async def outlet(address: str) -> AsyncIterator[Outlet]:
    """Opened for the block. Raises `BadAddress` or `OSError`."""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        raise BadAddress(f"'{address}': no such port") from None
    match parts.scheme:
        case "tcp" | "tls" if parts.hostname:
            encrypted = ssl.create_default_context() if parts.scheme == "tls" else None
            default = 6514 if encrypted else 601
            stream = await _Stream.opened(parts.hostname, port or default, encrypted)
            try:
                yield stream
            finally:
                await stream.close()
        case "udp" if parts.hostname:
            with await _udp(parts.hostname, port or 514) as made:
                yield _Datagrams(made)
        case "unix" if parts.path:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
                made.connect(parts.path)
                made.setblocking(False)
                yield _Datagrams(made)
        case _:
            raise BadAddress(
                f"'{address}': must be like tls://host:6514, tcp://host:601, udp://host:514 or"
                " unix:/dev/log"
            )


class _Stream:
    """Each line behind its length in bytes."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    @classmethod
    async def opened(cls, host: str, port: int, encrypted: ssl.SSLContext | None) -> _Stream:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(host, port, ssl=encrypted)
        return cls(writer)

    async def send(self, line: str) -> None:
        data = line.encode()
        self._writer.write(b"%d %s" % (len(data), data))
        async with asyncio.timeout(PATIENCE_S):
            await self._writer.drain()

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class _Datagrams:
    """One a line."""

    def __init__(self, made: socket.socket) -> None:
        self._socket = made

    async def send(self, line: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.get_running_loop().sock_sendall(self._socket, line.encode())


async def _udp(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    family, kind, protocol, _, address = found[0]
    made = socket.socket(family, kind, protocol)
    made.connect(address)
    made.setblocking(False)
    return made
