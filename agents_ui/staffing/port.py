"""What the page of forecast and staffing needs from the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person

QUARTERS: Final = 96
"""Of a day, by the clock on the wall."""

MOST_SHIFTS: Final = 1000
MOST_EVENTS: Final = 300
MOST_AGENTS: Final = 2000
MOST_FACTOR: Final = 50.0
MOST_NOTE: Final = 200
LONGEST_EVENT_DAYS: Final = 366
AHEAD_DAYS: Final = 42
"""So far is told."""

Near = Literal["", "holiday", "eve", "after", "moved"]
Problem = Literal["", "not_made", "too_little"]


class StaffingRefused(ValueError):
    """It can't be so; `problems` are the codes of all that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingDay:
    """One day. Lists are by quarter hour; `came` is None while the day has not begun, and counts
    as far as the day has come. `need` and `there` are agents at work, breaks included; `there` is
    None where nobody has written shifts for what is shown."""

    day: date
    near: Near
    factor: float  # of the events, 1 where there is none
    total: float
    low_total: float
    high_total: float
    calls: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    need: tuple[int, ...]
    there: tuple[int, ...] | None
    came: tuple[int, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """So many agents from minute to minute of the day, on a weekday (Monday 0) or on one day.

    On one day it may be fewer than none: those are away.
    """

    shift_id: str
    weekday: int | None
    day: date | None
    begins_min: int
    ends_min: int
    agents: int
    centre: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastEvent:
    """Days, the first and the last of them, that bring `factor` times the usual calls."""

    event_id: str
    first: date
    last: date
    queue: str
    factor: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How right it was over the last weeks, told so many days ahead; shares of what came."""

    ahead: int
    days: int
    wape_quarter: float | None
    wape_day: float | None
    bias: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingRules:
    """What is reckoned with: the share of a shift that is no work on the phone (breaks, talks,
    training), and how many may hang up. What a queue promises is the queue's own matter."""

    away: float = 0.15
    most_abandoned: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingWeek:
    """A week, Monday first, of one queue or ("") of all together."""

    monday: date
    queue: str
    queues: Mapping[str, str]
    centres: Mapping[str, str]
    own: frozenset[str]  # the centres whose shifts the person may write
    days: tuple[StaffingDay, ...]
    shifts: tuple[Shift, ...]
    events: tuple[ForecastEvent, ...]
    accuracy: tuple[Accuracy, ...]
    rules: StaffingRules
    level: float  # the promise: this share within `within_s`
    within_s: float
    handling_s: float
    patience_s: float
    made_at: float
    problem: Problem
    known_days: int  # of calls, where there are too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A day of shifts, simulated several times: shares 0..1 (None without calls) and seconds."""

    day: date
    runs: int
    calls: float
    service_level: float | None
    abandonment: float | None
    mean_wait_s: float | None
    longest_wait_s: float
    occupancy: float | None
    nameless: int  # rostered, and not in the network: nobody like that was simulated
    worst: tuple[tuple[int, float], ...]  # hours of the day with their service level, worst first


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChart:
    """A day so far beside what was expected, by quarter hour: of the first quarter hour on.

    `expected_by`: whether that is a forecast, or the middle of the same weekdays before.
    """

    first: int  # quarter of the day
    expected: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    offered: tuple[int, ...]  # as far as the day has come
    answered: tuple[int, ...]
    abandoned: tuple[int, ...]
    gone: float  # share of the last of these that is over
    expected_by: Literal["forecast", "weekdays", "nothing"]


class StaffingRoom(Protocol):
    """Forecast and shifts; a database that is away raises `Unavailable`."""

    async def week(
        self, monday: date, queue: str, *, person: Person, language: str
    ) -> StaffingWeek:
        """That week. Raises `LookupError` for a queue that there is not."""

    async def keep_shift(self, shift: Shift, *, person: Person) -> None:
        """Write one down, or change it where it has an id. Raises `StaffingRefused`, and
        `LookupError` where it is gone or lies in nobody's realm of that person."""

    async def drop_shift(self, shift_id: str, *, person: Person) -> None:
        """Take one away. Raises `LookupError`."""

    async def suggest(self, monday: date, queue: str, *, person: Person) -> int:
        """Write shifts that cover that week, for every week; how many. Raises `StaffingRefused`
        where there are some already or nothing is needed."""

    async def keep_event(self, event: ForecastEvent, *, person: Person) -> None:
        """Write one down, or change it. Raises `StaffingRefused`, and `LookupError` where it is
        gone."""

    async def drop_event(self, event_id: str, *, person: Person) -> None:
        """Take one away. Raises `LookupError`."""

    async def keep_rules(self, rules: StaffingRules, *, person: Person) -> None:
        """Reckon with others. Raises `StaffingRefused`."""

    async def simulate(self, day: date, queue: str, *, person: Person) -> Tried:
        """A day with its shifts, by the rules of the network in force. Raises `StaffingRefused`
        where there is nothing to simulate."""

    async def chart(self, queue: str) -> DayChart:
        """Today so far. Raises `LookupError` for a queue that there is not."""
