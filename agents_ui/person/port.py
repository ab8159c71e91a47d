"""What the page of a person's data needs from the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from agents_ui.shell.port import Person


class PersonRefused(Exception):
    """It can't be done: `reason` is `number` (that is no telephone number), `why` (none is given),
    or of an erasure `hold`, `open` or `approval`."""

    def __init__(self, reason: Literal["number", "why", "hold", "open", "approval"]) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def status(self) -> int:
        """What was typed can't be, or what stands forbids it."""
        return 400 if self.reason in ("number", "why") else 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """All that is kept of a person."""

    page: str  # HTML, to be read
    data: str  # JSON
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedData:
    """What went."""

    contacts: int
    recordings: int


class PersonalRoom(Protocol):
    """A citizen's rights, by the telephone number; a database that is away raises `Unavailable`."""

    async def disclose(self, number: str, *, why: str, person: Person) -> Disclosure:
        """All that is kept; that it was given out is a row of the audit log. Raises
        `PersonRefused`."""

    async def ask_erasure(self, number: str, *, why: str, person: Person) -> None:
        """Ask for a second person to let it be erased. Raises `PersonRefused`."""

    async def approved(self, *, person: Person) -> Sequence[str]:
        """The pseudonyms of those whom the person may erase now."""

    async def erase(self, number: str, *, why: str, person: Person) -> ErasedData:
        """Erase it; uses the approval up. Raises `PersonRefused`."""
