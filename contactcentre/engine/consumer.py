"""The one consumer: inbox -> World.apply -> effects, journal, views. Nothing else writes World.

An event is journaled together with every call and agent as they stand after it, so a restart lays
out states and never repeats decisions. Orders go out at once; whoever must know that a fact will
outlive this process uses `Inbox.submit`, which waits for the journal's commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Never, Protocol

import structlog

from contactcentre.core import effects, events
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call
from contactcentre.core.world import World
from contactcentre.engine.inbox import Inbox, Letter
from contactcentre.storage.entry import Entry

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
    before: Mapping[str, Call] = field(default_factory=dict)  # of calls that were there, by id


class Engine:
    """Takes events in order, one at a time, and never awaits between an event and its orders."""

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        *,
        perform: Callable[[effects.Effect], None],
        journal: Journal,
        publish: Callable[[Changes], None],
        last_seq: int = 0,
    ) -> None:
        self._world = world
        self._inbox = inbox
        self._perform = perform
        self._journal = journal
        self._publish = publish
        self._seq = last_seq

    async def run(self) -> Never:
        """Consume for ever."""
        while True:
            self._handle(await self._inbox.take())

    def _handle(self, letter: Letter) -> None:
        refused = self._world.refused
        orders = self._world.apply(letter.event)
        for order in orders:
            if not isinstance(order, effects.RingBack):
                self._perform(order)
        saved = self._record(letter.event)
        if saved is not None:
            self._perform_once_safe(orders, saved)
        if letter.done is not None:
            self._answer(letter.done, saved, accepted=self._world.refused == refused)

    def _perform_once_safe(
        self, orders: Sequence[effects.Effect], saved: asyncio.Future[None]
    ) -> None:
        """A citizen is rung only when a crash would not make us forget it, and if still wanted."""

        def ring(order: effects.RingBack, commit: asyncio.Future[None]) -> None:
            safe = not commit.cancelled() and commit.exception() is None
            if safe and self._world.wants(order):
                self._perform(order)

        for order in orders:
            if isinstance(order, effects.RingBack):
                saved.add_done_callback(partial(ring, order))

    def _record(self, event: events.Event) -> asyncio.Future[None] | None:
        calls = tuple(self._world.touched_calls.values())
        agents = tuple(self._world.touched_agents.values())
        crises = self._world.crisis.touched
        if not calls and not agents and not crises:
            return None
        self._seq += 1
        entry = Entry(
            seq=self._seq,
            at=event.at,
            kind=type(event).__name__,
            call_id=getattr(event, "call_id", None),
            agent_id=getattr(event, "agent_id", None),
            event=event,
            calls=calls,
            agents=agents,
            crises=crises,
            passages=self._world.passages,
            callers=tuple(self._world.touched_callers.values()),
        )
        self._publish(Changes(event, calls, agents, self._world.former_calls))
        return self._journal.append(entry)

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

        saved.add_done_callback(tell)
