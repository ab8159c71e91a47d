"""What agents take and can do for the rest of the day: kept, and gone when the day is over.

A row makes another network, which comes into force as whatever people edit does: by the next look
of `features/publication`. So it outlives a restart, and waiting callers are stood anew by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, Never

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.supervision import port
from contactcentre.core import acts
from contactcentre.core.config.assignment import better, skills_for, taken
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.storage import database, settings
from contactcentre.storage import tables as models
from routing.calendar import local_day, midnight
from routing.requirement import Levels

PERIOD_S: Final = 30.0
_rows: Final = models.assignments

Assigned = acts.QueuesAssigned | acts.SkillsAssigned


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


def skills_of(published: Network, agent_id: str) -> tuple[port.DaySkill, ...]:
    """Each skill that some queue asks for and each language that callers have, with all else that
    the agent can do."""
    profile = published.agents.get(agent_id)
    if profile is None:
        return ()
    own = profile.capability
    given = published.assignments.get(agent_id)
    now_ = own if given is None else given.over(own)
    asked = [name for queue in published.queues.values() for name, _ in queue.skills]
    return (
        *_levels(asked, own.skills, now_.skills, published),
        *_levels(published.languages, own.languages, now_.languages, published, language=True),
    )


def _levels(
    asked: Iterable[str], own: Levels, today: Levels, published: Network, *, language: bool = False
) -> Iterator[port.DaySkill]:
    usual, levels = dict(own), dict(today)
    for name in dict.fromkeys((*asked, *usual, *levels)):
        named = None if language else published.queues.get(name)
        yield port.DaySkill(
            name=name,
            label=named.labels if named is not None else {},
            level=levels.get(name, 0),
            usual=usual.get(name, 0),
            language=language,
        )


def known(event: Assigned, published: Network) -> bool:
    """Whether there is that agent, and all that is given."""
    if event.agent_id not in published.agents:
        return False
    if isinstance(event, acts.QueuesAssigned):
        return published.queues.keys() >= set(event.queues or ())
    some = skills_of(published, event.agent_id)
    return {(one.name, one.language) for one in some} >= {
        *((name, False) for name, _ in event.skills),
        *((name, True) for name, _ in event.languages),
    }


def standing(published: Network, agent_id: str) -> Mapping[str, Levels] | None:
    """What was said for today, as it is given; None where nothing was."""
    given = published.assignments.get(agent_id)
    if given is None:
        return None
    today = given.over(published.agents[agent_id].capability)
    return {"skills": today.skills, "languages": today.languages}


def undo(published: Network, agent_id: str) -> port.Undo:
    """What brings back what stands now."""
    given = standing(published, agent_id)
    if given is None:
        return port.Undo(name="queues", args={"agent_id": agent_id, "queues": None})
    return port.Undo(name="skills", args={"agent_id": agent_id, **given})


async def give(connection: AsyncConnection, published: Network, event: Assigned) -> None:
    """As the supervisor has said. Raises `Inseparable`."""
    if isinstance(event, acts.QueuesAssigned):
        await keep(connection, published, event.agent_id, event.queues, event.at)
    else:
        await _put(connection, event.agent_id, event.skills, event.languages, event.at)


async def keep(
    connection: AsyncConnection,
    published: Network,
    agent_id: str,
    queues: Sequence[str] | None,
    at: float,
) -> None:
    """These queues until midnight, with the languages of today; None: all as usual. Raises
    `Inseparable`."""
    if queues is None:
        await connection.execute(delete(_rows).where(_rows.c.agent_id == agent_id))
        await settings.changed(connection)
        return
    own, given = published.agents[agent_id].capability.skills, published.assignments.get(agent_id)
    best = own if given is None else better(own, dict(given.skills))
    skills = skills_for(best, queues, tuple(published.queues.values()))
    await _put(connection, agent_id, skills, given.languages if given else None, at)


async def _put(
    connection: AsyncConnection, agent_id: str, skills: Levels, languages: Levels | None, at: float
) -> None:
    row = {
        "agent_id": agent_id,
        "skills": dict(skills),
        "languages": None if languages is None else dict(languages),
        "until_at": midnight(local_day(at) + timedelta(days=1)),
    }
    await database.upsert(connection, _rows, [row])
    await settings.changed(connection)
