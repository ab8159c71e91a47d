"""What the page of the abuse list needs from the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person

LONGEST_DAYS: Final = 90
"""So long a caller may be on the list; who still rings then is put there anew."""

EntryState = Literal["asked", "counts", "lifting"]
"""`asked`: a second person has not approved it yet; `lifting`: nor that it is lifted."""


class NoNumber(ValueError):
    """That is no telephone number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbuseEntry:
    """A caller whose calls are not taken. Who it is, nobody can read."""

    entry_id: str
    why: str
    state: EntryState
    added_by: str  # a name
    added_at: float
    expires_at: float


class AbuseRoom(Protocol):
    """The list; a database that is away raises `Unavailable`."""

    async def entries(self) -> Sequence[AbuseEntry]:
        """Those that count, and those that are asked for; the newest first, at most 200."""

    async def ask(self, number: str, *, why: str, days: int, person: Person) -> None:
        """Ask for a second person to put the caller on the list. Raises `NoNumber`."""

    async def ask_to_lift(self, entry_id: str, *, why: str, person: Person) -> None:
        """Ask for a second person to lift an entry. Raises `LookupError` where none counts."""
