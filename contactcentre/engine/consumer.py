"""The one consumer: inbox -> World.apply -> effects, journal, views. Nothing else writes World.

An event is journaled together with every call and agent as they stand after it, so a restart lays
out states and never repeats decisions. Orders go out at once; whoever must know that a fact will
outlive this process uses `Inbox.submit`, which waits for the journal's commit.

An event that World fails at has changed nothing. It is set aside: journaled with where it failed,
so that somebody can mend the cause, and everybody else is served on. An order or a view that fails
is passed over likewise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Never, Protocol

import structlog

from contactcentre.core import effects, events
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.world import World
from contactcentre.engine import figures, outlay
from contactcentre.engine.faults import Faults, place
from contactcentre.engine.inbox import Inbox, Letter
from contactcentre.storage.entry import Dialled, Ended, Entry
from routing.service_level import Queued

log = structlog.get_logger(__name__)


class Journal(Protocol):
    """The durable record."""

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """Queue an entry; the future is done once it would survive a crash."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an event has changed, for the live views."""

    event: events.Event
    calls: tuple[Call, ...]
    agents: tuple[Agent, ...]
    left: tuple[Queued, ...] = ()  # calls that have left their queue
    ended: tuple[Ended, ...] = ()
    dialled: tuple[Dialled, ...] = ()  # talks dialled out that have ended


def changes_of(event: events.Event, world: World) -> Changes:
    """What the latest event has changed in World."""
    calls = tuple(world.touched_calls.values())
    before = [(world.former_calls.get(call.call_id), call) for call in calls]
    left = (figures.left(former, call, world.network) for former, call in before)
    ended = (figures.end(former, call) for former, call in before)
    dialled = (one for former, call in before for one in outlay.ended(former, call))
    return Changes(
        event,
        calls,
        tuple(world.touched_agents.values()),
        left=tuple(one for one in left if one is not None),
        ended=tuple(one for one in ended if one is not None),
        dialled=tuple(dialled),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSetAside:
    """Journaled in place of an event that could not be handled; nothing has changed by it."""

    at: float
    what: str
    error: str
    place: str
    event: events.Event


class Engine:
    """Takes events in order, one at a time, and never awaits between an event and its orders."""

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        *,
        perform: Callable[[effects.Effect], None],
        journal: Journal,
        publish: Sequence[Callable[[Changes], None]],
        faults: Faults,
        last_seq: int = 0,
    ) -> None:
        self._world = world
        self._inbox = inbox
        self._perform = perform
        self._journal = journal
        self._publish = publish
        self._faults = faults
        self._seq = last_seq

    async def run(self) -> Never:
        """Consume for ever."""
        while True:
            self._handle(await self._inbox.take())

    def _handle(self, letter: Letter) -> None:
        refused = self._world.refused
        try:
            orders = self._world.apply(letter.event)
        except Exception as fault:  # noqa: BLE001 - the boundary: World is as it was before
            self._set_aside(letter, fault)
            return
        for order in orders:
            if not isinstance(order, effects.RingBack):
                self._try("order", type(order).__name__, partial(self._perform, order))
        saved = self._record(letter.event)
        if saved is not None:
            self._perform_once_safe(orders, saved)
        if letter.done is not None:
            self._answer(letter.done, saved, accepted=self._world.refused == refused)

    def _set_aside(self, letter: Letter, fault: Exception) -> None:
        """The page that sent it is told that it does not fit."""
        event, what = letter.event, type(letter.event).__name__
        self._faults.note("event", what, fault)
        aside = EventSetAside(
            at=event.at, what=what, error=type(fault).__name__, place=place(fault), event=event
        )
        self._journal.append(self._entry(aside, Changes(event, (), ())))
        if letter.done is not None and not letter.done.done():
            letter.done.set_result(False)

    def _try(self, stage: str, what: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - the boundary: one fails, the others go on
            self._faults.note(stage, what, fault)

    def _perform_once_safe(
        self, orders: Sequence[effects.Effect], saved: asyncio.Future[None]
    ) -> None:
        """A citizen is rung only when a crash would not make us forget it, and if still wanted."""

        def ring(order: effects.RingBack, commit: asyncio.Future[None]) -> None:
            safe = not commit.cancelled() and commit.exception() is None
            if safe and self._world.wants(order):
                self._try("order", type(order).__name__, partial(self._perform, order))

        for order in orders:
            if isinstance(order, effects.RingBack):
                saved.add_done_callback(partial(ring, order))

    def _record(self, event: events.Event) -> asyncio.Future[None] | None:
        changes, crises = changes_of(event, self._world), self._world.crisis.touched
        set_anew = isinstance(event, ClockStepped)  # told to the next start, whatever it has moved
        if not changes.calls and not changes.agents and not crises and not set_anew:
            return None
        for watcher in self._publish:
            self._try("view", getattr(watcher, "__qualname__", ""), partial(watcher, changes))
        return self._journal.append(self._entry(event, changes))

    def _entry(self, event: object, changes: Changes) -> Entry:
        self._seq += 1
        return Entry(
            seq=self._seq,
            at=changes.event.at,
            kind=type(event).__name__,
            call_id=event.call_id if isinstance(event, events.CallEvent) else None,
            agent_id=event.agent_id if isinstance(event, events.AgentEvent) else None,
            event=event,
            calls=changes.calls,
            agents=changes.agents,
            crises=self._world.crisis.touched,
            passages=self._world.passages,
            callers=tuple(self._world.touched_callers.values()),
            left=changes.left,
            ended=changes.ended,
            dialled=changes.dialled,
        )

    @staticmethod
    def _answer(
        done: asyncio.Future[bool], saved: asyncio.Future[None] | None, *, accepted: bool
    ) -> None:
        if saved is None:
            if not done.done():
                done.set_result(accepted)
            return

        def tell(commit: asyncio.Future[None]) -> None:
            failure = commit.exception() if not commit.cancelled() else asyncio.CancelledError()
            if done.done():
                return
            if failure is None:
                done.set_result(accepted)
            else:
                done.set_exception(failure)
                done.exception()  # whoever asked may have been told already that it is not safe

        saved.add_done_callback(tell)
