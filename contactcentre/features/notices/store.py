"""Notices of known events, as people keep them: a storm, an e-service that is down."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.config import document
from contactcentre.core.config.notice import Notice
from contactcentre.core.outcomes import Outcome
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL

LONGEST = 600
"""Characters of a text: three quarters of a minute of speech."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice and what came of it: how many callers heard it, and whom it was enough for."""

    notice: Notice
    heard: int
    informed: int


async def add(
    engine: AsyncEngine,
    texts: Mapping[str, str],
    *,
    from_at: float,
    until_at: float | None = None,
    queues: Sequence[str] = (),
    by: str = SHELL,
) -> Notice:
    """Keep a notice; the running service takes it up with the next version of the network.

    Raises ValueError for a notice without Latvian, without time, or for a queue that is not there.
    """
    written = {
        "notice_id": uuid.uuid4().hex,
        "texts": {language: " ".join(text.split()) for language, text in texts.items()},
        "queues": list(queues),
        "from_at": from_at,
        "until_at": until_at,
    }
    notice = document.read(Notice, written, "notice")
    if any(len(text) > LONGEST for text in notice.texts.values()):
        raise ValueError(f"a text is longer than {LONGEST} characters")
    async with engine.begin() as connection:
        known = set((await connection.execute(select(models.queues.c.queue_id))).scalars())
        if strange := sorted(set(notice.queues) - known):
            raise ValueError(f"no queue named '{strange[0]}'; there are {', '.join(sorted(known))}")
        await documents.save(
            connection, {models.notices: documents.rows(models.notices, [written])}, by=by
        )
    return notice


async def end(engine: AsyncEngine, notice_id: str, at: float, *, by: str = SHELL) -> bool:
    """Tell it no more from `at` on; False where there is no such notice in force or to come."""
    async with engine.begin() as connection:
        kept = {one.notice_id: one for one in await _read(connection)}.get(notice_id)
        if kept is None or (kept.until_at is not None and kept.until_at <= at):
            return False
        await documents.change(connection, models.notices, notice_id, by, until_at=at)
    return True


async def listed(engine: AsyncEngine) -> list[Told]:
    """All notices, the newest first, with what came of them."""
    async with engine.connect() as connection:
        notices = sorted(await _read(connection), key=lambda one: one.from_at, reverse=True)
        if not notices:
            return []
        contacts = models.contacts.c
        since = contacts.arrived_at >= notices[-1].from_at
        outcomes = await connection.execute(select(contacts.notices, contacts.outcome).where(since))
        heard, informed = Counter[str](), Counter[str]()
        for told, outcome in outcomes:
            heard.update(told)
            informed.update(told[-1:] if outcome == Outcome.INFORMED else ())
    return [Told(one, heard[one.notice_id], informed[one.notice_id]) for one in notices]


async def _read(connection: AsyncConnection) -> list[Notice]:
    kept = await documents.read(connection, models.notices)
    return [document.read(Notice, one, f"notice {one['notice_id']}") for one in kept]
