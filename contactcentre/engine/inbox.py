"""The inbox: every fact that reaches the engine passes here, in order.

It is made first of all parts, so that whoever reports facts needs to know nothing of the engine.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from contactcentre.core import events

SAFE_WITHIN_S = 3.0
"""So long the disk may take before whoever waits for it is told that it has not answered yet."""


CROWDED = 5000
"""So many facts wait at most before their sources are kept waiting; see docs/decisions/0016."""


class Crowded(Exception):
    """The engine does not follow: what a person asks for is to be asked again."""


class NotSafeYet(Exception):
    """The fact counts and stands in line for the disk, which has not confirmed it in time."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A fact; `done` is for whoever waits until it is safe."""

    event: events.Event
    done: asyncio.Future[bool] | None = field(default=None)


class Inbox:
    """Facts that wait for the engine."""

    def __init__(self, *, safe_within_s: float = SAFE_WITHIN_S) -> None:
        self._safe_within_s = safe_within_s
        self.taken = 0  # since the start
        self._letters: asyncio.Queue[Letter] = asyncio.Queue()

    def post(self, event: events.Event) -> None:
        """Hand in a fact."""
        self._letters.put_nowait(Letter(event))

    async def submit(self, event: events.Event) -> bool:
        """Hand in a fact and wait until it is safe; False where it changed nothing.

        The fact counts at once, and in the order of the calls. Raises `NotSafeYet` where the disk
        takes too long: it is written all the same as soon as it can be; `Crowded` where too many
        wait already.
        """
        if self.crowded:
            raise Crowded
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._letters.put_nowait(Letter(event, done))
        try:
            async with asyncio.timeout(self._safe_within_s):
                return await done
        except TimeoutError:
            raise NotSafeYet from None

    async def take(self) -> Letter:
        """The next one, once there is one."""
        letter = await self._letters.get()
        self.taken += 1
        return letter

    @property
    def crowded(self) -> bool:
        """Whether whoever can wait should."""
        return self.backlog >= CROWDED

    @property
    def backlog(self) -> int:
        """Facts that wait."""
        return self._letters.qsize()
