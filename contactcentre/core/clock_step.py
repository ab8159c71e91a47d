"""The wall clock is set: whatever is under way moves along with it.

Order, waits and pauses are differences between instants. The engine's `at` runs steadily beside the
wall clock, so that a step changes none of them; when the wall has been set, one event says by how
much, and every instant of what goes on is moved by as much. So `at` is always what people read on
the wall, and nobody has waited an hour more or less for it. See docs/decisions/0018.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar

from contactcentre.core import events

T = TypeVar("T")

WALL: Final = frozenset({"due_at"})
"""Instants that were promised to people by the wall clock: they stay where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStepped(events.Event):
    """The wall clock was set forward by so many seconds (back, where negative); `at` is its time
    since. Told at every start, too: of the time in which nobody ran, and 0 where it was not set.

    `base` is what the wall said when the steady clock of this `boot` of the machine stood at 0.
    """

    by_s: float
    boot: str = ""
    base: float = 0.0


def moved(value: T, by_s: float) -> T:
    """The value, every instant in it later by so much.

    A float is an instant unless its name says that it is a length of time; 0 is never.
    """
    changes: dict[str, object] = {}
    form: type[Any] = type(value)
    for name in _names(form):  # type: ignore[arg-type]  # a class can be hashed
        old = getattr(value, name)
        new = _instant(name, old, by_s) if isinstance(old, float) else _within(old, by_s)
        if new is not old:
            changes[name] = new
    return replace(value, **changes) if changes else value  # type: ignore[type-var]


def _instant(name: str, at: float, by_s: float) -> float:
    stays = not at or name.endswith("_s") or name in WALL
    return at if stays else at + by_s


def _within(old: Any, by_s: float) -> Any:
    if isinstance(old, tuple):
        new = tuple(_within(each, by_s) for each in old)
        return old if all(one is other for one, other in zip(old, new, strict=True)) else new
    return moved(old, by_s) if is_dataclass(old) else old


@cache
def _names(form: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(form))
