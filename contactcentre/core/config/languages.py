"""Which languages menus offer and queues take, by decisions in the order of their making."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contactcentre.core.config.network import STATE_LANGUAGE

ALL_QUEUES = ""

BY_DEFAULT = ("lv", "ru", "en")
"""Until somebody has decided: what the sample menus' own policy records allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRule:
    """A language is allowed or not, in one queue or in all."""

    queue_id: str
    language: str
    allowed: bool


def languages(
    rules: Sequence[LanguageRule], queues: Iterable[str]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """What menus may offer, and what each queue takes.

    The latest rule for a queue and a language counts; a queue without one goes by those for
    all queues. A menu offers what any queue takes. The state language is always taken.
    """
    everywhere = _decided(BY_DEFAULT, rules, ALL_QUEUES)
    taken = {queue_id: _decided(everywhere, rules, queue_id) for queue_id in queues}
    named = (language for each in taken.values() for language in each)
    return tuple(dict.fromkeys((*everywhere, *named))), taken


def _decided(
    before: tuple[str, ...], rules: Sequence[LanguageRule], queue_id: str
) -> tuple[str, ...]:
    allowed = dict.fromkeys(before, True)
    for one in rules:
        if one.queue_id == queue_id:
            allowed[one.language] = one.allowed
    return tuple(name for name, good in allowed.items() if good or name == STATE_LANGUAGE)
