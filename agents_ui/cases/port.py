"""What the pages of cases need from the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person, Realm

CaseKind = Literal["question", "fault", "submission", "complaint", "decision"]
CaseState = Literal["open", "waiting", "handed_on", "done", "closed"]
"""`waiting`: for the citizen; `handed_on`: to whoever is responsible."""

Entry = Literal["opened", "note", "promise", "handed_on", "state", "submission"]
Listing = Literal["open", "late", "over"]

LONGEST_TEXT: Final = 4_000
LONGEST_SUBJECT: Final = 200


class NoSuchNumber(ValueError):
    """No case has that number: a digit was misheard, or it is none."""


class Settled(Exception):
    """It can not be changed any more, or somebody has changed it meanwhile."""


class WrongField(ValueError):
    """What was given makes no sense; its text is the name of the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What is given when a case is opened. `call_id`: of the contact in which it was, or ""."""

    kind: CaseKind
    subject: str
    service: str = ""
    municipality: str = ""
    text: str = ""
    number: str = ""  # the citizen's telephone, where there is no call
    call_id: str = ""
    promise_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case in a list."""

    number: str
    spoken: str  # the same, as it is told
    kind: CaseKind
    state: CaseState
    subject: str
    owner: str  # a name
    opened_at: float
    due_on: str  # ISO date
    late: bool
    promise_on: str | None = None  # the next promise that is not kept yet


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """What happened to it, or was written."""

    at: float
    by: str  # a name
    what: Entry
    text: str
    promise_on: str | None = None  # ISO date
    kept: bool | None = None  # None: it may still be


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case, opened."""

    row: CaseRow
    service: str
    municipality: str
    send_on_by: str | None
    entries: tuple[CaseEntry, ...]
    submission: str
    submission_confirmed_at: float | None
    acts: bool  # whether this person may change it


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDefaults:
    """What the form of a new case begins with."""

    kind: CaseKind = "question"
    service: str = ""
    municipality: str = ""
    text: str = ""
    by_call: bool = False  # whose number is known


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """Of the last so many days."""

    days: int
    promised: int
    broken: int
    answered: int  # calls
    repeated: int  # of those: about the same matter as one of the same number in the week before


class CaseRoom(Protocol):
    """Cases; a database that is away raises `Unavailable`, what lies elsewhere `LookupError`."""

    async def listed(self, which: Listing, *, person: Person) -> Sequence[CaseRow]:
        """Those of the person's realms, the most urgent first, at most 100."""

    async def find(self, text: str, *, person: Person) -> str:
        """The number as it stands in addresses. Raises `NoSuchNumber`."""

    async def view(self, number: str, *, person: Person) -> CaseView:
        """The case; that it was opened is written down before."""

    async def defaults(self, call_id: str, *, person: Person) -> CaseDefaults:
        """From a call of this agent."""

    async def begin(self, given: NewCase, *, person: Person) -> str:
        """Open a case; its number. Raises `WrongField`."""

    async def write(
        self, number: str, text: str, *, promise_on: date | None, keeps: bool, person: Person
    ) -> None:
        """A message; `keeps`: it is what was promised. Raises `Settled` and `WrongField`."""

    async def hand_on(
        self, number: str, owner: Realm, text: str, *, promise_on: date | None, person: Person
    ) -> None:
        """To whoever is responsible. Raises `Settled` and `WrongField`."""

    async def turn(self, number: str, state: CaseState, *, person: Person) -> None:
        """Into another state. Raises `Settled`."""

    async def dictate(self, number: str, text: str, *, person: Person) -> None:
        """The text of a submission, to be read to the citizen. Raises `Settled`."""

    async def confirm(self, number: str, text: str, *, person: Person) -> None:
        """That very text was read and is right: it stands for good. Raises `Settled`."""

    async def owners(self) -> Sequence[tuple[Realm, str]]:
        """To whom a case can be handed on, each with its name."""

    def municipalities(self) -> Sequence[tuple[str, str]]:
        """Of the network, each with its name."""

    async def figures(self, days: int) -> CaseFigures:
        """Of the whole network: numbers, in which nobody is."""
