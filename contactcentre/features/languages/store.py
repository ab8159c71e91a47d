"""Languages of queues: allowed or not, each by a policy record that is never changed.

A language other than Latvian is used by somebody's decision on a legal basis. The latest record for
a queue and a language counts; a queue without one goes by the record for all queues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.config.network import STATE_LANGUAGE
from contactcentre.storage import audit, settings
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL, Action, AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One decision. `queue_id` is empty for all queues; `decided_on` is a date (ISO).

    Raises `ValueError` for one that cannot be meant.
    """

    queue_id: str
    language: str
    allowed: bool
    basis: str
    decided_on: str
    approver: str
    recorded_at: float
    recorded_by: str

    def __post_init__(self) -> None:
        """A record that says nothing is none."""
        if not (len(self.language) == 2 and self.language.isascii() and self.language.islower()):
            raise ValueError(f"language: '{self.language}' is no code of two letters, like ru")
        if self.language == STATE_LANGUAGE and not self.allowed:
            raise ValueError("language: Latvian is the state language and is always allowed")
        for name in ("basis", "approver", "recorded_by"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: must not be empty")
        try:
            date.fromisoformat(self.decided_on)
        except ValueError:
            raise ValueError(f"date: '{self.decided_on}' is no date like 2026-01-31") from None


async def record(connection: AsyncConnection, policy: Policy) -> None:
    """Add a decision; it is in force with the network's next version."""
    await settings.changed(connection)
    table = models.language_policies
    number = (await connection.scalar(select(func.max(table.c.number))) or 0) + 1
    await connection.execute(table.insert().values(number=number, **asdict(policy)))
    told = AuditEntry(
        at=policy.recorded_at,
        who=f"{SHELL}:{policy.recorded_by}",
        action=Action.CONFIGURED,
        object=f"languages/{policy.queue_id or '*'}/{policy.language}",
        purpose=policy.basis,
        details={"after": policy.allowed},
    )
    await audit.write(connection, told)


async def history(connection: AsyncConnection) -> Sequence[Policy]:
    """All decisions, oldest first."""
    table = models.language_policies
    rows = (await connection.execute(select(table).order_by(table.c.number))).mappings()
    return [Policy(**{key: row[key] for key in Policy.__dataclass_fields__}) for row in rows]
