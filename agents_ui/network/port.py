"""What the pages of the network need from the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person

Kind = Literal[
    "hotlines",
    "queues",
    "centres",
    "agents",
    "calendars",
    "days_off",
    "municipalities",
    "regions",
]
"""What is edited here."""

Control = Literal["text", "long", "number", "tick", "choice", "grade"]
"""How a field is filled in; `long` is several lines."""

PhoneMake = Literal["sheet", "yealink", "snom"]
"""In whose words the settings of a telephone are: a sheet to type from, or its maker's."""

Text = str | Mapping[str, str]
"""A text, or one by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. `word` is the name of its words, `usual` what counts where it is blank.

    `choices` are keys with what people call them; "" where the page has the words.
    """

    name: str
    word: str
    control: Control
    value: str
    usual: str = ""
    required: bool = False
    least: float | None = None
    most: float | None = None
    unit: str = ""
    choices: tuple[tuple[str, Text], ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields that belong together. `many`: there may be any number of such parts."""

    name: str
    word: str
    parts: tuple[Field | FieldGroup, ...]
    many: bool = False
    row: str = ""  # one of many: what it is called
    removable: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that was changed."""

    word: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A change on record: its number there, when (seconds since the epoch), by whom, and what."""

    number: int
    at: float
    who: str
    new: bool
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One document as a form. `base` is what it was made of, and comes back when it is saved."""

    kind: Kind
    key: str  # "" of a new one
    name: Text
    active: bool
    base: str
    parts: tuple[Field | FieldGroup, ...]
    faults: tuple[str, ...] = ()  # those of no field
    meanwhile: Version | None = None  # somebody else has changed it
    history: tuple[Version, ...] = ()  # the newest first
    shown: int | None = None  # the number of the earlier version that is filled in
    desk_phone: bool = False  # an agent's who has a telephone on the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a list; the cells stand in the order of its columns."""

    key: str
    name: Text
    cells: tuple[Text, ...]
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowList:
    """A page of a list; `columns` are names of words."""

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    found: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What is missing before callers reach somebody; `key` is what is meant, `name` its name."""

    code: str
    kind: Kind
    key: str = ""
    name: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How many there are of each kind that the person edits, and what is missing."""

    counts: Mapping[Kind, int]
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneFile:
    """All settings of a telephone, its password among them: given out once."""

    name: str
    text: str = field(repr=False)


class FormRefused(ValueError):
    """Nothing was saved: `form` holds what was typed, and what is wrong with it."""

    def __init__(self, form: Form) -> None:
        super().__init__("refused")
        self.form = form


class NoDeskPhone(ValueError):
    """The agent answers by something else."""


class NetworkRoom(Protocol):
    """What people edit of the network, as far as a person's roles reach; what lies elsewhere is a
    `LookupError`. A database that is away raises `Unavailable`."""

    async def overview(self, *, person: Person) -> Overview:
        """What there is, and what is missing."""

    async def find(
        self, kind: Kind, search: str, *, sort: str, number: int, person: Person
    ) -> RowList:
        """Those with all these words, sorted by a column; the first page has the number 1."""

    async def form(
        self, kind: Kind, key: str, *, version: int | None = None, person: Person
    ) -> Form:
        """The form of that one (a new one: ""), filled in as it is, or as an earlier change has
        left it."""

    async def save(
        self, kind: Kind, key: str, typed: Mapping[str, str], *, base: str, person: Person
    ) -> str:
        """Have it so from now on; its key. Raises `FormRefused`. With `more` (the name of a group)
        in what was typed nothing is saved, and the form comes back with a part more."""

    async def set_active(
        self, kind: Kind, key: str, *, active: bool, base: str, person: Person
    ) -> None:
        """Retire it, or take it back into use. Raises `FormRefused`: something still refers to
        it."""


class DeskPhones(Protocol):
    """Telephones on the tables of agents whom a person may edit; any other agent is a
    `LookupError`. Who has no such telephone raises `NoDeskPhone`, what is away `Unavailable`.
    `open_to_read`: nothing encrypts the way to them here, so that no page gives any a password."""

    open_to_read: bool

    async def issue(self, agent_id: str, make: PhoneMake, *, person: Person) -> PhoneFile:
        """Give the telephone a new password; the one before ends."""

    async def revoke(self, agent_id: str, *, person: Person) -> None:
        """Make its password worthless."""


# --- tables -----------------------------------------------------------------------------------

TableName = Literal["centres", "agents", "all"]
"""What is kept in a spreadsheet, too; and everything, as an archive."""

LARGEST_TABLE: Final = 2_000_000
"""In bytes, unpacked: ten times what 600 centres and 2,000 agents are."""

MOST_FILES: Final = 20
"""In an archive."""

SHOWN_ROWS: Final = 300
"""So many changes, and so many faults, are shown of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """Why a file is not taken: line and column as it has them, 0 and "" of the whole; `file` is ""
    of a table."""

    file: str
    line: int
    column: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What a line changes."""

    kind: Kind
    key: str
    name: Text
    what: Literal["added", "changed", "retired"]
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReview:
    """What a file would change. `text` is the file as it travels through the page ("" of what is
    none), `kinds` are those that it has, `mark` stands for these changes; `counts` are by what
    becomes of a row, and `rows` the first of them. `whole`: who is not in it is retired. `log_ins`
    are named in it, and are not made here.
    """

    text: str
    whole: bool
    kinds: tuple[Kind, ...] = ()
    mark: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[RowChange, ...] = ()
    faults: tuple[RowFault, ...] = ()
    more_faults: int = 0
    log_ins: int = 0
    meanwhile: bool = False


class TableRefused(ValueError):
    """Nothing was changed: `review` tells why."""

    def __init__(self, review: TableReview) -> None:
        super().__init__("refused")
        self.review = review


class TableRoom(Protocol):
    """The network as files, as far as a person's roles reach. A database that is away raises
    `Unavailable`."""

    async def export(self, table: TableName, *, person: Person) -> bytes:
        """All of them that the person may edit, as CSV; everything as a ZIP of YAML files, one a
        kind. It stays on record."""

    async def review(self, content: bytes, *, whole: bool, person: Person) -> TableReview:
        """What a file would change; nothing is changed."""

    async def load(self, text: str, *, whole: bool, mark: str, person: Person) -> TableReview:
        """Have it so, whole or not at all; what was changed. Raises `TableRefused`, also where
        something else than was shown would change by now."""
