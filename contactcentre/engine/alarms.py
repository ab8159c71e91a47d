"""What a supervisor should look at now: causes are asked once a second and remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Never

from contactcentre.engine.clock import now

PERIOD_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that a supervisor should look at now; it goes when its cause has gone."""

    code: str  # stable; with the place it names one alarm
    since: float
    place: str = ""  # where: a centre, a queue, a document with its node
    detail: str = ""  # the particulars, as they are
    scope: tuple[str, str] = ("network", "")  # of which figures of the board; else everybody's


Cause = Callable[[], Iterable[Alarm]]
"""Gives the alarms that stand at this instant; quick, and without waiting for anything."""


class Alarms:
    """All alarms that stand. Each keeps its first `since` for as long as it stands."""

    def __init__(self, causes: Sequence[Cause], *, changed: Callable[[], None]) -> None:
        self._causes = causes
        self._changed = changed
        self._standing: dict[tuple[str, str], Alarm] = {}

    def __call__(self) -> tuple[Alarm, ...]:
        """Oldest first."""
        found = self._standing.values()
        return tuple(sorted(found, key=lambda alarm: (alarm.since, alarm.code, alarm.place)))

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(PERIOD_S)

    def look(self) -> None:
        """Ask every cause; tell when anything has changed."""
        found = {(one.code, one.place): one for cause in self._causes for one in cause()}
        standing = {
            key: replace(alarm, since=min(alarm.since, self._since(key, alarm)))
            for key, alarm in found.items()
        }
        if standing != self._standing:
            self._standing = standing
            self._changed()

    def _since(self, key: tuple[str, str], alarm: Alarm) -> float:
        before = self._standing.get(key)
        return alarm.since if before is None else before.since


def standing(code: str, stands: bool, *, since: float | None = None) -> tuple[Alarm, ...]:
    """One alarm or none; it stands from now where nobody knows since when."""
    return (Alarm(code=code, since=since or now()),) if stands else ()
