"""A TCP line with a fault in it: what stands between two ends in a rehearsal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count

Heard = Callable[[int, str, bytes], None]
"""Told of all that passes: the connection, counted from 1, the way ("there", "back"), the bytes."""


def _deaf(connection: int, way: str, data: bytes) -> None:
    """Nobody listens."""


class Wire:
    """A TCP line that can be cut, frozen or slow. A frozen one loses and brings nothing."""

    def __init__(
        self, tasks: asyncio.TaskGroup, host: str, port: int, *, heard: Heard = _deaf
    ) -> None:
        self._tasks = tasks
        self._far = (host, port)
        self._heard = heard
        self._numbers = count(1)
        self.delay_s = 0.0  # each way
        self._ends: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._cut = False

    def cut(self) -> None:
        """Break every connection, and each new one, until `resume`."""
        self._cut = True
        for end in self._ends:
            end.transport.abort()
        self._flows.set()

    def freeze(self) -> None:
        """Carry nothing until `resume`; the ends notice nothing by themselves."""
        self._flows.clear()

    def resume(self) -> None:
        """Carry again; what a frozen line holds arrives now."""
        self._cut = False
        self._flows.set()

    def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Called with every connection."""
        self._tasks.create_task(self._carry(reader, writer), name="wire")

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        try:
            if not self._cut:
                await self._join(reader, writer)
        except OSError:
            return  # nobody at the far end
        finally:
            self._ends.discard(writer)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._far)
        self._ends.add(far_writer)
        number = next(self._numbers)
        there, back = (partial(self._heard, number, way) for way in ("there", "back"))
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, far_writer, there), name="wire there")
                both.create_task(self._pump(far_reader, writer, back), name="wire back")
        finally:
            self._ends.discard(far_writer)
            far_writer.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        heard: Callable[[bytes], None],
    ) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                heard(data)
                await asyncio.sleep(self.delay_s)
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        sink.transport.abort()


@asynccontextmanager
async def wire(
    port: int, far_host: str, far_port: int, *, heard: Heard = _deaf
) -> AsyncIterator[Wire]:
    """A line from `port` of loopback to somewhere else."""
    async with asyncio.TaskGroup() as tasks:
        line = Wire(tasks, far_host, far_port, heard=heard)
        server = await asyncio.start_server(line.carry, "127.0.0.1", port)
        try:
            yield line
        finally:
            server.close()
            line.cut()
