"""Who follows the engine: what shows, what counts, and what looks for trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contactcentre.app.area import Gauges, Runs
from contactcentre.app.storage import Storage
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.decisions import Observer
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.engine.consumer import Changes
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import Live
from contactcentre.engine.outlay import DialledOut
from contactcentre.engine.watchdog import Watchdog
from contactcentre.features.callbacks.held_back import held_back
from contactcentre.features.callbacks.no_line import no_line
from contactcentre.features.callbacks.overdue import OverduePromises, open_promises
from contactcentre.features.explanations.service import DecisionLog


@dataclass(frozen=True, slots=True)
class Views:
    """Each takes what it needs from World, and never holds the engine up."""

    world: World
    live: Live
    figures: Figures
    dialled: DialledOut
    decisions: DecisionLog
    watchdog: Watchdog
    overdue: OverduePromises
    messages_overdue: OverduePromises

    def watchers(self) -> tuple[Callable[[Changes], None], ...]:
        """Who is told of what an event has changed."""
        return self.live.publish, self._count, self.decisions.note

    def _count(self, changes: Changes) -> None:
        if isinstance(changes.event, ClockStepped):
            self.figures.move(changes.event.by_s, changes.event.at)
            self.dialled.move(changes.event.by_s)
        self.figures.count(changes.left, changes.ended)
        self.dialled.count(changes.dialled)

    def runs(self) -> Runs:
        """See `Area`."""
        return {
            "live": self.live.run,
            "decisions": self.decisions.run,
            "watchdog": self.watchdog.run,
        }

    def gauges(self) -> Gauges:
        """See `Area`."""
        promises = open_promises(self.world.calls.values(), "message")
        messages = [message.asked_at for message, _ in promises]
        return {
            "watchdog_calls": self.watchdog.standing,
            "watchdog_alarms": self.watchdog.raised,
            "callbacks_overdue": self.overdue.standing,
            "callbacks_overdue_alarms": self.overdue.raised,
            "messages_overdue": self.messages_overdue.standing,
            "messages_overdue_alarms": self.messages_overdue.raised,
            "messages_waiting": len(messages),
            "messages_oldest_seconds": max((now() - each for each in messages), default=0.0),
            "dialled_minutes_hour": self.dialled.hour,
            "dialled_minutes_day": self.dialled.day,
            "decisions_unsent": self.decisions.backlog,
            "decisions_dropped": self.decisions.dropped,
        }

    def alarms(self) -> Iterator[Alarm]:
        """See `Area`."""
        yield from self.watchdog.alarms()
        yield from self.overdue.alarms()
        yield from self.messages_overdue.alarms()
        yield from no_line(self.world.calls.values())
        yield from held_back(self.world.calls.values(), self.world.matcher.dials)
        yield from self.dialled.alarms()


def build_views(world: World, storage: Storage) -> Views:
    """With the day's figures as the journal has them."""
    figures = Figures()
    figures.restore(storage.restored.minutes, storage.restored.ends, now())
    return Views(
        world=world,
        live=Live(),
        figures=figures,
        dialled=DialledOut(world, storage.restored.dialled),
        decisions=DecisionLog(Observer(world, world.calls.values()), storage.database),
        watchdog=Watchdog(world),
        overdue=OverduePromises(world, "callback"),
        messages_overdue=OverduePromises(world, "message"),
    )
