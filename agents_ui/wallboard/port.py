"""What the big screens need from the service: which there are, and what each shows now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person, Texts

FigureCode = Literal[
    "waiting",
    "longest",
    "level",
    "level_today",
    "average",
    "answered",
    "abandoned",
    "ready",
    "busy",
    "callbacks_late",
]
"""What a screen can show. `longest` is since when somebody waits; a level is 0..1."""

MOST_FIGURES: Final = 6
"""More than these nobody reads across a room."""

MOST_SCREENS: Final = 200

LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What figures are of: a row of the board."""

    dimension: str
    key: str
    label: Texts  # {} of the network, of a language its code says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A screen in the list; its link is told once, when it is made."""

    screen_id: str
    name: str
    subject: Subject
    figures: tuple[FigureCode, ...]
    made_by: str  # a name
    made_at: float
    opened_at: float | None  # when it was last opened, to the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure; None where there is none just now. What it should be, and T of a level."""

    code: FigureCode
    value: float | None
    target: float | None = None  # None only where the configuration has the subject no more
    least: bool = False  # so much or more; else so much or less
    within_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenView:
    """All that a screen shows: figures alone, nobody's name, number or call."""

    at: float
    name: str
    subject: Subject
    telephony: bool
    figures: tuple[Figure, ...]


class WrongScreen(ValueError):
    """What was asked for is no screen: `name`, `subject`, `figures` or `many`."""


class Screens(Protocol):
    """The big screens. All that asks the database raises `Unavailable` while it is away."""

    async def screens(self, *, person: Person) -> Sequence[Screen]:
        """Those whose figures the person sees, the newest first."""

    def subjects(self, *, person: Person) -> Sequence[Subject]:
        """Of what the person may show figures, the network first."""

    async def add(
        self, name: str, subject: tuple[str, str], figures: Sequence[str], *, person: Person
    ) -> str:
        """A screen more; answers the secret of its link, which is kept nowhere.

        Raises `WrongScreen`.
        """

    async def revoke(self, screen_id: str, *, person: Person) -> None:
        """The link leads nowhere any more, and who has it open sees it end at once.

        Raises `LookupError`.
        """

    async def opened(self, secret: str) -> str:
        """The id of the screen whose link has this secret. Raises `LookupError`."""

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """An iterator that yields when figures may have changed."""

    def view(self, screen_id: str) -> ScreenView:
        """What an opened screen shows now. Raises `LookupError` once it is revoked."""

    async def look(self, screen_id: str) -> None:
        """Whether another process has revoked it: then `view` raises."""
