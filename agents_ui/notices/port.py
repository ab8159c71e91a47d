"""What the page of notices needs from the service: what callers are told of known events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person, Texts

LONGEST: Final = 600
"""Characters of a text: three quarters of a minute of speech."""

HOURS: Final = ("1", "2", "4", "8", "24", "72", "")
"""So long it is told; "" is until somebody ends it."""

ReachKind = Literal["everybody", "queue", "municipality", "centre"]


class NoticeRefused(ValueError):
    """It can't be told so; `problems` are fields of the form, each with what is wrong."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = problems
        super().__init__(str(problems))


class NotSaid(Exception):
    """The words could not be made into speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """A notice as it is written in the form."""

    texts: Texts
    to: str = ""  # a `NoticeReach`
    begins: str = ""  # as in 2026-12-01T08:00, Latvian time; "" is now
    hours: str = "4"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedNotice:
    """Words to begin with; what is to be filled in stands in brackets."""

    name: Texts
    texts: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReach:
    """Who may be told: everybody, or the callers of a queue or a place."""

    kind: ReachKind
    key: str = ""
    label: Texts

    @property
    def to(self) -> str:
        """As the form sends it."""
        return f"{self.kind}:{self.key}" if self.key else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice that is told, will be, or was lately."""

    notice_id: str
    texts: Texts
    to: Sequence[Texts]  # none: everybody
    from_at: float
    until_at: float | None
    state: Literal["now", "later", "over"]
    heard: int  # in the last 7 days
    informed: int  # of those, for whom it was enough
    mine: bool  # the person may end it


class NoticeRoom(Protocol):
    """Notices of known events. Raises `Unavailable` while the database is away."""

    def languages(self) -> Sequence[str]:
        """In which callers are spoken to; the first one must be written."""

    def reaches(self, person: Person) -> Sequence[NoticeReach]:
        """Whom the person may tell."""

    async def prepared(self) -> Sequence[PreparedNotice]:
        """Words for what happens often."""

    async def listed(self, person: Person) -> Sequence[NoticeRow]:
        """Those in force and to come, then those that are over since two weeks at most."""

    async def publish(self, text: NoticeText, *, person: Person) -> str:
        """Tell it; its id. Raises `NoticeRefused`."""

    async def end(self, notice_id: str, *, person: Person) -> None:
        """Tell it no more. Raises `LookupError` where there is none that the person may end."""

    async def hear(self, text: str, language: str) -> bytes:
        """How it sounds, as WAV. Raises `NotSaid`."""
