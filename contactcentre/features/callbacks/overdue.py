"""Callbacks that are still to be made, and those whose promised time has passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from contactcentre.core.call.callback import Callback
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now

log = structlog.get_logger(__name__)

CODE = "callback-overdue"

OPEN = (Phase.WAITING, Phase.OFFERED, *UNCONNECTED)

OpenCallback = tuple[Callback, Call]


def open_callbacks(calls: Iterable[Call]) -> list[OpenCallback]:
    """Those that are open, the next due first: the citizen has not been talked to yet."""
    found = [
        (call.callback, call)
        for call in calls
        if call.callback is not None and call.phase in OPEN and call.talk.answered_at is None
    ]
    return sorted(found, key=lambda pair: (pair[0].due_at, pair[1].call_id))


class OverdueCallbacks:
    """Looks for callbacks that were not made in the promised time; each is told once in the log."""

    def __init__(self, world: World, *, clock: Callable[[], float] = now) -> None:
        self.raised = 0  # seen since the start
        self._world = world
        self._clock = clock
        self._told: set[str] = set()

    def look(self, at: float) -> list[OpenCallback]:
        """Those whose time has passed at that instant, the longest overdue first; whoever has rung
        in waits in line like others."""
        known = open_callbacks(self._world.calls.values())
        late = [pair for pair in known if pair[0].due_at <= at and not pair[0].taken_by]
        found = {call.call_id for _, call in late}
        for callback, call in late:
            if call.call_id not in self._told:
                self.raised += 1
                attempts = callback.attempts
                log.error("callback_overdue", call_id=call.call_id, attempts=attempts)
        self._told = found
        return late

    @property
    def standing(self) -> int:
        """Those that were overdue at the last look."""
        return len(self._told)

    def alarms(self) -> Iterable[Alarm]:
        """For the board: one for each queue, since the first of them was due."""
        since: dict[str, float] = {}
        count: dict[str, int] = {}
        for callback, call in self.look(self._clock()):
            since.setdefault(call.queue, callback.due_at)
            count[call.queue] = count.get(call.queue, 0) + 1
        for queue, at in since.items():
            yield Alarm(code=CODE, since=at, place=queue, detail=str(count[queue]))
