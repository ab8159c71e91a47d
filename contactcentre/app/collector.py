"""The garbage collector's long rounds, when they hold nobody up.

With seven hundred open pages one walks 160,000 living objects, and all callers and agents wait for
some 150 ms. Left alone it comes whenever a quarter more has come to stay. Here it comes when nobody
is on the telephone, and besides that only where memory has grown so far that it must. The short
rounds, which find most of the rubbish, go on, but a seventh as often: nearly all of what a call has
made goes without them. What they miss are pages that were closed.
"""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Final, Never

LOOK_S: Final = 60.0
SHORT: Final = 5_000
"""Objects more than were let go of, after which a short round is made (Python's own: 700)."""

NEVER: Final = 2**30
WORTH: Final = 100
"""Rounds of the second generation after which there may be something to find."""

GROWN: Final = 256 * 1024 * 1024
"""Bytes that this process may grow by without a long round."""


class Collector:
    """`quiet` says whether a pause would hold nobody up."""

    def __init__(self, quiet: Callable[[], bool], *, size: Callable[[], int] | None = None) -> None:
        self._quiet = quiet
        self._size = size or _resident
        self._size_then = 0

    async def run(self) -> Never:
        """Look once a minute, until cancelled; then the collector is as it was."""
        before = gc.get_threshold()
        gc.set_threshold(SHORT, before[1], NEVER)
        self._size_then = self._size()
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                self.look()
        finally:
            gc.set_threshold(*before)

    def look(self) -> bool:
        """Whether a long round was made."""
        due = self._quiet() and gc.get_count()[2] >= WORTH
        if not due and self._size() - self._size_then < GROWN:
            return False
        gc.collect()
        self._size_then = self._size()
        return True


def _resident() -> int:
    """Bytes of memory that this process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
