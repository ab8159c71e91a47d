"""Notices of known events, as people keep them: a storm, an e-service that is down."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, Text, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.notices.port import LONGEST
from contactcentre.core.config import document
from contactcentre.core.config.notice import Notice
from contactcentre.core.outcomes import Outcome
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL

SHOWN = 40
"""So many are named where one is not there."""


_contacts = models.contacts.c
_SAID = cast(_contacts.notices, Text)
_OUTCOMES = (
    select(_SAID, _contacts.outcome, func.count())
    .where(_contacts.arrived_at >= bindparam("since"), _SAID != "[]")
    .group_by(_SAID, _contacts.outcome)
)
"""Counted by the database: of a week's callers a few rows are left."""


class NoSuchPlace(ValueError):
    """A queue, municipality or centre of that key is not there."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice and what came of it: how many callers heard it, and whom it was enough for."""

    notice: Notice
    heard: int
    informed: int


def new_id() -> str:
    """One that no notice has."""
    return uuid.uuid4().hex


async def add(
    engine: AsyncEngine,
    texts: Mapping[str, str],
    *,
    from_at: float,
    until_at: float | None = None,
    queues: Sequence[str] = (),
    municipalities: Sequence[str] = (),
    centres: Sequence[str] = (),
    notice_id: str = "",
    by: str = SHELL,
) -> Notice:
    """Keep a notice; the running service takes it up with the next version of the network.

    Raises ValueError for a notice without Latvian or without time, and `NoSuchPlace`.
    """
    written = {
        "notice_id": notice_id or new_id(),
        "texts": {language: " ".join(text.split()) for language, text in texts.items()},
        "queues": list(queues),
        "municipalities": list(municipalities),
        "centres": list(centres),
        "from_at": from_at,
        "until_at": until_at,
    }
    notice = document.read(Notice, written, "notice")
    if any(len(text) > LONGEST for text in notice.texts.values()):
        raise ValueError(f"a text is longer than {LONGEST} characters")
    async with engine.begin() as connection:
        await _look(connection, models.queues, notice.queues, "queue")
        await _look(connection, models.municipalities, notice.municipalities, "municipality")
        await _look(connection, models.centres, notice.centres, "centre")
        await documents.save(
            connection, {models.notices: documents.rows(models.notices, [written])}, by=by
        )
    return notice


async def _look(
    connection: AsyncConnection, table: Table, keys: Collection[str], noun: str
) -> None:
    column = table.c[documents.key_of(table)]
    known = set((await connection.execute(select(column))).scalars())
    if strange := sorted(set(keys) - known):
        there = ", ".join(sorted(known)[:SHOWN])
        raise NoSuchPlace(f"no {noun} named '{strange[0]}'; there are {there}")


async def end(engine: AsyncEngine, notice_id: str, at: float, *, by: str = SHELL) -> bool:
    """Tell it no more from `at` on; False where there is no such notice in force or to come."""
    async with engine.begin() as connection:
        kept = {one.notice_id: one for one in await _read(connection)}.get(notice_id)
        if kept is None or (kept.until_at is not None and kept.until_at <= at):
            return False
        await documents.change(connection, models.notices, notice_id, by, until_at=at)
    return True


async def listed(
    engine: AsyncEngine, *, since: float = 0.0, heard_since: float = 0.0
) -> list[Told]:
    """Notices that were told since then or will be, the newest first, with what came of them among
    the callers since then."""
    async with engine.connect() as connection:
        kept = (
            one for one in await _read(connection) if one.until_at is None or one.until_at > since
        )
        notices = sorted(kept, key=lambda one: one.from_at, reverse=True)
        if not notices:
            return []
        heard, informed = Counter[str](), Counter[str]()
        rang_since = max(notices[-1].from_at, heard_since)
        for said, outcome, count in await connection.execute(_OUTCOMES, {"since": rang_since}):
            told = json.loads(said)
            heard.update(dict.fromkeys(told, count))
            if outcome == Outcome.INFORMED:
                informed[told[-1]] += count
    return [Told(one, heard[one.notice_id], informed[one.notice_id]) for one in notices]


async def _read(connection: AsyncConnection) -> list[Notice]:
    kept = await documents.read(connection, models.notices)
    return [document.read(Notice, one, f"notice {one['notice_id']}") for one in kept]
