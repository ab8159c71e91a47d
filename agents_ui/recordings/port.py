"""What the page of a recording shows, and what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from agents_ui.shell.port import Person


class CannotOpen(Exception):
    """The file is there and cannot be opened: its key is missing, or it was changed."""


class CopyNotApproved(Exception):
    """No second person has approved it (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingView:
    """One agent's leg. `state`: whole, short or truncated."""

    call_id: str
    leg_id: str
    agent: str  # a name
    from_at: float
    seconds: float
    state: str
    why: str  # it is heard
    approved: bool  # a copy may be taken, once


class Sound(Protocol):
    """Bytes of a WAV file."""

    size: int

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Those bytes, in pieces; from the disk. Raises what is raised where it was changed."""


class RecordingRoom(Protocol):
    """Recordings of talks; a database that is away raises `Unavailable`.

    A *ticket* stands for one recording that one person hears, for an hour. What there is not, or
    not for this person, raises `LookupError`.
    """

    async def open(self, leg_id: str, *, why: str, person: Person) -> str:
        """A ticket. That it is heard, by whom and why is on record before it is given."""

    async def view(self, ticket: str, *, person: Person) -> RecordingView:
        """What it is."""

    async def sound(self, ticket: str, *, person: Person) -> Sound:
        """How it sounds. Raises `CannotOpen`."""

    async def ask_copy(self, ticket: str, *, why: str, person: Person) -> None:
        """Ask for a second person to let a copy be taken."""

    async def copy(self, ticket: str, *, person: Person) -> Sound:
        """The whole, to be taken away; on record, and the approval is used up. Raises
        `CopyNotApproved`, `CannotOpen`."""
