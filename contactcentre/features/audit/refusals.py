"""Whom the table has refused, written down: who wanted to go where they may not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Person
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry

log = structlog.get_logger(__name__)

ONCE_S: Final = 60.0
"""A page that comes back by itself is refused again and again: one row tells of it."""

ROOM: Final = 1_000


class AccessRefusals:
    """Keeps `agents_ui.shell.port.RefusedAccess`."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._noted: dict[tuple[str, str], float] = {}

    async def note(self, person: Person, route: str) -> None:
        """See `RefusedAccess`. Who is refused stays so while the database is away."""
        at, key = self._clock(), (person.user_id, route)
        if 0 <= at - self._noted.get(key, -ONCE_S) < ONCE_S:
            return
        if len(self._noted) >= ROOM:
            self._noted.clear()
        self._noted[key] = at
        entry = AuditEntry(at=at, who=person.user_id, action=Action.ACCESS_REFUSED, object=route)
        try:
            async with self._engine.begin() as connection:
                await audit.write(connection, entry)
        except database.AWAY as error:
            log.warning("audit.refusal_not_noted", error=type(error).__name__)
