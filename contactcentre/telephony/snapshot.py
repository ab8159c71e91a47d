"""The newer fact wins: what phones tell while the exchange is listed is posted after the list.

A snapshot is no instant. It takes a question for each phone and a list of channels, while events
flow; a phone that registers after it was asked for would be taken for gone by the older answer. So
from the moment the link is up the facts of phones wait for the snapshot and follow it, in their
order. What they say of the time before their phone was asked for is said twice, which harms nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from contactcentre.core import events

HELD: Final = 20_000
"""More than all phones tell while a snapshot is taken; beyond it the oldest are let go."""


class Meanwhile:
    """Stands between the link and the inbox."""

    def __init__(self, post: Callable[[events.Event], None]) -> None:
        self._post = post
        self._held: deque[events.Event] | None = None

    def begin(self) -> None:
        """The link is up, and a snapshot is being taken."""
        self._held = deque(maxlen=HELD)

    def post(self, event: events.Event) -> None:
        """A fact: at once, or after the snapshot."""
        if self._held is not None and isinstance(event, events.PhoneSeen | events.PhoneBusy):
            self._held.append(event)
        else:
            self._post(event)

    def end(self, snapshot: events.SnapshotTaken) -> None:
        """The snapshot, and what happened meanwhile."""
        held, self._held = self._held or (), None
        for event in (snapshot, *held):
            self._post(event)
