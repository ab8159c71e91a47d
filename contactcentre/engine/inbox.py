"""The inbox: every fact that reaches the engine passes here, in order.

It is made first of all parts, so that whoever reports facts needs to know nothing of the engine.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from contactcentre.core import events


@dataclass(frozen=True, slots=True)
class Letter:
    """A fact; `done` is for whoever waits until it is safe."""

    event: events.Event
    done: asyncio.Future[bool] | None = field(default=None)


class Inbox:
    """Facts that wait for the engine."""

    def __init__(self) -> None:
        self.taken = 0  # since the start
        self._letters: asyncio.Queue[Letter] = asyncio.Queue()

    def post(self, event: events.Event) -> None:
        """Hand in a fact."""
        self._letters.put_nowait(Letter(event))

    async def submit(self, event: events.Event) -> bool:
        """Hand in a fact and wait until it is safe; False where it changed nothing."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._letters.put_nowait(Letter(event, done))
        return await done

    async def take(self) -> Letter:
        """The next one, once there is one."""
        letter = await self._letters.get()
        self.taken += 1
        return letter

    @property
    def backlog(self) -> int:
        """Facts that wait."""
        return self._letters.qsize()
