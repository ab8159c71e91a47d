"""Numbers, times and places in a queue as lists of prompts, in the grammar of each language.

Every function returns a tuple of prompt keys: names of audio files, without extension and
without the language's directory. `WORDS` holds the text of each of these keys, so that all of
them can be spoken or recorded. Whole numbers from 0 to 9999; a language is `lv`, `ru` or `en`.
Anything else raises ValueError, but for places and waits: lines have no end.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from ivr.say import en, hours, lv, ru, sentences
from ivr.say.hours import Again, Hours
from ivr.say.parts import HIGHEST, Case, Gender

__all__ = [
    "LANGUAGES",
    "WORDS",
    "Again",
    "Case",
    "Gender",
    "Hours",
    "again",
    "clock",
    "digits",
    "minutes",
    "number",
    "ordinal",
    "others",
    "plural",
    "position",
    "sooner",
    "text",
    "wait_range",
    "week",
]


class _Grammar(Protocol):
    """What a module of one language offers."""

    @property
    def WORDS(self) -> dict[str, str]: ...  # noqa: N802 (a module's constant)

    def plural(self, n: int, /) -> str: ...
    def number(self, n: int, gender: Gender = ..., case: Case = ..., /) -> tuple[str, ...]: ...
    def ordinal(self, n: int, gender: Gender = ..., /) -> tuple[str, ...]: ...
    def minutes(self, n: int, /) -> tuple[str, ...]: ...
    def position(self, n: int, /) -> tuple[str, ...]: ...
    def wait_range(self, low_min: int, high_min: int, /) -> tuple[str, ...]: ...
    def clock(self, hour: int, minute: int, /) -> tuple[str, ...]: ...
    def digit(self, n: int, /) -> str: ...


_GRAMMARS: Mapping[str, _Grammar] = {"lv": lv, "ru": ru, "en": en}

LANGUAGES = tuple(_GRAMMARS)

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        language: MappingProxyType(
            {**grammar.WORDS, **sentences.words(grammar), **hours.WORDS[language]}
        )
        for language, grammar in _GRAMMARS.items()
    }
)
"""Language -> prompt key -> text, of every key that this package can return."""


def _grammar(language: str) -> _Grammar:
    try:
        return _GRAMMARS[language]
    except KeyError:
        raise ValueError(f"numbers are spoken in {', '.join(LANGUAGES)} only") from None


def plural(n: int, language: str) -> str:
    """Return the CLDR plural category of `n`: zero, one, few, many or other."""
    return _grammar(language).plural(n)


def number(n: int, language: str, gender: Gender = "m", case: Case = "nom") -> tuple[str, ...]:
    """Return a cardinal number, agreeing with a counted noun of `gender` in `case`.

    Latvian has all five cases, Russian nominative, genitive and accusative.
    """
    return _grammar(language).number(n, gender, case)


def ordinal(n: int, language: str, gender: Gender = "m") -> tuple[str, ...]:
    """Return an ordinal number in the nominative."""
    return _grammar(language).ordinal(n, gender)


def minutes(n: int, language: str) -> tuple[str, ...]:
    """Return a number of minutes: "divdesmit viena minūte"."""
    return _grammar(language).minutes(n)


def position(n: int, language: str) -> tuple[str, ...]:
    """Return the caller's place in the queue as a sentence; the first place is 1.

    Whoever stands further back than numbers are spoken is told so.
    """
    if n < 1:
        raise ValueError("the first place in a queue is 1")
    grammar = _grammar(language)
    return sentences.position(n) or (grammar.position(n) if n <= HIGHEST else ("position/far",))


def wait_range(low_min: int, high_min: int, language: str) -> tuple[str, ...]:
    """Return the expected wait in minutes as a sentence, in either order of the two.

    Above ten minutes it is told to full fives. Up to one minute, from nothing, and a range of one
    value have sentences of their own, and so has a wait that is longer than numbers are spoken.
    """
    grammar = _grammar(language)
    low, high = sentences.rounded(low_min, high_min)
    return sentences.wait_range(low, high) or (
        grammar.wait_range(low, high) if high <= HIGHEST else ("wait/long",)
    )


def clock(hour: int, minute: int, language: str) -> tuple[str, ...]:
    """Return the time of day at which something happens; hour 0-23, minute 0-59."""
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        raise ValueError("a time of day is from 00:00 to 23:59")
    return _grammar(language).clock(hour, minute)


def week(weekly: Sequence[Hours], language: str) -> tuple[str, ...]:
    """Return the opening hours of a week, Monday first; nothing if it never opens.

    Hours are pairs of minutes since midnight, 1440 for the end of the day.
    """
    _grammar(language)
    return hours.week(weekly, language)


def again(when: Again, language: str) -> tuple[str, ...]:
    """Return when it opens next."""
    _grammar(language)
    return hours.again(when, language)


def sooner(when: Again, language: str) -> tuple[str, ...]:
    """Return when other centres will answer, where that is before the own one opens."""
    _grammar(language)
    return hours.sooner(when, language)


def others(names: Sequence[str]) -> tuple[str, ...]:
    """Return who else is open now, by the prompts of their names; nothing if nobody is."""
    return hours.others(names)


def digits(text: str, language: str) -> tuple[str, ...]:
    """Return a number read digit by digit; spaces, hyphens and brackets are passed over."""
    grammar = _grammar(language)
    spoken = [char for char in text if char not in " -()\u00a0"]
    if not all(char == "+" or (char.isascii() and char.isdigit()) for char in spoken):
        # The text may be somebody's number: it stays out of the message.
        raise ValueError("only digits and + are read digit by digit")
    return tuple("digit/plus" if char == "+" else grammar.digit(int(char)) for char in spoken)


def text(keys: tuple[str, ...], language: str) -> str:
    """Return the words behind prompt keys of this package, for transcripts and tests."""
    return " ".join(WORDS[language][key] for key in keys)
