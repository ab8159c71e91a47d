"""Who follows the engine: what shows, what counts, and what looks for trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contactcentre.app.area import Gauges, Runs
from contactcentre.app.storage import Storage
from contactcentre.core.decisions import Observer
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.engine.consumer import Changes
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import Live
from contactcentre.engine.watchdog import Watchdog
from contactcentre.features.callbacks.overdue import OverduePromises, open_promises
from contactcentre.features.explanations.service import DecisionLog


@dataclass(frozen=True, slots=True)
class Views:
    """Each takes what it needs from World, and never holds the engine up."""

    world: World
    live: Live
    figures: Figures
    decisions: DecisionLog
    watchdog: Watchdog
    overdue: OverduePromises
    messages_overdue: OverduePromises

    def watchers(self) -> tuple[Callable[[Changes], None], ...]:
        """Who is told of what an event has changed."""
        return self.live.publish, self._count, self.decisions.note

    def _count(self, changes: Changes) -> None:
        self.figures.count(changes.left, changes.ended)

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
            "decisions_unsent": self.decisions.backlog,
            "decisions_dropped": self.decisions.dropped,
        }

    def alarms(self) -> Iterator[Alarm]:
        """See `Area`."""
        yield from self.watchdog.alarms()
        yield from self.overdue.alarms()
        yield from self.messages_overdue.alarms()


def build_views(world: World, storage: Storage) -> Views:
    """With the day's figures as the journal has them."""
    figures = Figures()
    figures.restore(storage.restored.minutes, storage.restored.ends, now())
    return Views(
        world=world,
        live=Live(),
        figures=figures,
        decisions=DecisionLog(Observer(world, world.calls.values()), storage.database),
        watchdog=Watchdog(world),
        overdue=OverduePromises(world, "callback"),
        messages_overdue=OverduePromises(world, "message"),
    )
