"""Queues that agents take for the rest of the day: kept, and gone when the day is over.

A row makes another network, which comes into force as whatever people edit does: by the next look
of `features/publication`. So it outlives a restart, and waiting callers are stood anew by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, Never

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.supervision import port
from contactcentre.core.config.assignment import skills_for, taken
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.storage import database, settings
from contactcentre.storage import tables as models
from routing.calendar import local_day, midnight

PERIOD_S: Final = 30.0
_rows: Final = models.assignments


class DayOver:
    """Takes away what was said for a day that is over."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = now) -> None:
        self._engine = engine
        self._clock = clock

    async def run(self) -> Never:
        """Look twice a minute, until cancelled; an outage of the database is waited out."""
        while True:
            # What has outlived its day counts for no network that is read later.
            with suppress(*database.AWAY):
                await self.look()
            await asyncio.sleep(PERIOD_S)

    async def look(self) -> int:
        """How many have gone. Raises `AWAY` errors."""
        async with self._engine.begin() as connection:
            old = delete(_rows).where(_rows.c.until_at <= self._clock())
            count = (await connection.execute(old)).rowcount
            if count:
                await settings.changed(connection)
        return count


def assigned(published: Network, agent_id: str) -> tuple[str, ...] | None:
    """The queues that were said for today; None where none were."""
    given = published.assignments.get(agent_id)
    return None if given is None else taken(given.skills, published.queues.values())


def queues_of(published: Network, agent_id: str) -> tuple[port.DayQueue, ...]:
    """Each queue, and whether the agent takes it."""
    profile = published.agents.get(agent_id)
    if profile is None:
        return ()
    queues = published.queues.values()
    own, today = taken(profile.capability.skills, queues), assigned(published, agent_id)
    takes = own if today is None else today
    return tuple(
        port.DayQueue(
            queue=queue.queue_id,
            label=queue.labels,
            takes=queue.queue_id in takes,
            usual=queue.queue_id in own,
            fixed=not queue.skills,
        )
        for queue in queues
    )


async def keep(
    connection: AsyncConnection,
    published: Network,
    agent_id: str,
    queues: Sequence[str] | None,
    at: float,
) -> None:
    """These queues until midnight; None: the usual ones. Raises `Inseparable`."""
    if queues is None:
        await connection.execute(delete(_rows).where(_rows.c.agent_id == agent_id))
    else:
        own = published.agents[agent_id].capability.skills
        skills = dict(skills_for(own, queues, tuple(published.queues.values())))
        until_at = midnight(local_day(at) + timedelta(days=1))
        row = {"agent_id": agent_id, "skills": skills, "until_at": until_at}
        await database.upsert(connection, _rows, [row])
    await settings.changed(connection)
