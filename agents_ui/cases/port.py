"""What the pages of cases need from the service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person, Realm

CaseKind = Literal["question", "fault", "submission", "complaint", "decision"]
CaseState = Literal["open", "waiting", "handed_on", "done", "closed"]
"""`waiting`: for the citizen; `handed_on`: to whoever is responsible."""

Entry = Literal[
    "opened", "note", "promise", "handed_on", "state", "submission", "event", "file", "file_removed"
]
FileKind = Literal["pdf", "jpeg", "png"]
Listing = Literal["open", "late", "over"]

LONGEST_TEXT: Final = 4_000
LONGEST_SUBJECT: Final = 200
LONGEST_NAME: Final = 120
LARGEST_FILE: Final = 10_000_000
"""Bytes."""
MOST_FILES: Final = 10
"""Of one case."""


class NoSuchNumber(ValueError):
    """No case has that number: a digit was misheard, or it is none."""


class Settled(Exception):
    """It cannot be changed any more, or somebody has changed it meanwhile."""


class UnreadableFile(Exception):
    """Its file is missing, damaged, or sealed with a key that is not kept."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A known event, as all who take calls see it."""

    number: str
    spoken: str
    title: str
    service: str
    municipality: str  # a name; "": not said
    opened_at: float
    over: bool
    contacts: int
    to_tell: int  # callers who asked to be told when it is over, and wait for it
    joined: bool  # the contact at hand stands in it
    opens: bool  # whether this person may open the case


@dataclass(frozen=True, slots=True)
class CallerToTell:
    """Somebody whom this person is about to ring."""

    call_id: str
    number: str  # of the telephone
    joined_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """What the page of its case shows of it."""

    row: EventRow
    places: tuple[tuple[str, int], ...]  # municipalities with the most contacts, ten of them
    taken: tuple[CallerToTell, ...]


class EventRoom(Protocol):
    """Known events: cases of faults that many ring about. Raises what `CaseRoom` does."""

    async def listed(self, *, person: Person) -> Sequence[EventRow]:
        """Of the whole network, at most 50: the open ones, then those that are over with callers
        who are to be told."""

    async def near(
        self, call_id: str, municipality: str, service: str, *, person: Person
    ) -> Sequence[EventRow]:
        """Open ones of that municipality (or of none), of that service first; at most five."""

    async def view(self, number: str, *, person: Person) -> EventView | None:
        """None: the case is no known event."""

    def call_at_hand(self, person: Person) -> str:
        """The id of the call of this agent, or ""."""

    async def declare(self, number: str, title: str, *, person: Person) -> None:
        """A case of a fault becomes one; its own contact is the first. Raises `Settled`."""

    async def join(self, number: str, call_id: str, *, wants_word: bool, person: Person) -> None:
        """A contact of this agent, once however often; `wants_word`: when it is over. Raises
        `Settled`, and `WrongField` for a caller without a number."""

    async def leave(self, number: str, call_id: str, *, person: Person) -> None:
        """It was a mistake. Raises `Settled`."""

    async def take(self, number: str, *, person: Person) -> None:
        """The next caller who is to be told is this person's for half an hour. Raises `Settled`:
        it is not over, somebody was faster, or this person has five."""

    async def told(self, number: str, call_id: str, *, reached: bool, person: Person) -> None:
        """Who was taken is told, or was not `reached` and comes last; after three times never
        again. Raises `Settled`."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is attached to a case."""

    file_id: str
    name: str
    kind: FileKind
    size: int  # bytes
    added_at: float


class FileContent(Protocol):
    """A file, a piece at a time."""

    size: int

    def read(self, start: int, stop: int) -> Iterator[bytes]: ...


class AttachmentRoom(Protocol):
    """Files of cases. Raises what `CaseRoom` does; each opening is written down before."""

    async def listed(self, number: str, *, person: Person) -> Sequence[Attachment]:
        """Ten at most, the oldest first."""

    async def ready(self, number: str, *, person: Person) -> None:
        """Whether one more may be added. Raises `Settled`, and `WrongField` for no room."""

    async def add(self, number: str, name: str, content: bytes, *, person: Person) -> None:
        """By what is in it, whatever it is called. Raises what `ready` does, and `OSError`."""

    async def open(
        self, number: str, file_id: str, *, person: Person
    ) -> tuple[Attachment, FileContent]:
        """To be taken away. Raises `UnreadableFile`."""

    async def remove(self, number: str, file_id: str, *, person: Person) -> None:
        """Somebody attached the wrong one."""


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
