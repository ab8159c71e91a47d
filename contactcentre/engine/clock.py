"""Time at the rim: what `at` is, and the timers that World asks for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from contactcentre.core import effects, events
from contactcentre.core.timers import Timer

_shift_s = 0.0


def now() -> float:
    """Seconds since the epoch, UTC."""
    return time.time() + _shift_s


def shift(seconds: float) -> None:
    """Set this process's clock ahead of (or behind) the machine's: a rehearsal of another day.

    Timers and log-ins keep the machine's time; whoever composes the process calls this first.
    """
    global _shift_s
    _shift_s = seconds


class Clock:
    """Timers by the monotonic clock: a step of the wall clock fires none early or late."""

    def __init__(self, post: Callable[[events.Event], None]) -> None:
        self._post = post
        self._timers: dict[tuple[Timer, str], asyncio.TimerHandle] = {}

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
