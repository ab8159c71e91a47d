"""The command `language`: which languages a queue takes, by decisions on record."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.clock import now
from contactcentre.core.languages import Decision, languages
from contactcentre.settings import Settings
from contactcentre.storage import database, models, policies


async def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; 0 when it went well, 1 with words on standard error when it did not."""
    storage = database.engine(settings.database)
    try:
        if options.action == "list":
            await _list(storage)
        else:
            await _decide(options, storage)
    except ValueError as error:
        _complain(str(error))
    except database.AWAY as error:
        _complain(database.away_words(error))
    else:
        return 0
    finally:
        await storage.dispose()
    return 1


async def _decide(options: argparse.Namespace, storage: AsyncEngine) -> None:
    policy = policies.Policy(
        queue_id=options.queue,
        language=options.language,
        allowed=options.action == "allow",
        basis=options.basis,
        decided_on=options.date,
        approver=options.approver,
        recorded_at=now(),
        recorded_by=options.by,
    )
    async with storage.begin() as connection:
        queues = await _queues(connection)
        if options.queue and options.queue not in queues:
            raise ValueError(f"no queue named '{options.queue}'; there are: {', '.join(queues)}")
        await policies.record(connection, policy)
    verb = "allowed" if policy.allowed else "forbidden"
    _say(f"{policy.language}: {verb} for {options.queue or 'all queues'}")


async def _list(storage: AsyncEngine) -> None:
    async with storage.connect() as connection:
        history = await policies.history(connection)
        queues = await _queues(connection)
    decisions = [
        Decision(queue_id=one.queue_id, language=one.language, allowed=one.allowed)
        for one in history
    ]
    offered, taken = languages(decisions, queues)
    _say(f"menus offer: {' '.join(offered)}")
    for queue_id, some in taken.items():
        _say(f"{queue_id}: {' '.join(some)}")
    for one in history:
        verb = "allowed" if one.allowed else "forbidden"
        where = one.queue_id or "all queues"
        why = f"{one.basis} ({one.decided_on}, {one.approver}); recorded by {one.recorded_by}"
        _say(f"    {one.language} {verb} for {where}: {why}")


async def _queues(connection: AsyncConnection) -> list[str]:
    query = select(models.queues.c.queue_id).order_by(models.queues.c.position)
    return list((await connection.execute(query)).scalars())


def _say(text: str) -> None:
    print(text)  # noqa: T201  what was asked for


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
