"""Promises that are still to be kept, and those whose time has passed: callbacks and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import structlog

from contactcentre.core.call.callback import Callback
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now

log = structlog.get_logger(__name__)

OPEN = (Phase.WAITING, Phase.OFFERED, *UNCONNECTED)

Kind = Literal["callback", "message"]

_LOGGED: Mapping[Kind, str] = {"callback": "callback_overdue", "message": "message_overdue"}

OpenPromise = tuple[Callback, Call]


def open_promises(calls: Iterable[Call], *kinds: Kind) -> list[OpenPromise]:
    """Those that are open, the next due first: the citizen has not been talked to yet."""
    found = [
        (call.callback, call)
        for call in calls
        if call.callback is not None and call.phase in OPEN and call.talk.answered_at is None
    ]
    found = [pair for pair in found if not pair[0].dialled]
    wanted = [pair for pair in found if kind_of(pair[0]) in kinds]
    return sorted(wanted, key=lambda pair: (pair[0].due_at, pair[1].call_id))


def kind_of(promise: Callback) -> Kind:
    """A promise to ring back, or a voice message."""
    return "callback" if promise.message is None else "message"


class OverduePromises:
    """Looks for those that were not kept in the promised time; each is told once in the log."""

    def __init__(self, world: World, kind: Kind, *, clock: Callable[[], float] = now) -> None:
        self.raised = 0  # seen since the start
        self._world = world
        self._kind: Kind = kind
        self._clock = clock
        self._told: set[str] = set()

    def look(self, at: float) -> list[OpenPromise]:
        """Those whose time has passed at that instant, the longest overdue first; whoever has rung
        in waits in line like others."""
        promises = open_promises(self._world.calls.values(), self._kind)
        late = [pair for pair in promises if pair[0].due_at <= at and not pair[0].taken_by]
        found = {call.call_id for _, call in late}
        for promise, call in late:
            if call.call_id not in self._told:
                self.raised += 1
                attempts = promise.attempts
                log.error(
                    _LOGGED[self._kind],
                    action=f"{self._kind}_overdue",
                    call_id=call.call_id,
                    attempts=attempts,
                )
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
        for promise, call in self.look(self._clock()):
            since.setdefault(call.queue, promise.due_at)
            count[call.queue] = count.get(call.queue, 0) + 1
        for queue, at in since.items():
            yield Alarm(
                code=f"{self._kind}-overdue", since=at, place=queue, detail=str(count[queue])
            )
