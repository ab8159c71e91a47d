"""Callbacks that cannot be made because no line leads out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core.call.state import Call
from contactcentre.engine.alarms import Alarm
from contactcentre.features.callbacks.overdue import open_promises

CODE = "no-line-out"


def no_line(calls: Iterable[Call]) -> Iterator[Alarm]:
    """For the board: so many citizens could not be dialled when it was tried last, and since when.

    It goes when their telephones have been rung, whether they lift or not.
    """
    waiting = [
        call for promise, call in open_promises(calls, "callback", "message") if promise.unsent
    ]
    since = [call.dial.ended_at for call in waiting if call.dial and call.dial.ended_at]
    if since:
        yield Alarm(code=CODE, since=min(since), detail=str(len(waiting)))
