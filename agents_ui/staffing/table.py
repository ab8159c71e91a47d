"""The week as tables: each day in a few figures, and each quarter hour in who lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from agents_ui.staffing.port import QUARTERS, StaffingDay, StaffingWeek

Cover = Literal["", "under", "even", "over"]

LEAST: Final = 0.05
"""Calls in a quarter hour that make it one of opening time."""

SPARE: Final = 0.25
"""So many more than are needed are too many, and two at least."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Of a quarter hour of a day: who is needed, who is there, and what that is."""

    need: int
    there: int | None
    cover: Cover

    @property
    def gap(self) -> int:
        """How many too many; below 0, how many lack."""
        return (self.there or 0) - self.need


def clock(slot: int) -> str:
    """The begin of a quarter hour of the day."""
    return f"{slot // 4:02}:{slot % 4 * 15:02}"


def open_span(week: StaffingWeek) -> tuple[int, int] | None:
    """The first quarter hour of the week in which anybody rings or is there, and the end."""
    busy = [slot for one in week.days for slot in range(QUARTERS) if _busy(one, slot)]
    return (min(busy), max(busy) + 1) if busy else None


def _busy(one: StaffingDay, slot: int) -> bool:
    came = one.came is not None and one.came[slot] > 0
    return one.calls[slot] > LEAST or came or (one.there is not None and one.there[slot] > 0)


def cells(week: StaffingWeek) -> Iterator[tuple[str, list[Cell]]]:
    """A row for each quarter hour of the span."""
    first, end = open_span(week) or (0, 0)
    for slot in range(first, end):
        yield clock(slot), [_cell(one, slot) for one in week.days]


def _cell(one: StaffingDay, slot: int) -> Cell:
    need = one.need[slot]
    if one.there is None:
        return Cell(need, None, "")
    there = one.there[slot]
    if there < need:
        return Cell(need, there, "under")
    spare = there - need
    return Cell(need, there, "over" if spare >= max(2, SPARE * need) else "even")


@dataclass(frozen=True, slots=True)
class Sums:
    """A day in a few figures; agent hours that are needed, there, lacking and beyond."""

    most: int
    need_h: float
    there_h: float | None
    lacking_h: float
    spare_h: float
    came: int | None
    more: float | None  # than was expected, relative to that


def sums(one: StaffingDay, *, over: bool) -> Sums:
    """`over`: whether the day is, so that it can be said how right it was."""
    came = sum(one.came) if one.came is not None else None
    there = one.there or (0,) * QUARTERS
    gaps = [here - need for here, need in zip(there, one.need, strict=True)]
    return Sums(
        most=max(one.need),
        need_h=sum(one.need) / 4,
        there_h=sum(one.there) / 4 if one.there is not None else None,
        lacking_h=-sum(min(0, gap) for gap in gaps) / 4,
        spare_h=sum(max(0, gap) for gap in gaps) / 4,
        came=came,
        more=(came - one.total) / one.total if over and came and one.total >= 1 else None,
    )
