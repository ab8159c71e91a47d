"""How often the database is written to: seldom enough that callers come first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARE = 0.02
"""Of the time, at most, goes into writing: what gathers meanwhile is written together."""

SHORTEST_S = 0.1
LONGEST_S = 1.0
"""Reports are to be fresh two seconds after the call."""


class WritePace:
    """`gather` before each write, and write under `timed`."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.pause_s = SHORTEST_S
        """How long is gathered next: so long that the last write was worth its time."""

    async def gather(self) -> None:
        """Let come together what is to be written together."""
        await asyncio.sleep(self.pause_s)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """See how long a write takes."""
        began = self._clock()
        try:
            yield
        finally:
            self.pause_s = min(LONGEST_S, max(SHORTEST_S, (self._clock() - began) / SHARE))
