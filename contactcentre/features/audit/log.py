"""The audit log: one row for each thing that somebody may have to answer for.

It is written in the transaction of what it tells of, before anybody sees that: what cannot be
written down does not happen. Ids only, never a number, a name or a note.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models

SHELL = "shell"
"""The `who` of somebody at the command line."""


class Action(StrEnum):
    """What was done."""

    LOGGED_IN = "login"
    LOG_IN_REFUSED = "login.refused"
    SESSIONS_ENDED = "sessions.ended"  # by somebody else than their user
    ACCOUNT_CHANGED = "account.changed"
    APPROVAL_ASKED = "approval.asked"
    APPROVED = "approval.given"
    APPROVAL_REFUSED = "approval.refused"
    CRISIS_CONFIRMED = "crisis.confirmed"
    HISTORY_LISTED = "history.listed"  # dates and topics of a number's earlier contacts
    HISTORY_OPENED = "history.opened"  # services and notes too


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row."""

    at: float
    who: str  # a user's id, `SHELL`, or "" where nobody is known
    action: Action
    object: str = ""  # the id of what it was done to: a call, a user
    purpose: str = ""


async def write(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Add the row to the transaction. Raises what the database raises."""
    await connection.execute(models.audit.insert(), asdict(entry))
