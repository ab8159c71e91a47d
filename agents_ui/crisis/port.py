"""What the page of crisis mode needs from the service: the plans and the switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents_ui.shell.port import Person, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisLanguage:
    """A language that a plan adds, with the record of why it may be used."""

    code: str
    basis: str
    date: str  # ISO
    approver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisLimit:
    """What a plan sets of a queue (`queue` None: of all); `name` ends in its unit."""

    queue: Texts | None
    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisCap:
    """How many calls from afar the agents of a centre take in an hour.

    `centre` "" is all centres that have a cap; `per_hour` None lifts it.
    """

    centre: str
    per_hour: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisPlan:
    """A prepared plan, to be read before it is switched on."""

    plan_id: str
    label: Texts
    announcement: Texts  # what is said before the menu, per language
    menu: str  # "" leaves each number its own
    languages: tuple[CrisisLanguage, ...]
    limits: tuple[CrisisLimit, ...]
    volunteers: tuple[str, ...]  # names
    caps: tuple[CrisisCap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisRecord:
    """One time that a plan was switched on; `ended_how`: off, expired or replaced."""

    label: Texts
    began_at: float
    until: float
    by: str
    why: str
    ended_at: float | None = None
    ended_by: str = ""
    ended_how: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """The latest turn of the switch, which a second person is to confirm until `until`."""

    crisis_id: str
    on: bool
    by: str
    by_id: str  # whoever it was can't
    at: float
    until: float


class CrisisRoom(Protocol):
    """The switch of crisis mode: one person turns it at once, another confirms it afterwards."""

    def plans(self) -> Sequence[CrisisPlan]:
        """The prepared plans."""

    def current(self) -> CrisisRecord | None:
        """The crisis that is on."""

    async def log(self) -> Sequence[CrisisRecord]:
        """The latest ones that have ended, newest first. Raises `Unavailable`."""

    async def switch_on(self, plan_id: str, *, hours: float, why: str, person: Person) -> bool:
        """Put a plan in force; True once it is, False where there is no such plan."""

    async def switch_off(self, *, person: Person) -> bool:
        """End the crisis; False where none is on."""

    def unconfirmed(self) -> Unconfirmed | None:
        """What a second person has not confirmed yet."""

    async def confirm(self, *, person: Person) -> bool:
        """Confirm it; False where nothing is open, or it was that person's own doing.

        Raises `Unavailable`.
        """
