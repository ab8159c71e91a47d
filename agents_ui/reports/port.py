"""What the page of reports needs from the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, Protocol

from agents_ui.reports.measures import BY_KEY, MEASURES, VIEWS, Measure
from agents_ui.shell.port import Person, Texts
from routing.explanation import Digest

__all__ = ["BY_KEY", "MEASURES", "VIEWS", "Measure"]

Step = Literal["quarter", "day", "week", "month", "year"]
Dimension = Literal[
    "queue",
    "centre",
    "home_centre",
    "municipality",
    "service",
    "institution",
    "agent",
    "language",
    "dialled",
    "path",
]
By = Step | Dimension

LONGEST_QUARTERS_DAYS: Final = 31
LONGEST_DAYS: Final = 400
"""A report has at most so many days of rows of a quarter hour, or of a day; else of a month."""
PAGE: Final = 50
"""Calls of a page."""


class WrongPeriod(Exception):
    """The period is none, or too long for its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """What is asked for: the days `since` to `until`, both included, by `by`; where `only` is a
    dimension, of one `key` of it. `view` is one of `VIEWS`."""

    since: date
    until: date
    by: By = "day"
    view: str = "service"
    only: Dimension | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One row: what it is of, and a value for each figure of the view; None is none."""

    key: str
    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """Rows in order (of time, or the greatest first), what they come to together, and how many
    figures of these days were restated by late facts."""

    measures: tuple[Measure, ...]
    rows: tuple[ReportRow, ...]
    total: ReportRow
    restated: int
    behind: int  # contacts whose facts are still to be made


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoice:
    """Something that a report may be of alone."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One call beneath a figure; the number is as much of it as this page shows. `scripted`: a
    colleague's test call, which is in nothing that leaves the house."""

    call_id: str
    arrived_at: float
    number: str
    queue: str
    language: str
    outcome: str
    wait_s: float | None
    talk_s: float | None
    agent: str
    centre: str
    scripted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """Calls of a page, the newest first; `below` begins the next one, "" where there is none."""

    calls: tuple[CallLine, ...]
    below: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One thing that happened to a call. `what` is a stable code; `why` are a supervisor's words,
    and `decision` is what was decided then."""

    at: float
    what: str
    who: str = ""
    lasted_s: float | None = None
    why: str = ""
    decision: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecording:
    """What was recorded of one agent's talk. `state`: whole, short, truncated, missing; deleted
    where the sound is no more."""

    leg_id: str
    agent: str
    from_at: float
    seconds: float
    state: str
    deleted_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStory:
    """A call from its arrival to its record. Services have their names; `names` are those of agents
    whom decisions name, by their id (of another part of the network the centre's), `labels` what
    people call skills and places, by kind and id."""

    call: CallLine
    lines: tuple[StoryLine, ...]
    kind: str
    services: tuple[str, ...]
    identified_level: int
    recordings: tuple[CallRecording, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """What must be true of a day's figures: whether it was, and its two sides."""

    day: date
    rule: str
    holds: bool
    left: int
    right: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLine:
    """What callers of a queue said in a month (`2026-11`), on keys of 1 to 5: how many, the mean,
    and the share of 4 and 5. None: too few to be told."""

    month: str
    queue: str  # its name
    answers: int | None
    mean: float | None
    good: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table to be taken away: the heads are stable names."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]


Every = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleText:
    """A report that is sent again and again, in the fields of its form. It is of the day, week or
    month before; the rest of the question is `view`, `by`, `only` and `key` of `ReportQuestion`."""

    name: str = ""
    every: str = "day"
    at: str = "07:00"  # Europe/Riga
    weekday: str = "1"  # Monday
    day: str = "1"  # of the month
    to: str = ""
    view: str = "service"
    by: str = "day"
    only: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """One as its list shows it. `next_at` is None where it has stopped; `result` is a stable code,
    "" before the first time; `failed` counts what the mail server did not take of the last one."""

    schedule_id: str
    text: ScheduleText
    next_at: float | None
    last_at: float | None
    result: str
    failed: int


class ScheduleRefused(ValueError):
    """It can't be so; `fields` are those that are wrong."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(fields)
        super().__init__(", ".join(fields))


class ReportSchedules(Protocol):
    """Reports that are sent by e-mail, each person's own. A database that is away raises
    `Unavailable`."""

    @property
    def sends(self) -> bool:
        """Whether a mail server is set up."""

    async def mine(self, person: Person) -> Sequence[ScheduleRow]:
        """By name."""

    async def save(
        self, schedule_id: str, text: ScheduleText, *, person: Person, language: str
    ) -> None:
        """Send it so from now on; "" is a new one. Raises `ScheduleRefused`, and `LookupError` for
        none of the person's."""

    async def remove(self, schedule_id: str, *, person: Person) -> None:
        """No more. Raises `LookupError`."""


class ReportRoom(Protocol):
    """Figures of the past; a database that is away raises `Unavailable`."""

    async def report(self, asked: ReportQuestion, *, person: Person, language: str) -> ReportTable:
        """Of agents only those whom the person leads. Raises `WrongPeriod`."""

    async def choices(
        self, dimension: Dimension, *, person: Person, language: str
    ) -> Sequence[ReportChoice]:
        """What there is of a dimension, at most a thousand, by name."""

    async def calls(
        self,
        asked: ReportQuestion,
        measure: str,
        *,
        row: str,
        below: str,
        person: Person,
        language: str,
    ) -> CallPage:
        """The calls beneath a figure, of one row or ("") of all, as far as they lie in the person's
        realms. That they were looked at is on record. Raises `WrongPeriod`, and `LookupError` for
        a figure without."""

    async def story(self, call_id: str, *, person: Person, language: str) -> CallStory:
        """All that is on record of a call, its note left out. Raises `LookupError`."""

    async def surveyed(self, since: date, until: date, *, language: str) -> Sequence[SurveyLine]:
        """What callers said in the months of these days, the latest first."""

    async def checks(self) -> Sequence[CheckRow]:
        """What was found of the latest nights, the latest first."""

    async def ministry(self, month: int) -> Sheet:
        """What was done in a month (202610): by centre, service, kind, level and channel."""

    async def balance(self, month: int) -> Sheet:
        """Who answered for whom: calls by the municipality asked about and that which answered."""

    async def written(self, sheet: Sheet, form: str) -> bytes:
        """A table as a file: `csv` or `xlsx`."""

    async def open_data(self, month: int, *, by: str) -> Sheet:
        """What may be published of a month: no cell is small, nor to be had by subtraction.

        Who asks first publishes it; then it is the same for all. Raises `WrongPeriod` for a month
        that is not over.
        """
