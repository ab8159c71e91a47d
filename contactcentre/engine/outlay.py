"""What was dialled out, in minutes that the carrier is paid for: of the last hour and day.

Counted when a talk ends, and kept by the journal; what goes on is read off World, so whoever looks
once a second knows it within the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core.call.state import Call
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.storage.entry import Dialled
from routing.outlay import DAY_MIN, HOUR_MIN, Outlay


class DialledOut:
    """Told of every talk that was dialled out and has ended."""

    def __init__(self, world: World, dialled: Iterable[Dialled] = ()) -> None:
        self._world = world
        self._outlay = Outlay()
        self.count(dialled)

    def count(self, dialled: Iterable[Dialled]) -> None:
        """Talks that have ended."""
        for one in dialled:
            self._outlay.add(one.at, one.seconds)

    def move(self, by_s: float) -> None:
        """The wall clock was set."""
        self._outlay.move(by_s)

    def minutes(self, within_min: int, at: float) -> float:
        """Of the last so many minutes, what goes on included."""
        running = sum(
            min(at - since, within_min * 60.0)
            for call in self._world.calls.values()
            for leg in call.legs
            if leg.ended_at is None and (since := leg.paid_since) is not None
        )
        return (self._outlay.within(within_min, at) + running) / 60

    @property
    def hour(self) -> float:
        """Minutes of the last hour."""
        return self.minutes(HOUR_MIN, now())

    @property
    def day(self) -> float:
        """Minutes of the last 24 hours."""
        return self.minutes(DAY_MIN, now())

    def alarms(self) -> Iterator[Alarm]:
        """That a limit of the network is reached."""
        limits = self._world.network.limits
        for code, minutes, most in (
            ("dialled-hour", self.hour, limits.dialled_min_per_hour),
            ("dialled-day", self.day, limits.dialled_min_per_day),
        ):
            if minutes >= most:
                yield Alarm(code=code, since=now(), detail=f"{minutes:.0f} / {most:g}")


def ended(before: Call | None, after: Call) -> Iterator[Dialled]:
    """The talks of a call that an event has ended, for which the carrier is paid."""
    known = {leg.leg_id for leg in before.legs if leg.ended_at is not None} if before else set()
    for leg in after.legs:
        since = leg.paid_since
        if since is not None and leg.ended_at is not None and leg.leg_id not in known:
            yield Dialled(at=leg.ended_at, seconds=max(0.0, leg.ended_at - since))
