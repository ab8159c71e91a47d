"""Time at the rim: what `at` is, and the timers that World asks for.

`now` is the wall's time when this process began, or when the wall was last seen to be set, and
what the monotonic clock has counted since: it neither jumps nor goes back by itself. `Clock` looks
at the wall, and tells World when it has been set (`ClockStepped`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, Never

import structlog

from contactcentre.core import effects, events
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.timers import Timer

log = structlog.get_logger(__name__)

STEP_S: Final = 2.0
"""By so much the wall may differ before it counts as set: nobody's hours care for less."""

LOOK_S: Final = 0.5

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")

_shift_s = 0.0


def _wall() -> float:
    return time.time() + _shift_s


_base = _wall() - time.monotonic()


def now() -> float:
    """Seconds since the epoch, UTC."""
    return _base + time.monotonic()


def shift(seconds: float) -> None:
    """Set this process's clock ahead of (or behind) the machine's: a rehearsal of another day.

    Timers and log-ins keep the machine's time; whoever composes the process calls this first.
    """
    global _shift_s
    _shift_s = seconds
    _set()


def since(last: ClockStepped | None, latest_at: float) -> ClockStepped:
    """What became of the wall while nobody ran: `last` is the last that was told before, and
    `latest_at` the latest instant that was journaled.

    The monotonic clock goes on for as long as the machine runs, so that the step is known. After a
    boot nobody knows how long it was off: the wall is believed, but nothing is in the future.
    """
    _set()
    if last is not None and last.boot == _boot():
        by_s = _base - last.base
    else:
        by_s = min(0.0, now() - latest_at)
    return _told(by_s if abs(by_s) >= STEP_S else 0.0)


def _set() -> None:
    global _base
    _base = _wall() - time.monotonic()


def _told(by_s: float) -> ClockStepped:
    if by_s:
        log.warning("clock_stepped", action="clock_stepped", by_s=round(by_s, 3))
    return ClockStepped(at=now(), by_s=by_s, boot=_boot(), base=_base)


@cache
def _boot() -> str:
    """Of this run of the machine; every start is one where the system does not tell."""
    return _BOOT.read_text("ascii").strip() if _BOOT.exists() else f"{time.time()}"


class Clock:
    """Timers by the monotonic clock: a step of the wall clock fires none early or late."""

    def __init__(self, post: Callable[[events.Event], None]) -> None:
        self._post = post
        self._timers: dict[tuple[Timer, str], asyncio.TimerHandle] = {}

    async def run(self) -> Never:
        """Look at the wall, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """Tell when the wall was set."""
        by_s = _wall() - now()
        if abs(by_s) >= STEP_S:
            _set()
            self._post(_told(by_s))

    def start(self, order: effects.StartTimer) -> None:
        """Set a timer; one of the same name is replaced."""
        self._forget(order.kind, order.key)
        handle = asyncio.get_running_loop().call_later(
            order.seconds, self._fire, order.kind, order.key
        )
        self._timers[(order.kind, order.key)] = handle

    def cancel(self, order: effects.CancelTimer) -> None:
        """Forget a timer; no error where there is none."""
        self._forget(order.kind, order.key)

    def stop(self) -> None:
        """Forget all timers."""
        for handle in self._timers.values():
            handle.cancel()
        self._timers.clear()

    def _forget(self, kind: Timer, key: str) -> None:
        handle = self._timers.pop((kind, key), None)
        if handle is not None:
            handle.cancel()

    def _fire(self, kind: Timer, key: str) -> None:
        self._timers.pop((kind, key), None)
        self._post(events.TimerFired(at=now(), kind=kind, key=key))
