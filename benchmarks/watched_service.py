"""`contactcentre serve`, with a watch on its event loop that no product carries.

The watch is a beat that is due every few milliseconds by a schedule of its own. How late a beat is
taken is what any other event would have waited that came in at that instant; beats that a pause of
the loop has swallowed count with their own lateness, so a long pause weighs as much as it lasts.

A line on standard input is answered by one JSON object, the figures since the line before.
`--restore` starts nothing: it tells how many seconds it takes to lay out what the journal holds.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from pathlib import Path
from typing import Annotated, Never

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cyclopts import Parameter
from parts import lines

from contactcentre.app import service, views
from contactcentre.app.storage import open_storage
from contactcentre.cli import command
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine import clock
from contactcentre.settings import Settings
from routing.tally import percentile

BEAT_S = 0.005


class Watch:
    """Samples of one stretch of time, in milliseconds: how late beats were, and the processor time
    that the loop's thread had used when one came. The latter says what a pause is made of: it does
    not grow where other processes have the machine's cores."""

    def __init__(self) -> None:
        gc.callbacks.append(self._collected)
        self.begin()

    def _collected(self, phase: str, _: object) -> None:
        """The collector begins or ends a round."""
        if phase == "start":
            self._collecting_since = time.thread_time()
        else:
            self.gc.append(1000 * (time.thread_time() - self._collecting_since))

    def begin(self) -> None:
        """Anew."""
        self.gc: list[float] = []
        self.late: list[float] = []
        self.busy: list[float] = []
        self._since = time.monotonic()
        self._cpu_s = time.process_time()

    async def run(self) -> Never:
        """Beat until cancelled."""
        due, worked = time.monotonic() + BEAT_S, time.thread_time()
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            at, before, worked = time.monotonic(), worked, time.thread_time()
            self.busy.append(1000 * (worked - before))
            while due <= at:
                self.late.append(1000 * (at - due))
                due += BEAT_S

    def figures(self) -> dict[str, float]:
        """Since `begin`."""
        late, busy = sorted(self.late) or [0.0], sorted(self.busy) or [0.0]
        wall_s = time.monotonic() - self._since
        return {
            "loop_stall_p50_ms": round(percentile(late, 50), 2),
            "loop_stall_p99_ms": round(percentile(late, 99), 2),
            "loop_stall_max_ms": round(late[-1], 2),
            "loop_busy_p99_ms": round(percentile(busy, 99), 2),
            "loop_busy_max_ms": round(busy[-1], 2),
            "gc_max_ms": round(max(self.gc, default=0.0), 2),
            "core_share": round((time.process_time() - self._cpu_s) / wall_s, 4),
            "seconds": round(wall_s, 1),
        }

    async def answer(self) -> None:
        """Tell the figures whenever a line is read; the end of the input ends it."""
        async for _ in lines():
            print(json.dumps(self.figures()), flush=True)
            self.begin()


app = command.program("watched_service")


@app.default
async def run(
    *, restore: Annotated[bool, Parameter("--restore")] = False, settings: Settings
) -> None:
    """Serve, or measure what comes before."""
    if restore:
        print(json.dumps({"restore_s": await restore_s(settings)}))
        return
    watch = Watch()
    async with asyncio.TaskGroup() as tasks:
        watching = [tasks.create_task(part()) for part in (watch.run, watch.answer)]
        await service.serve(settings)
        for task in watching:
            task.cancel()


async def restore_s(settings: Settings) -> float:
    """Seconds until what the journal holds is laid out in World and in the figures."""
    clock.shift(settings.clock_shift_s)
    gc.disable()  # as `serve` does
    began = time.perf_counter()
    async with open_storage(settings) as storage:
        kept = storage.restored
        world = World(Network(version=0))
        world.restore(kept.calls, kept.agents, kept.crisis, kept.callers)
        views.build_views(world, storage)
        return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(command.run(app))
