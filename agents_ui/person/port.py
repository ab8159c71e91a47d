"""What the page of a person's data needs from the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from agents_ui.shell.port import Person

Refusal = Literal[
    "number", "why", "shared", "hold", "open", "approval", "meanwhile", "late", "nothing"
]


class PersonRefused(Exception):
    """It can't be done: `reason` is `number` (that is no telephone number), `why` (none is given),
    `shared` (several people have the number), of an erasure `hold`, `open` or `approval`, of
    records of people `meanwhile` (somebody else was faster), `late` or `nothing` (none is chosen).
    """

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def status(self) -> int:
        """What was typed can't be, or what stands forbids it."""
        return 400 if self.reason in ("number", "why", "nothing") else 409


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContact:
    """One of a person's contacts: enough to say whether it is."""

    call_id: str
    at: float
    topic: str
    number: str  # masked


@dataclass(frozen=True, slots=True, kw_only=True)
class SameRecord:
    """A record that was found to be the same person's, or was taken for it before a split."""

    person_id: str
    name: str
    at: float  # merged, or split
    undoable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """Somebody who is known by a number or code."""

    person_id: str
    name: str
    municipality: str
    since: float
    numbers: tuple[tuple[str, str], ...]  # what stands for it, and masked
    shared: bool  # one of the numbers is others' too
    contacts: tuple[FoundContact, ...]  # the newest 50
    merged: tuple[SameRecord, ...]
    split: SameRecord | None  # of whom this was taken for the same


class PersonRecords(Protocol):
    """Which records are one person's; a database that is away raises `Unavailable`. What is done
    is a row of the audit log."""

    async def find(
        self, asked: Sequence[str], *, why: str, person: Person
    ) -> Sequence[FoundPerson]:
        """Whoever is known by one of these numbers (or personal codes). Raises `PersonRefused`."""

    async def merge(self, person_id: str, into: str, *, why: str, person: Person) -> None:
        """They are one person. Raises `PersonRefused`."""

    async def split(
        self,
        person_id: str,
        *,
        name: str,
        numbers: Sequence[str],
        contacts: Sequence[str],
        why: str,
        person: Person,
    ) -> None:
        """These numbers (by what stands for them) and contacts are somebody else's.

        Raises `PersonRefused`.
        """

    async def undo(self, person_id: str, *, why: str, person: Person) -> None:
        """Take a merge, or a split, back. Raises `PersonRefused`: 30 days after it is too late."""


class PersonalRoom(Protocol):
    """A citizen's rights, by the telephone number or a person's id; a database that is away raises
    `Unavailable`."""

    async def disclose(self, asked: str, *, why: str, person: Person) -> Disclosure:
        """All that is kept; that it was given out is a row of the audit log. Raises
        `PersonRefused`."""

    async def ask_erasure(self, asked: str, *, why: str, person: Person) -> None:
        """Ask for a second person to let it be erased. Raises `PersonRefused`."""

    async def approved(self, *, person: Person) -> Sequence[str]:
        """The pseudonyms of those whom the person may erase now."""

    async def erase(self, asked: str, *, why: str, person: Person) -> ErasedData:
        """Erase it; uses the approval up. Raises `PersonRefused`."""
