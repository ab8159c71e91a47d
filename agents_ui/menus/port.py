"""What the pages of menus need from the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

from agents_ui.shell.port import Person, Texts

Role = Literal["notices", "intro", "prompts", "again", "wrong", "silent", "offer"]
"""When words are said: what is known now; on arrival; each time; asked again; after a wrong key;
after silence; in another language, that there is one."""

WayKind = Literal[
    "key", "language", "person", "silence", "then", "open", "closed", "holiday", "default"
]

RecordingState = Literal["recorded", "stale", "synthetic", "untranslated"]
"""How a prompt is said: by a person; by a machine, because the text has changed since or nobody has
recorded it; in Latvian, because it has no text in that language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFault:
    """What is wrong with a text, at a line of it (0 where it is of no line)."""

    line: int
    place: str  # node and key, or ""
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptLine:
    """One prompt, and the language that it is said in. `text` is "" of a stand-in, whose words
    depend on the moment, and of a prompt that has no text in any language."""

    prompt: str
    language: str
    text: str
    stand_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is said at one time, by language, in the order of the menu's languages."""

    role: Role
    lines: Mapping[str, tuple[PromptLine, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuWay:
    """A way on. `key` is the digit that takes it, `language` what it switches to; `count` how many
    callers took it, None where that is not counted. `beneath` is the step that it leads to, where
    that is shown here; else it is shown elsewhere (`there`), or is not there at all."""

    kind: WayKind
    to: str
    key: str = ""
    language: str = ""
    count: int | None = None
    there: bool = True
    beneath: MenuStep | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the menu ends at a step. `kind` is the node's; `queue` the labels of the queue, or its
    name where there is none of that name (`lacks`); `of` a number or a length in seconds."""

    kind: Literal["enqueue", "callback", "voicemail", "transfer", "hangup"]
    queue: Texts | str = ""
    lacks: bool = False
    of: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFigures:
    """How many callers each of these befell at a step."""

    entered: int
    typed: int
    timed_out: int
    wrong: int
    hung_up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuStep:
    """One node. `calendar` is what an `hours` step goes by."""

    name: str
    kind: str
    label: Texts = field(default_factory=dict)
    sayings: tuple[Saying, ...] = ()
    ways: tuple[MenuWay, ...] = ()
    ending: Ending | None = None
    figures: StepFigures | None = None
    calendar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuRelease:
    """One time that a version came into force (seconds since the epoch)."""

    version: int
    action: str
    at: float
    who: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuRow:
    """A menu: the release in force, the numbers that it answers, how many callers came today."""

    name: str
    release: MenuRelease
    versions: int
    numbers: tuple[str, ...]
    common: bool  # it answers numbers that name no menu
    callers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnrecordedPrompt:
    """A prompt of a menu that is not said by a person."""

    language: str
    prompt: str
    text: str
    state: RecordingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A version of a menu. `roots` are the first step, and what is not shown beneath another;
    `faults` what is wrong with it by now (it can't be drawn then, where there is no root)."""

    name: str
    version: int
    in_force: int
    text: str
    languages: tuple[str, ...]
    roots: tuple[MenuStep, ...]
    faults: tuple[TextFault, ...]
    unrecorded: tuple[UnrecordedPrompt, ...]
    prompts: int  # how many it says, in all languages
    history: tuple[MenuRelease, ...]  # the newest first
    day: date
    numbers: tuple[str, ...]


# --- tried ------------------------------------------------------------------------------------


SILENCE = "-"
"""Of a caller who presses nothing."""

LARGEST_FILE = 500_000
"""Of a menu, in bytes: its text may have 200,000 characters."""

MOST_ANSWERS = 100
"""Of one caller, in a trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCall:
    """A call that nobody makes: the number dialled, when (seconds since the epoch), and what the
    caller answers to each question: digits, or `SILENCE`."""

    dialled: str
    at: float
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialTurn:
    """What the caller did (`answer`, "" of who has just rung), the steps that it led through, and
    what is said then, prompt by prompt, in the caller's language mostly."""

    answer: str
    language: str
    steps: tuple[str, ...]
    said: tuple[PromptLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is waited for: the keys that mean something, and how many digits at most."""

    keys: str
    most: int
    terminator: str
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How far the call has come: to a question, or to its end."""

    turns: tuple[TrialTurn, ...]
    question: Question | None = None
    ending: Ending | None = None
    path: tuple[Texts, ...] = ()  # as the agent reads it


# --- changed ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChoice:
    """Where a digit of a menu step leads: to a step, or nowhere ("")."""

    key: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleStep:
    """What can be changed of a step without its text: its label, its keys, its patience."""

    name: str
    label: str  # the label's own name, "" of none
    label_lv: str
    label_en: str
    keys: tuple[KeyChoice, ...]
    taken: str  # digits that are languages
    timeout_s: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimplePrompt:
    """A prompt of a menu, and its words in each of the menu's languages; `steps` say it."""

    prompt: str
    texts: Mapping[str, str]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuDraft:
    """A text that somebody writes. `base` is the version in force that it was made of (0 of a new
    menu); `meanwhile` another one that came into force since; `changes` what differs from the one
    in force, line by line as a unified diff; `simple` what a form can change of it."""

    name: str
    text: str
    base: int
    faults: tuple[TextFault, ...]
    unrecorded: tuple[UnrecordedPrompt, ...]
    changes: tuple[str, ...]
    simple: tuple[SimpleStep, ...]
    prompts: tuple[SimplePrompt, ...]
    steps: tuple[str, ...]
    meanwhile: MenuRelease | None = None


class DraftRefused(ValueError):
    """Nothing was published: `draft` holds the text, and what is wrong with it."""

    def __init__(self, draft: MenuDraft) -> None:
        super().__init__("refused")
        self.draft = draft


class FileRefused(ValueError):
    """A file that can't be a menu's text: why."""


class NotSpoken(Exception):
    """Words can't be said: why, for whoever runs the machine."""


class MenuRoom(Protocol):
    """The menus. One that is not there is a `LookupError`; a database that is away raises
    `Unavailable`."""

    async def listed(self) -> tuple[MenuRow, ...]:
        """All of them, by name."""

    async def menu(self, name: str, *, version: int | None, day: date | None) -> Menu:
        """A version, or the one in force; with the figures of a local day, or of today."""

    async def tried(
        self, name: str, call: TrialCall, *, version: int | None, text: str
    ) -> Trial | None:
        """How a caller fares in a version, or in a `text`; None where that can't be read."""

    def sound(self, language: str, prompt: str) -> Path | None:
        """The WAV file of a prompt as callers hear it, if there is one in that language."""

    async def draft(self, name: str, *, version: int | None) -> MenuDraft:
        """The text of a version, or of the one in force, to be changed."""

    async def begun(self, name: str, *, like: str, text: str = "") -> MenuDraft:
        """A `text`, or that of another menu, to be made a new one of that name. Raises
        `ValueError`: the name is `taken`, or none (`name`)."""

    def text_of(self, content: bytes) -> str:
        """The text that a file is. Raises `FileRefused`."""

    async def checked(self, name: str, text: str, *, base: int) -> MenuDraft:
        """What is wrong with a text, and what it changes."""

    async def changed(
        self, name: str, text: str, fields: Mapping[str, str], *, base: int
    ) -> MenuDraft:
        """The text with what a form of its steps says; the rest of it stays as it is written."""

    async def publish(
        self, name: str, text: str, *, base: int, comment: str, person: Person
    ) -> int:
        """Have callers in this from now on; calls under way keep theirs. The version's number.
        Raises `DraftRefused`; `LookupError` of a new one whose name is none."""

    async def put_back(
        self, name: str, version: int, *, base: int, comment: str, person: Person
    ) -> None:
        """Put an earlier version in force again. Raises `DraftRefused`: it does not hold together
        with what there is now, or another one is in force than `base`."""
