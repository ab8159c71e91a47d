"""Callbacks that wait because the limits do not let their numbers be dialled, now or at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core.call.state import Call, Phase
from contactcentre.core.line.dials import Dials
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.features.callbacks.overdue import open_promises

CODE = "callbacks-held-back"


def held_back(calls: Iterable[Call], dials: Dials) -> Iterator[Alarm]:
    """For the board: of how many citizens. A number that is only to be rung again later does not
    count before that."""
    at = now()
    waiting = [
        call
        for promise, call in open_promises(calls, "callback")
        if call.phase is Phase.CALLBACK and promise.not_before <= at and not promise.taken_by
    ]
    barred = sum(bool(dials.number_barred(call.caller, at)) for call in waiting)
    if barred:
        yield Alarm(code=CODE, since=at, detail=str(barred))
