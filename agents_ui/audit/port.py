"""What the page of the audit log needs from the service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from agents_ui.shell.port import Person

PAGE: Final = 100
"""Rows of a page."""


class WhichCitizen(ValueError):
    """Nobody is known by that, or several are; `why` is "unknown" or "shared"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotApprovedYet(Exception):
    """Nobody else has approved that export, or it was used already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSearch:
    """What is asked for; "" and None are anything. Times are seconds since the epoch, UTC."""

    who: str = ""  # a part of a name or a user name
    what: str = ""  # an action, or what it begins with
    object: str = ""  # an id
    citizen: str = ""  # whose data: a number, an id or a pseudonym
    why: str = ""  # that is asked for
    since: float | None = None
    until: float | None = None
    below: int | None = None  # the number of the last row of the page before


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row, with the name of who did it."""

    number: int
    at: float
    who: str
    what: str
    object: str
    purpose: str
    person: str  # a citizen's pseudonym
    details: str


class AuditRoom(Protocol):
    """The log; a database that is away raises `Unavailable`."""

    async def rows(self, search: AuditSearch, *, person: Person) -> Sequence[AuditRow]:
        """At most `PAGE` rows and one that says that there are more, the newest first. That they
        were read is a row of its own, about the citizen, and why, where one was asked for. Raises
        `WhichCitizen`."""

    async def ask_export(self, period: str, *, why: str, person: Person) -> None:
        """Ask for a second person to let these days (`2026-11-01/2026-11-30`) be exported."""

    async def approved(self, *, person: Person) -> Sequence[str]:
        """The periods that the person may export now, once each."""

    async def export(
        self, period: str, since: float, until: float, *, person: Person
    ) -> AsyncIterator[str]:
        """The lines (JSON) of these days; uses the approval up. Raises `NotApprovedYet`."""
