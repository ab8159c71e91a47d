"""Prompts that stand for words which depend on the moment and on who was dialled."""

from collections.abc import Callable, Iterator, Mapping

from ivr import say
from ivr.orders import OWN, Facts

CLOSED = "closed.hours"
"""What is said where nothing is known of any hours."""


def spoken(prompts: tuple[str, ...], language: str, facts: Facts) -> tuple[str, ...]:
    """Return the prompts with each stand-in replaced by its words, which may be none.

    A stand-in that is pinned to a language is spoken in that one. Hours are spoken in Latvian where
    `ivr.say` does not know the grammar.
    """
    return tuple(key for prompt in prompts for key in _words(prompt, language, facts))


def _words(prompt: str, language: str, facts: Facts) -> Iterator[str]:
    pinned, _, name = prompt.rpartition(":")
    if name not in STAND_INS:
        yield prompt
        return
    wanted = pinned or language
    known = wanted if wanted in say.LANGUAGES else "lv"
    pin = "" if known == language else f"{known}:"
    yield from (f"{pin}{key}" for key in STAND_INS[name](known, facts))


def _closed(language: str, facts: Facts) -> tuple[str, ...]:
    """That it is closed, why, and when it opens again."""
    opening = facts.opening()
    if opening is None:
        return (CLOSED,)
    closed = (facts.name, "hours/not-now") if facts.name else (CLOSED,)
    why = (f"hours/{opening.why}",) if opening.why else ()
    sooner = say.sooner(opening.sooner, language) if opening.sooner else ()
    again = say.again(opening.again, language) if opening.again else ()
    return (*closed, *why, *again, *sooner)


def _hours(language: str, facts: Facts) -> tuple[str, ...]:
    """When it is open as a rule."""
    opening = facts.opening()
    return say.week(opening.weekly, language) if opening else ()


def _others(language: str, facts: Facts) -> tuple[str, ...]:
    """Who else is open."""
    opening = facts.opening()
    return say.others(opening.others) if opening else ()


def _elsewhere(language: str, facts: Facts) -> tuple[str, ...]:
    """That somebody of another centre will answer; nothing while the caller's own is open."""
    if not facts.name or facts.calendars.get(OWN, "open") == "open":
        return ()
    return (facts.name, "hours/not-now", "hours/others-answer")


STAND_INS: Mapping[str, Callable[[str, Facts], tuple[str, ...]]] = {
    "say.closed": _closed,
    "say.others": _others,
    "say.hours": _hours,
    "say.elsewhere": _elsewhere,
}
"""What a flow document may name like a prompt."""
