"""Telling the fakes' watchers that something changed, without ever waiting for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager


class Subject:
    """One subject that many watch; what a watcher has not seen yet is one flag, not a queue.

    The memory per watcher is constant and `tell` never waits, so a page that reads slowly costs
    the service nothing. Use it from one event loop only.
    """

    def __init__(self) -> None:
        self._flags: set[asyncio.Event] = set()

    def tell(self) -> None:
        """Something changed."""
        for flag in self._flags:
            flag.set()

    @contextmanager
    def watch(self) -> Iterator[AsyncIterator[None]]:
        """Yields once for every change, or several changes, after entering."""
        flag = asyncio.Event()
        self._flags.add(flag)
        try:
            yield _wait(flag)
        finally:
            self._flags.discard(flag)

    @property
    def watchers(self) -> int:
        """How many watch now."""
        return len(self._flags)


async def _wait(flag: asyncio.Event) -> AsyncIterator[None]:
    while True:
        await flag.wait()
        flag.clear()
        yield
