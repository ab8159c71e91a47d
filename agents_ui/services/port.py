"""What the page of services needs from the service: its cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person, ServiceCard

FileFormat = Literal["cpsv-ap", "csv"]
"""For others."""

ExportFormat = Literal["csv", "zip"]
"""As it is taken again: a table, or a YAML file a card."""

LARGEST_FILE: Final = 10_000_000
"""In bytes, unpacked."""

MOST_FILES: Final = 10_000
"""In an archive."""


class ServiceCards(Protocol):
    """Today's cards, in memory."""

    def listed(self, text: str, *, locale: str) -> Sequence[ServiceCard]:
        """Those that the words find, best first; without words all, by their names. At most 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedSearch:
    """What agents looked for and nothing fitted."""

    words: str  # folded
    times: int
    last_at: float


class Missing(Protocol):
    """What was looked for in vain. Every call may raise `Unavailable`."""

    async def listed(self) -> Sequence[MissedSearch]:
        """Those that still find nothing, the most frequent first; at most 100."""

    async def drop(self, words: str) -> None:
        """It is of no use, or done."""

    async def not_ours(self, words: str, *, by: str) -> None:
        """Nobody of the network gives it: the search refuses it for sure from now on. Raises
        `LookupError` where nobody looked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """Cards for others; `packed` is the same by gzip, `tag` changes with it."""

    body: bytes
    packed: bytes
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFieldChange:
    """A field as it is and as it would be; of a new card, its name alone."""

    name: str
    was: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """A card that a file would change, or add."""

    code: str
    name: str
    new: bool
    fields: tuple[CardFieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReview:
    """What a file would change: the first of `count` cards. Who publishes it names the `digest`."""

    count: int
    changes: tuple[CardChange, ...]
    digest: str


class ReviewRefused(Exception):
    """A file can't be taken; `problems` are its faults with their places, or `changed`: the cards
    are others now than those that were reviewed."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class CardFiles(Protocol):
    """Cards as files. Everything raises `Unavailable`."""

    async def opened(self, form: FileFormat) -> OpenFile:
        """Today's cards for everybody. Raises `LookupError` where this installation opens none."""

    async def exported(self, form: ExportFormat) -> bytes:
        """All cards, for who edits them."""

    async def review(self, name: str, content: bytes, *, person: Person) -> CardReview:
        """What a file (JSON, YAML, CSV, or a ZIP of such) would change. Raises `ReviewRefused`."""

    async def load(self, name: str, content: bytes, digest: str, *, person: Person) -> int:
        """The same file is published, all of it or nothing; how many cards changed. Raises
        `ReviewRefused`."""
