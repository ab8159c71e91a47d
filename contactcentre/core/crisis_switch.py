"""The switch of crisis mode, as World holds it: on, off, and by itself when its time is up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contactcentre.core import effects, events
from contactcentre.core.config.crisis import Crisis, End
from contactcentre.core.config.network import Network
from contactcentre.core.config.overlay import overlay
from contactcentre.core.events import Illegal
from contactcentre.core.timers import Timer


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisOver(events.Event):
    """The time of the crisis is up."""

    crisis_id: str


class CrisisSwitch:
    """The published configuration, and the crisis that lies over it."""

    def __init__(self) -> None:
        self.crisis: Crisis | None = None
        self.last: Crisis | None = None  # that has ended; the database gets it a little later
        self.published = Network(version=0)
        self.touched: tuple[Crisis, ...] = ()

    def in_force(self, published: Network) -> Network:
        """What counts now that this is published."""
        self.published = published
        return overlay(published, self.crisis)

    def restored(self, crisis: Crisis | None, last: Crisis | None) -> Network:
        """Lay out what the journal knows; the configuration to lay it over."""
        self.crisis, self.last = crisis, last
        return self.published

    def take(self, event: events.Event) -> list[effects.Effect]:
        """What the switch or its timer orders. Raises `Illegal` where it fits nothing."""
        match event:
            case events.CrisisSwitched():
                return self._switch(event)
            case CrisisOver():
                return self._expire(event)
            case _:
                raise Illegal

    def _switch(self, event: events.CrisisSwitched) -> list[effects.Effect]:
        """A crisis under way is replaced by a new one, so that each has its own record."""
        if not event.on:
            return self._end(event.at, "off", event.by, event.by_id)
        plan = self.published.plans.get(event.plan_id)
        if plan is None or event.until <= event.at:
            raise Illegal
        ended = self._end(event.at, "replaced", event.by, event.by_id) if self.crisis else []
        self.crisis = Crisis(
            crisis_id=event.crisis_id,
            plan=plan,
            began_at=event.at,
            until=event.until,
            by=event.by,
            by_id=event.by_id,
            why=event.why,
        )
        self.touched = (*self.touched, self.crisis)
        return [*ended, *self.timers(event.at)]

    def _expire(self, event: CrisisOver) -> list[effects.Effect]:
        # The timer of a crisis that has ended otherwise says nothing.
        if self.crisis is None or self.crisis.crisis_id != event.crisis_id:
            raise Illegal
        return self._end(event.at, "expired", "", "")

    def timers(self, at: float) -> list[effects.Effect]:
        """The timer of the crisis under way, also after a restart."""
        if self.crisis is None:
            return []
        left_s = max(0.0, self.crisis.until - at)
        return [effects.StartTimer(kind=Timer.CRISIS, key=self.crisis.crisis_id, seconds=left_s)]

    def _end(self, at: float, how: End, by: str, by_id: str) -> list[effects.Effect]:
        if self.crisis is None:
            raise Illegal
        ended = replace(self.crisis, ended_at=at, ended_how=how, ended_by=by, ended_by_id=by_id)
        self.touched = (*self.touched, ended)
        self.crisis, self.last = None, ended
        return [effects.CancelTimer(kind=Timer.CRISIS, key=ended.crisis_id)]
