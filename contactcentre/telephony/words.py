"""Words to somebody who waits: an order that is in a hurry stops them from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine


class Words:
    """What is being said on a channel, until its end.

    A stop that comes after the end would stop what is said next in its place, and so would a second
    one. Each is sent once, to words that are not over, and nothing is said before it is answered.
    """

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self._asked = self._over = False
        self._answered = asyncio.Event()
        self._answered.set()

    def asks(self) -> bool:
        """Whether it is the first time that somebody wants them stopped."""
        first = not self._asked
        self._asked = True
        return first

    async def stop(self, tell: Callable[[], Coroutine[None, None, object]]) -> None:
        """Tell the exchange to stop them, unless they are over; raises what `tell` does."""
        if self._over:
            return
        self._answered.clear()
        try:
            await tell()
        finally:
            self._answered.set()

    async def end(self) -> None:
        """They are over, and no stop is under way."""
        self._over = True
        await self._answered.wait()
