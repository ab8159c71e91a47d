"""Live fan-out: who watches what, and a nudge when it has changed. Never blocks the engine.

A watcher that is slow misses nudges, not states: several changes fall into one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Never

from contactcentre.engine.consumer import Changes

BOARD = "board"
LINE = "line"


class Live:
    """Watchers by key: an agent's id, the board, the line."""

    def __init__(self, *, board_s: float = 0.5, line_s: float = 2.0) -> None:
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._stale: set[str] = set()
        self._paces = {BOARD: board_s, LINE: line_s}

    def publish(self, changes: Changes) -> None:
        """Nudge the agents concerned at once; the board and the line at their own pace."""
        for agent in changes.agents:
            self.nudge(agent.agent_id)
        for call in changes.calls:
            for agent_id in call.agents:
                self.nudge(agent_id)
        self._stale.update((BOARD, LINE))

    def nudge(self, key: str) -> None:
        """Tell whoever watches this key."""
        for watcher in self._watchers.get(key, ()):
            watcher.set()

    async def run(self) -> None:
        """Pace the views that everybody's changes touch."""
        async with asyncio.TaskGroup() as tasks:
            for key, pace_s in self._paces.items():
                tasks.create_task(self._pace(key, pace_s), name=f"live-{key}")

    async def _pace(self, key: str, pace_s: float) -> Never:
        while True:
            await asyncio.sleep(pace_s)
            if key in self._stale:
                self._stale.discard(key)
                self.nudge(key)

    @contextmanager
    def watch(self, *keys: str) -> Iterator[AsyncIterator[None]]:
        """An iterator that yields after changes of any of the keys."""
        event = asyncio.Event()
        for key in keys:
            self._watchers[key].add(event)
        try:
            yield _nudges(event)
        finally:
            for key in keys:
                self._watchers[key].discard(event)
                if not self._watchers[key]:
                    del self._watchers[key]


async def _nudges(event: asyncio.Event) -> AsyncIterator[None]:
    while True:
        await event.wait()
        event.clear()
        yield
