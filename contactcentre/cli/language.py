"""The command `language`: which languages a queue takes, by decisions on record."""

from __future__ import annotations

import argparse

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.cli import console
from contactcentre.core.config.languages import Decision, languages
from contactcentre.engine.clock import now
from contactcentre.features.languages import store as policies
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models


async def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; 0 when it went well, 1 with words on standard error when it did not."""
    return await console.exit_status(_do(options, settings), ValueError)


async def _do(options: argparse.Namespace, settings: Settings) -> None:
    async with database.opened(settings.database) as storage:
        if options.action == "list":
            await _list(storage)
        else:
            await _decide(options, storage)


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
    console.say(f"{policy.language}: {verb} for {options.queue or 'all queues'}")


async def _list(storage: AsyncEngine) -> None:
    async with storage.connect() as connection:
        history = await policies.history(connection)
        queues = await _queues(connection)
    decisions = [
        Decision(queue_id=one.queue_id, language=one.language, allowed=one.allowed)
        for one in history
    ]
    offered, taken = languages(decisions, queues)
    console.say(f"menus offer: {' '.join(offered)}")
    for queue_id, some in taken.items():
        console.say(f"{queue_id}: {' '.join(some)}")
    for one in history:
        verb = "allowed" if one.allowed else "forbidden"
        where = one.queue_id or "all queues"
        why = f"{one.basis} ({one.decided_on}, {one.approver}); recorded by {one.recorded_by}"
        console.say(f"    {one.language} {verb} for {where}: {why}")


async def _queues(connection: AsyncConnection) -> list[str]:
    query = select(models.queues.c.queue_id).order_by(models.queues.c.position)
    return list((await connection.execute(query)).scalars())
