"""The wall clock is set: whatever is under way moves along with it.

Order, waits and pauses are differences between instants. The engine's `at` runs steadily beside the
wall clock, so that a step changes none of them; when the wall has been set, one event says by how
much, and every instant of what goes on is moved by as much. So `at` is always what people read on
the wall, and nobody has waited an hour more or less for it. See docs/decisions/0019.
"""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass, replace
from functools import cache
from typing import Any, Final, TypeVar, get_type_hints

from msgspec import Struct, structs

from contactcentre.core import events

T = TypeVar("T")

WALL: Final = frozenset({"due_at"})
"""Instants that were promised to people by the wall clock: they stay where they are."""

_FLOATS: Final = (float, float | None)
_PLAIN: Final = (*_FLOATS, str, str | None, int, int | None, bool, bool | None)


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
    instants, others = _names(type(value))  # type: ignore[arg-type]  # a class can be hashed
    changes: dict[str, Any] = {}
    for name in instants:
        if at := getattr(value, name):
            changes[name] = at + by_s
    for name in others:
        old = getattr(value, name)
        new = _within(old, by_s)
        if new is not old:
            changes[name] = new
    copy: Any = structs.replace if isinstance(value, Struct) else replace
    return copy(value, **changes) if changes else value


def _within(old: Any, by_s: float) -> Any:
    if isinstance(old, tuple):
        new = tuple([_within(each, by_s) for each in old])
        return old if all(one is other for one, other in zip(old, new, strict=True)) else new
    return moved(old, by_s) if isinstance(old, Struct) or is_dataclass(old) else old


@cache
def _names(form: type[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of its instants, and of what may hold any further in."""
    kinds = get_type_hints(form)
    instants = [name for name, kind in kinds.items() if kind in _FLOATS and _is_instant(name)]
    others = [name for name, kind in kinds.items() if kind not in _PLAIN]
    return tuple(instants), tuple(others)


def _is_instant(name: str) -> bool:
    return not name.endswith(("_s", "seconds")) and name not in WALL
