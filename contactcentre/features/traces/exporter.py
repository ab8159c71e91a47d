"""Sends spans to a collector, beside everything else: nobody ever waits for it.

What is to be sent waits in a queue that is bounded: while the collector is away the oldest spans
give way to the newest. What waits when the service ends is not sent, for callers wait for the next.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Never

import structlog

from contactcentre.engine.consumer import Changes
from contactcentre.features.traces.otlp import body
from contactcentre.features.traces.spans import Span, told

log = structlog.get_logger(__name__)

MOST: Final = 20_000
"""Spans that wait: of some 3,000 calls, which is the busiest hour of a network."""

BATCH: Final = 500
EVERY_S: Final = 5.0
LATEST_S: Final = 60.0


class NotTaken(Exception):
    """The collector is away, or wants none of it; `final`: to send it once more would not help."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Exporter:
    """`send` takes an `ExportTraceServiceRequest` to the collector; raises `NotTaken`."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]], *, most: int = MOST) -> None:
        self._send = send
        self._waiting: deque[Span] = deque()
        self._under_way: list[Span] = []
        self._most = most
        self._wrong = ""
        self.lost = 0

    @property
    def waiting(self) -> int:
        """Spans that are still to be sent."""
        return len(self._waiting) + len(self._under_way)

    def note(self, changes: Changes) -> None:
        """Take in what an event has changed."""
        for span in told(changes):
            while len(self._waiting) >= self._most:
                self._waiting.popleft()
                self.lost += 1
            self._waiting.append(span)

    async def run(self, every_s: float = EVERY_S) -> Never:
        """Send what waits, for ever."""
        pause_s = every_s
        while True:
            await asyncio.sleep(pause_s)
            there = await self._empty()
            pause_s = every_s if there else min(2 * pause_s, LATEST_S)

    async def _empty(self) -> bool:
        """Send all that waits; whether the collector was there for it."""
        wrong = ""
        while self._waiting:
            number = min(BATCH, len(self._waiting))
            self._under_way = [self._waiting.popleft() for _ in range(number)]
            try:
                await self._send(body(self._under_way))
            except NotTaken as why:
                wrong = str(why)
                if not why.final:
                    self._waiting.extendleft(reversed(self._under_way))
                    self._under_way = []
                    self._tell(wrong)
                    return False
                self.lost += number
            self._under_way = []
        self._tell(wrong)
        return True

    def _tell(self, wrong: str) -> None:
        """Once, when it has become another."""
        if wrong != self._wrong:
            self._wrong = wrong
            if wrong:
                log.warning("traces_not_taken", action="traces_not_taken", error=wrong)
            else:
                log.info("traces_taken", action="traces_taken")
