"""Callers who ring too often, or too often at once: they are told so and never put in line."""

from __future__ import annotations

from collections.abc import Iterable

from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.call_limits import CallLimits
from routing.recent import Recent

WITHIN_S = 600.0
"""The ten minutes of the limits."""

WITHHELD = ""
"""All who withhold their number count as one."""


class Callers:
    """Who has been taken in lately. A restart forgets it."""

    def __init__(self) -> None:
        self._taken = Recent(WITHIN_S)

    def move(self, by_s: float) -> None:
        """The wall clock was set."""
        self._taken.move(by_s)

    def took(self, caller: str | None, at: float) -> None:
        """A call of this number was taken in."""
        self._taken.note(caller or WITHHELD, at)

    def exceeds(
        self, caller: str | None, calls: Iterable[Call], limits: CallLimits, at: float
    ) -> bool:
        """Whether one call more would be too many of this number; `calls` are those under way."""
        lately = self._taken.count(caller or WITHHELD, WITHIN_S, at)
        if lately >= (limits.caller_in_ten_min if caller else limits.anonymous_in_ten_min):
            return True
        at_once = sum((call.caller or None) == caller and _rang_in(call) for call in calls)
        return at_once >= (limits.caller_at_once if caller else limits.anonymous_at_once)


def _rang_in(call: Call) -> bool:
    """Whether it is a caller who is still there."""
    return call.callback is None and call.phase is not Phase.ENDED
