"""The one who sends: sees within a second what is due, and tries again what did not go through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final, Never

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.engine.alarms import Alarm, standing
from contactcentre.engine.clock import now
from contactcentre.features.outbox import store
from contactcentre.features.outbox.mail import NotSent
from contactcentre.features.outbox.store import Undelivered, Waiting
from contactcentre.storage import database
from contactcentre.storage.lookout import Watch
from contactcentre.storage.outbox import Kind

log = structlog.get_logger(__name__)

LOOK_S: Final = 30.0
"""How often is asked how it stands."""
LATE_S: Final = 600.0
BACK_S: Final = 24 * 3600.0
LONGEST_S: Final = 40.0
"""Of one try, whatever the other side does."""

Carrier = Callable[[Waiting], Awaitable[None]]
"""Sends one message. Raises `NotSent`."""


class Sender:
    """`carriers` by the kind of message; what has none can't be sent."""

    def __init__(
        self,
        engine: AsyncEngine,
        carriers: Mapping[Kind, Carrier],
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._carriers = carriers
        self._clock = clock
        self._looked_at = float("-inf")
        self.standing = Undelivered()

    async def run(self, next_due: Watch) -> Never:
        """Look whenever one is due (`store.NEXT_DUE`), and now and then, until cancelled."""
        while True:
            try:
                first, at = await next_due.next(), self._clock()
                if (first is not None and first <= at) or self._stands_long(at):
                    while await self.look():
                        pass
            except database.AWAY as error:
                log.warning("outbox.database_away", error=type(error).__name__)

    def _stands_long(self, at: float) -> bool:
        return not 0.0 <= at - self._looked_at < LOOK_S

    async def look(self) -> int:
        """Try what is due, beside each other; how many went. Raises `AWAY` errors."""
        at = self._clock()
        async with self._engine.begin() as connection:
            if self._stands_long(at):
                self._looked_at = at
                await store.soon(connection, at)
                self.standing = await store.standing(connection, at, late_s=LATE_S, back_s=BACK_S)
            due = await store.due(connection, at)
        async with asyncio.TaskGroup() as tries:
            tasks = [tries.create_task(self._try(one), name="send") for one in due]
        await self._note(list(zip(due, (task.result() for task in tasks), strict=True)))
        return sum(task.result() is None for task in tasks)

    async def _try(self, one: Waiting) -> NotSent | None:
        carry = self._carriers.get(one.kind)
        if carry is None:
            return NotSent("not set up", final=True)
        if one.expires_at <= self._clock():
            return NotSent("too late", final=True)
        try:
            async with asyncio.timeout(LONGEST_S):
                await carry(one)
        except NotSent as why:
            return why
        except TimeoutError:
            return NotSent("no answer")
        except Exception as fault:  # noqa: BLE001 - the boundary: a message fails alone
            log.error("outbox.fault", kind=one.kind, id=one.message_id, error=type(fault).__name__)
            return NotSent(type(fault).__name__)
        return None

    async def _note(self, tried: list[tuple[Waiting, NotSent | None]]) -> None:
        if not tried:
            return
        at = self._clock()
        async with self._engine.begin() as connection:
            for one, why in tried:
                if why is None:
                    await store.sent(connection, one, at)
                elif await store.failed(connection, one, at, str(why), final=why.final):
                    log.warning("outbox.given_up", kind=one.kind, id=one.message_id, why=str(why))

    def alarms(self) -> Iterator[Alarm]:
        """What does not go through, and what was given up today."""
        yield from standing("outbox-late", self.standing.late > 0)
        yield from standing("outbox-failed", self.standing.failed > 0)
