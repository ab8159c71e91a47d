"""A crisis is switched at once by one person, and confirmed by another within a quarter of an hour.

Nothing of this can hold the switch up, at three in the night or while the database is away: what is
to be confirmed follows from World, and only the confirmation is a row. Where none comes in time the
board has an alarm until one does; the crisis goes on as it was switched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final, Never

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.crisis import port
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry

log = structlog.get_logger(__name__)

WITHIN_S: Final = 900.0
PERIOD_S: Final = 2.0

ACT: Final = "crisis.switch"


class CrisisConfirmation:
    """Keep `run` running: another process may have been told."""

    def __init__(self, world: World, engine: AsyncEngine) -> None:
        self._world = world
        self._engine = engine
        self._confirmed = ""  # the latest switch of which that is known

    def open(self) -> port.Unconfirmed | None:
        """The latest switch, if a person has turned it and no other has confirmed it."""
        switch = self._latest()
        return None if switch is None or _key(switch) == self._confirmed else switch

    async def confirm(self, person: Person) -> bool:
        """See `CrisisRoom`."""
        switch = self.open()
        if switch is None or switch.by_id == person.user_id:
            return False
        at, key = now(), _key(switch)
        row = {
            "approval_id": key,
            "act": ACT,
            "object": switch.crisis_id,
            "realms": [["network", ""]],
            "why": "on" if switch.on else "off",
            "asked_by": switch.by_id,
            "asked_at": switch.at,
            "expires_at": switch.until,
            "decision": "approved",
            "decided_by": person.user_id,
            "decided_at": at,
            "used_at": switch.at,
        }
        entry = AuditEntry(
            at=at, who=person.user_id, action=Action.CRISIS_CONFIRMED, object=switch.crisis_id
        )
        try:
            async with self._engine.begin() as connection:
                await database.upsert(connection, models.approvals, [row])
                await audit.write(connection, entry)
        except database.AWAY as error:
            log.warning("crisis.not_confirmed", error=type(error).__name__)
            raise Unavailable from None
        self._confirmed = key
        return True

    def alarms(self) -> Iterator[Alarm]:
        """That it is late."""
        switch = self.open()
        if switch is not None and now() >= switch.until:
            yield Alarm(code="crisis-unconfirmed", since=switch.until, detail=switch.by)

    async def run(self) -> Never:
        """Look whether the latest switch is confirmed, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PERIOD_S)

    async def look(self) -> None:
        """Whether the latest switch has been confirmed meanwhile, here or elsewhere."""
        switch = self.open()
        if switch is not None and await self._is_confirmed(_key(switch)):
            self._confirmed = _key(switch)

    async def _is_confirmed(self, key: str) -> bool:
        query = select(models.approvals.c.decision).where(models.approvals.c.approval_id == key)
        try:
            async with self._engine.connect() as connection:
                return await connection.scalar(query) is not None
        except database.AWAY:
            return False

    def _latest(self) -> port.Unconfirmed | None:
        """An end that came by itself is nobody's doing."""
        crisis, last = self._world.crisis.crisis, self._world.crisis.last
        if crisis is not None:
            return _switched(crisis, crisis.by, crisis.by_id, crisis.began_at, on=True)
        if last is not None and last.ended_how == "off":
            return _switched(last, last.ended_by, last.ended_by_id, last.ended_at or 0.0, on=False)
        return None


def _switched(crisis: Crisis, by: str, by_id: str, at: float, *, on: bool) -> port.Unconfirmed:
    return port.Unconfirmed(
        crisis_id=crisis.crisis_id, on=on, by=by, by_id=by_id, at=at, until=at + WITHIN_S
    )


def _key(switch: port.Unconfirmed) -> str:
    return f"{switch.crisis_id[:28]}-{'on' if switch.on else 'off'}"
