"""The exchange while no service lives: its own queue takes in who waits, and keeps a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from lines import Caller, Fall

from contactcentre.core import events


def whose(endpoint: str) -> str:
    """The person at a phone: `b-2` is the new one of who had `a-2`, and nobody answers the one
    while talking on the other."""
    return endpoint.rpartition("-")[2]


class Lines(Protocol):
    """What of the exchange its queue goes by."""

    at: float
    callers: dict[str, Caller]
    contacts: dict[str, str]
    numbers: Iterator[int]

    def new_caller(self, caller_number: str | None, dialled: str) -> Caller:
        """A channel more; nobody is told."""

    def in_use(self) -> set[str]:
        """Phones that ring or talk."""


class Alone:
    """The queue, oldest first, and what is written of those who have gone."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.members: set[str] = set()  # phones that it may ring
        self.written: list[events.FallbackEnded] = []  # and not told yet

    def set_clock(self, by_s: float) -> None:
        """Whoever is in the queue fell into it so much later by the clock as it is now."""
        for fall in self.falls():
            fall.since += by_s
            fall.answered_at = None if fall.answered_at is None else fall.answered_at + by_s

    def set_member(self, endpoint: str, *, paused: bool) -> None:
        """Whether the phone is rung there."""
        if paused:
            self.members.discard(endpoint)
        else:
            self.members.add(endpoint)

    def falls(self) -> list[Fall]:
        """All that are open."""
        return [c.fall for c in self.lines.callers.values() if c.fall is not None]

    def take_in(self, caller: Caller) -> None:
        """A caller whom nobody holds."""
        caller.fall = Fall(self.lines.at)

    def ends(self, caller: Caller) -> None:
        """A row is written of it."""
        fall, caller.fall = caller.fall, None
        if fall is not None:
            self.written.append(self._row(caller, fall))

    def goes_on(self, what: str) -> None:
        """One thing of what happens there, if it can."""
        does: dict[str, Callable[[], None]] = {
            "answered": self._answer,
            "over": lambda: self._gone(answered=True),
            "gives up": lambda: self._gone(answered=False),
            "a newcomer": self._newcomer,
        }
        does[what]()

    def in_it(self, *, answered: bool) -> list[Caller]:
        """Whoever waits there, the oldest first, or talks."""
        found = [c for c in self.lines.callers.values() if c.fall is not None]
        return [c for c in found if c.talks is answered]

    def _answer(self) -> None:
        used = {*self.lines.in_use(), *(fall.endpoint for fall in self.falls())}
        busy = {whose(endpoint) for endpoint in used}
        here = [endpoint for endpoint in self.lines.contacts if endpoint in self.members]
        free = [endpoint for endpoint in here if whose(endpoint) not in busy]
        for caller in self.in_it(answered=False)[:1] if free else ():
            leg = f"PJSIP/{free[0]}-{next(self.lines.numbers):08x}"
            since = caller.fall.since if caller.fall is not None else self.lines.at
            caller.fall = Fall(since, leg, free[0], self.lines.at)

    def _gone(self, *, answered: bool) -> None:
        for caller in self.in_it(answered=answered)[:1]:
            del self.lines.callers[caller.call_id]
            self.ends(caller)

    def _newcomer(self) -> None:
        caller = self.lines.new_caller("+37120000003", "60000100")
        caller.held = caller.known = False
        self.take_in(caller)

    def _row(self, caller: Caller, fall: Fall) -> events.FallbackEnded:
        return events.FallbackEnded(
            at=self.lines.at,
            call_id=caller.call_id,
            channel_id=caller.channel_id,
            caller=caller.number,
            dialled=caller.dialled,
            arrived_at=fall.since,
            queued_at=fall.since,
            answered_at=fall.answered_at,
            endpoint=fall.endpoint,
            ended_at=self.lines.at,
        )
