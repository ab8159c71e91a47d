"""Opening hours in words: of a week, of the next opening, and who else is open.

Days are 0 (Monday) to 6, times of day are minutes since midnight, hours are pairs of them with
1440 for the end of the day. Names are prompts of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from ivr.say import hours_en, hours_lv, hours_ru

Hours = tuple[tuple[int, int], ...]

ALL_DAY: Hours = ((0, 24 * 60),)
DATED_FROM_DAYS = 7
"""From so many days ahead on, the name of the weekday alone would mislead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The next opening: how many days ahead, the weekday, the date, and the minute of the day."""

    days_ahead: int
    weekday: int
    day: int
    month: int
    minute: int


class _HoursGrammar(Protocol):
    """What a module of one language offers."""

    @property
    def WORDS(self) -> dict[str, str]: ...  # noqa: N802 (a module's constant)

    def since(self, minute: int, /) -> tuple[str, ...]: ...
    def opens(self, minute: int, /) -> tuple[str, ...]: ...
    def until(self, minute: int, /) -> tuple[str, ...]: ...


_GRAMMARS: Mapping[str, _HoursGrammar] = {"lv": hours_lv, "ru": hours_ru, "en": hours_en}

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {language: grammar.WORDS for language, grammar in _GRAMMARS.items()}
)


def week(weekly: Sequence[Hours], language: str) -> tuple[str, ...]:
    """Return the hours of a week, days of the same hours together; nothing if it never opens."""
    groups: dict[Hours, list[int]] = {}
    for day, hours in enumerate(weekly):
        if hours:
            groups.setdefault(tuple(hours), []).append(day)
    said = [(*_days(days), *_hours(hours, language)) for hours, days in groups.items()]
    return ("hours/are", *(key for group in said for key in group)) if said else ()


def again(when: Again, language: str) -> tuple[str, ...]:
    """Return when it opens next: today, tomorrow, on a day of this week, or on a date."""
    return ("again/open", *_day(when), *_GRAMMARS[language].opens(when.minute))


def sooner(when: Again, language: str) -> tuple[str, ...]:
    """Return when other centres will answer, where that is before the own one opens."""
    return ("again/others", *_day(when), *_GRAMMARS[language].since(when.minute))


def others(names: Sequence[str]) -> tuple[str, ...]:
    """Return who else is open, by the prompts of their names; nothing if nobody is."""
    if not names:
        return ()
    return ("others/one" if len(names) == 1 else "others/many", *_listed([(n,) for n in names]))


def _day(when: Again) -> tuple[str, ...]:
    if when.days_ahead == 0:
        return ("again/today",)
    if when.days_ahead == 1:
        return ("again/tomorrow",)
    weekday = f"day/{when.weekday}-next"
    if when.days_ahead < DATED_FROM_DAYS:
        return (weekday,)
    return (weekday, f"date/{when.day}", f"month/{when.month}")


def _days(days: Sequence[int]) -> tuple[str, ...]:
    if len(days) == 7:
        return ("day/every",)
    if list(days) == [0, 1, 2, 3, 4]:
        return ("day/working",)
    said: list[tuple[str, ...]] = []
    for run in _runs(days):
        if len(run) > 2:
            said.append((f"day/{run[0]}-from", f"day/{run[-1]}-to"))
        else:
            said += [(f"day/{day}-each",) for day in run]
    return _listed(said)


def _runs(days: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _hours(hours: Hours, language: str) -> tuple[str, ...]:
    if hours == ALL_DAY:
        return ("hours/all-day",)
    grammar = _GRAMMARS[language]
    return _listed([(*grammar.since(start), *grammar.until(end)) for start, end in hours])


def _listed(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Put "and" before the last one."""
    *heads, last = parts
    said = [key for head in heads for key in head]
    return (*said, "word/and", *last) if said else last
