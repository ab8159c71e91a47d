"""`contactcentre language`: which languages a queue takes, by decisions on record."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.core.config.languages import LanguageRule, languages
from contactcentre.engine.clock import now
from contactcentre.features.languages import store as policies
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models

app = program("language")

_telling = console.telling(ValueError)

Language = Annotated[str, Parameter(help="two letters: ru")]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a decision goes on record with."""

    queue: Annotated[str, Parameter(help="for one queue; for all if not given")] = ""
    basis: Annotated[str, Parameter(help="the law or order")]
    date: Annotated[str, Parameter(help="of the decision: 2026-01-31")]
    approver: Annotated[str, Parameter(help="who decided")]
    by: Annotated[str, Parameter(help="who records it; you, if not given")] = ""


@app.command
@_telling
async def allow(language: Language, /, *, grounds: Grounds, settings: Settings) -> None:
    """Record a decision, in force at once."""
    await _decide(settings, language, grounds, allowed=True)


@app.command
@_telling
async def forbid(language: Language, /, *, grounds: Grounds, settings: Settings) -> None:
    """Record a decision, in force at once."""
    await _decide(settings, language, grounds, allowed=False)


async def _decide(settings: Settings, language: str, grounds: Grounds, *, allowed: bool) -> None:
    policy = policies.Policy(
        queue_id=grounds.queue,
        language=language,
        allowed=allowed,
        basis=grounds.basis,
        decided_on=grounds.date,
        approver=grounds.approver,
        recorded_at=now(),
        recorded_by=grounds.by or getpass.getuser(),
    )
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        queues = await _queues(connection)
        if grounds.queue and grounds.queue not in queues:
            raise ValueError(f"no queue named '{grounds.queue}'; there are: {', '.join(queues)}")
        await policies.record(connection, policy)
    console.say(f"{language}: {_verb(allowed)} for {grounds.queue or 'all queues'}")


@app.command(name="list")
@_telling
async def list_all(*, settings: Settings) -> None:
    """What each queue takes, and by whose decision."""
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        history = await policies.history(connection)
        queues = await _queues(connection)
    decisions = [
        LanguageRule(queue_id=one.queue_id, language=one.language, allowed=one.allowed)
        for one in history
    ]
    offered, taken = languages(decisions, queues)
    console.say(f"menus offer: {' '.join(offered)}")
    for queue_id, some in taken.items():
        console.say(f"{queue_id}: {' '.join(some)}")
    for one in history:
        where = one.queue_id or "all queues"
        why = f"{one.basis} ({one.decided_on}, {one.approver}); recorded by {one.recorded_by}"
        console.say(f"    {one.language} {_verb(one.allowed)} for {where}: {why}")


def _verb(allowed: bool) -> str:
    return "allowed" if allowed else "forbidden"


async def _queues(connection: AsyncConnection) -> list[str]:
    query = select(models.queues.c.queue_id).order_by(models.queues.c.position)
    return list((await connection.execute(query)).scalars())
