"""What the page of approvals needs from the service: what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents_ui.shell.port import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request that can still be decided; `mine` is one that the reader has made."""

    approval_id: str
    act: str  # of `agents_ui.shell.permissions.Act`
    object: str  # the id of what it is to be done to
    why: str
    asked_by: str  # a name
    asked_at: float
    expires_at: float
    mine: bool


class Approvals(Protocol):
    """Requests for a second person; a database that is away raises `Unavailable`."""

    async def waiting(self, person: Person) -> Sequence[Approval]:
        """Those that the person may decide, and the person's own; the oldest first."""

    async def decide(self, approval_id: str, *, approved: bool, person: Person) -> bool:
        """Approve or refuse; False where it is decided or too old already, or one's own.

        Raises `LookupError` where there is none that the person may decide.
        """
