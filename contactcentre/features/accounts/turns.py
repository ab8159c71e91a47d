"""Whose turn it is at something dear, of which only a few can go on at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contactcentre.features.accounts.guesses import LogInPlace


class NoRoom(Exception):
    """Too many wait already, from there or altogether."""


class Lane:
    """Those who wait, in turn by place: a thousand of one place hold nobody of another up."""

    def __init__(self, *, room: int, each: int) -> None:
        self._room = room
        self._each = each
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._count = 0

    def join(self, place: str) -> asyncio.Future[None]:
        """Wait at the end of that place's row. Raises `NoRoom`."""
        row = self._waiting.get(place, deque())
        if self._count >= self._room or len(row) >= self._each:
            raise NoRoom
        waiter = asyncio.get_running_loop().create_future()
        row.append(waiter)
        self._waiting[place] = row
        self._count += 1
        return waiter

    def leave(self, place: str, waiter: asyncio.Future[None]) -> None:
        """Wait no more."""
        row = self._waiting.get(place, deque())
        if waiter in row:
            row.remove(waiter)
            self._count -= 1
        if not row:
            self._waiting.pop(place, None)

    def call(self) -> bool:
        """Let the next one in who has not given up meanwhile; whether there was one."""
        while self._waiting:
            place = next(iter(self._waiting))
            row = self._waiting.pop(place)
            waiter = row.popleft()
            self._count -= 1
            if row:
                self._waiting[place] = row  # after all others
            if not waiter.done():
                waiter.set_result(None)
                return True
        return False


class Turns:
    """So many `at_once`. Known devices come first, and strangers never take their room."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._known = Lane(room=1_000, each=4)
        self._strange = Lane(room=400, each=60)

    @asynccontextmanager
    async def turn(self, place: LogInPlace) -> AsyncIterator[None]:
        """The block runs when it is its turn. Raises `NoRoom`."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(self._known if place.known else self._strange, place.name)
        try:
            yield
        finally:
            self._over()

    async def _wait(self, lane: Lane, place: str) -> None:
        waiter = lane.join(place)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._over()
            else:
                lane.leave(place, waiter)
            raise

    def _over(self) -> None:
        if not (self._known.call() or self._strange.call()):
            self._free += 1
