"""Who was kept from what the table of roles does not allow, on record."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Person
from contactcentre.engine.throttle import Throttle
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry

log = structlog.get_logger(__name__)

MOST = 3
"""Rows a minute of one person at one route: who goes on and on fills no disk."""


class RefusedAccess:
    """Keeps `agents_ui.shell.port.Refusals`."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._throttle = Throttle(MOST, 60.0)

    async def note(self, person: Person, route: str) -> None:
        """See `Refusals`."""
        at = self._clock()
        left_out = self._throttle.admit(f"{person.user_id} {route}", at)
        if left_out is None:
            return
        entry = AuditEntry(
            at=at,
            who=person.user_id,
            action=Action.ACCESS_REFUSED,
            object=route,
            details={"left_out": left_out} if left_out else {},
        )
        try:
            async with self._engine.begin() as connection:
                await audit.write(connection, entry)
        except database.AWAY as error:
            log.warning("audit.database_away", error=type(error).__name__)
