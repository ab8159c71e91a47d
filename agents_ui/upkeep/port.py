"""What the page of cards' upkeep needs from the service: questions to owners, reported errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

from agents_ui.shell.port import Person, Texts

AnswerLanguage = Literal["lv", "ru", "en"]
LANGUAGES: Final[tuple[AnswerLanguage, ...]] = get_args(AnswerLanguage)
FlagKind = Literal["wrong", "outdated", "missing", "unclear"]
FLAG_KINDS: Final[tuple[FlagKind, ...]] = get_args(FlagKind)
Mailed = Literal["none", "waiting", "sent", "failed"]

QUESTION_LENGTH: Final = 1_000
ANSWER_LENGTH: Final = 2_000
LINE_LENGTH: Final = 300
"""Of what an agent says of an error, and of a reason."""
SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryRow:
    """A question to the owner of a card."""

    enquiry_id: str
    service: str  # the card's code
    card: Texts  # its name; none where there is no such card any more
    institution: str
    asked_by: str  # the agent's name
    asked_at: float
    due_at: float
    late: bool
    language: AnswerLanguage
    question: str
    wants_call: bool
    mailed: Mailed
    link: bool  # whether a link stands by which the owner can answer
    mine: bool  # whether the person may answer and close it
    answer: str = ""
    answered_at: float | None = None
    answered_by: str = ""  # a name; none where the owner answered by the link
    over_at: float | None = None
    over_why: str = ""
    accepted: bool = False  # question and answer stand on the card


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """An error that an agent has reported."""

    flag_id: str
    kind: FlagKind
    text: str
    by: str  # the agent's name
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedCard:
    """A card with errors that nobody has settled, the oldest first."""

    service: str
    card: Texts
    institution: str
    mine: bool
    flags: tuple[FlagRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRow:
    """Whom an institution's cards are asked about; in the fields of its form."""

    institution: str
    mail: str = ""
    hours: str = ""  # of work, until an answer is due
    calendar: str = ""  # whose hours those are


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepView:
    """All that the page shows to a person."""

    open: Sequence[EnquiryRow]  # the first due first
    answered: Sequence[EnquiryRow]  # to be taken into the card, or not; the oldest first
    over: Sequence[EnquiryRow]  # the latest first
    flagged: Sequence[FlaggedCard]  # the card with the most first
    owners: Sequence[OwnerRow]  # of the person's institutions
    calendars: Sequence[str]
    sends_mail: bool


class UpkeepRefused(Exception):
    """It was not done: `reason` is a stable code. `found` are kinds of what a text may not hold."""

    def __init__(self, reason: str, found: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = tuple(found)


class UpkeepRoom(Protocol):
    """Questions and errors of the cards that the person edits, or of whose agents they are.

    Everything raises `Unavailable`; what changes something raises `UpkeepRefused`, and
    `LookupError` for nothing of the person's, or what is over already.
    """

    async def view(self, *, person: Person) -> UpkeepView:
        """What there is to be done, and what was done lately."""

    async def answer(self, enquiry_id: str, text: str, *, person: Person) -> None:
        """What the owner says, typed in by an editor."""

    async def accept(
        self,
        enquiry_id: str,
        *,
        language: str,
        question: str,
        answer: str,
        person: Person,
    ) -> None:
        """Question and answer stand on the card from now on, as they are given here."""

    async def close(self, enquiry_id: str, why: str, *, person: Person) -> None:
        """It is not to be answered, or its answer not to be on the card."""

    async def send_again(self, enquiry_id: str, *, person: Person) -> None:
        """A fresh link by e-mail; the former one leads nowhere."""

    async def revoke(self, enquiry_id: str, *, person: Person) -> None:
        """The link leads nowhere any more."""

    async def settle(
        self, service: str, flags: Sequence[str], reason: str, *, person: Person
    ) -> None:
        """These errors of a card are mended, or are none."""

    async def set_owner(self, given: OwnerRow, *, person: Person) -> None:
        """Whom an institution's cards are asked about from now on."""
