"""The socket file by which the command line turns the running service's switches.

Only the service's own user may open it, so it asks for no password, and it needs no database. One
JSON object a line: a request `{"do": ...}`, and an answer `{"ok": true, ...}` or `{"error": ...}`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Never

import msgspec
import structlog

log = structlog.get_logger(__name__)

Answer = dict[str, Any]
Do = Callable[[Mapping[str, Any]], Awaitable[Answer]]

LINE = 64 * 1024
PATIENCE_S = 10.0


class NotRunning(Exception):
    """No service answers at the socket file."""


class Control:
    """Answers requests by name."""

    def __init__(self, path: Path, doings: Mapping[str, Do]) -> None:
        self._path = path
        self._doings = doings

    async def run(self) -> Never:
        """Listen until cancelled. Where no socket file can be made, calls go on without it."""
        try:
            server = await self._listen()
        except OSError as error:
            log.error(
                "control_socket", action="no_control_socket", error=error.strerror or str(error)
            )
            await asyncio.Event().wait()
        else:
            async with server:
                await server.serve_forever()
        raise AssertionError("a server ends only when it is told to")

    async def _listen(self) -> asyncio.Server:
        with suppress(FileNotFoundError):
            self._path.unlink()
        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(self._converse, self._path, limit=LINE)
        finally:
            os.umask(before)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                line = await reader.readline()
            answer = await self._answer(line)  # which may take its time
            async with asyncio.timeout(PATIENCE_S):
                writer.write(msgspec.json.encode(answer) + b"\n")
                await writer.drain()
        except (TimeoutError, OSError, ValueError):
            pass  # whoever asked has gone, or sends no line
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> Answer:
        try:
            request = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError:
            return {"error": "not understood"}
        do = self._doings.get(str(request.get("do")))
        return {"error": "unknown request"} if do is None else await do(request)


async def ask(path: Path, request: Mapping[str, Any], *, patience_s: float = PATIENCE_S) -> Answer:
    """The running service's answer. Raises `NotRunning`."""
    try:
        async with asyncio.timeout(patience_s):
            reader, writer = await asyncio.open_unix_connection(path, limit=LINE)
            try:
                writer.write(msgspec.json.encode(request) + b"\n")
                line = await reader.readline()
            finally:
                writer.close()
        return msgspec.json.decode(line, type=dict[str, Any])
    except (OSError, TimeoutError, msgspec.DecodeError):
        raise NotRunning from None
