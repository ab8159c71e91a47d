"""Live fan-out: who watches what, and a nudge when it has changed. Never blocks the engine.

A watcher that is slow misses nudges, not states: several changes fall into one. What everybody's
changes touch (the board, the line) goes round at a pace of its own: in a round, what is shown is
made once for all, and watchers are woken a few at a time, so that seven hundred open desks are a
steady trickle and never one long pause of the loop in which a caller would wait for a ring.

What a watcher is shown is on the average as old as half a round and half of the time over which
its watchers are woken. The board's are woken in a quarter of it: so its rounds may be fewer, each
with all that pages are sent, and what they show is no older.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from types import MappingProxyType
from typing import Final, Never

from contactcentre.engine.consumer import Changes

BOARD: Final = "board"
LINE: Final = "line"
QUIET_S: Final = 10.0
"""After so long the board goes round although nothing came: its last half hour is another one."""
STEPS: Final = 20
"""A round wakes its watchers in so many portions."""
SPREAD: Final[Mapping[str, float]] = MappingProxyType({BOARD: 0.25, LINE: 1.0})
"""Over this part of a round's time, evenly."""
LOOKS: Final = 3
"""So often in the time of a round it is looked whether the next has come to something, after one
that had not."""


class Live:
    """Watchers by key: an agent's id, the board, the line."""

    def __init__(self, *, board_s: float = 0.75, line_s: float = 2.0) -> None:
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._stale: set[str] = set()
        self._rounds: Counter[str] = Counter()
        self._paces = {BOARD: board_s, LINE: line_s}

    def publish(self, changes: Changes) -> None:
        """Nudge the agents concerned at once; the board and the line at their own pace."""
        for agent in changes.agents:
            self.nudge(agent.agent_id)
        for call in changes.calls:
            for agent_id in call.concerns:
                self.nudge(agent_id)
        self._stale.update((BOARD, LINE))

    def nudge(self, key: str) -> None:
        """Tell whoever watches this key, or in its next round."""
        if key in self._paces:
            self._stale.add(key)
            return
        for watcher in self._watchers.get(key, ()):
            watcher.set()

    def round(self, key: str) -> int:
        """Which round of the board or the line it is: what was made in it serves all of it."""
        return self._rounds[key]

    async def run(self) -> None:
        """Pace the views that everybody's changes touch."""
        async with asyncio.TaskGroup() as tasks:
            for key, pace_s in self._paces.items():
                tasks.create_task(self._pace(key, pace_s), name=f"live-{key}")

    async def _pace(self, key: str, pace_s: float) -> Never:
        quiet_s = 0.0
        while True:
            if key not in self._stale and (key != BOARD or quiet_s < QUIET_S):
                await asyncio.sleep(pace_s / LOOKS)
                quiet_s += pace_s / LOOKS
                continue
            quiet_s = 0.0
            self._stale.discard(key)
            self._rounds[key] += 1
            watchers = tuple(self._watchers.get(key, ()))
            began, step_s = monotonic(), pace_s * SPREAD[key] / STEPS
            for step in range(min(STEPS, len(watchers))):
                for watcher in watchers[step::STEPS]:
                    watcher.set()
                await asyncio.sleep(began + step_s * (step + 1) - monotonic())
            await asyncio.sleep(began + pace_s - monotonic())

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
