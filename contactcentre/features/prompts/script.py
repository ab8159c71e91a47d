"""The reader's sheet: what a person records in one sitting, so that nobody hears a machine.

The texts of the catalogue; places and waits, which are whole sentences; figures for keys; the
pieces of usual opening hours. What is left is said seldom: late places in a queue, odd minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contactcentre.features.prompts.document import PromptError
from contactcentre.features.prompts.speaker import WORDS_PER_MINUTE
from ivr import say

SETTLING_S = 10.0
"""For each line: to read it once in silence, and to say it again where it went wrong."""

_SENTENCE = re.compile(r"position/(\d+|far)|wait/(about|from|to)-\d+|wait/(under-one|long)")
_HOURS = re.compile(
    r"(hours|again|others)/.+|day/(\d-next|every|working)|hour/([7-9]|1\d|20)-(from|to)|word/and"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines of the sheet that belong together: prompt key and text, in the order of reading."""

    title: str
    lines: tuple[tuple[str, str], ...]


def script(own: Mapping[str, Mapping[str, str]], language: str) -> tuple[Section, ...]:
    """The sheet of a language. Raises PromptError for one that has no texts."""
    if language not in own:
        raise PromptError(f"no texts in '{language}'; there are some in {', '.join(own)}")
    return tuple(one for one in _sections(own[language], language) if one.lines)


def minutes(sections: tuple[Section, ...]) -> int:
    """How long it takes to record, about."""
    lines = [text for section in sections for _, text in section.lines]
    spoken = sum(len(text.split()) for text in lines) / WORDS_PER_MINUTE
    return round(spoken + len(lines) * SETTLING_S / 60)


def _sections(own: Mapping[str, str], language: str) -> Iterator[Section]:
    built_in = say.WORDS.get(language, {})
    words = {**built_in, **{key: text for key, text in own.items() if key in built_in}}
    texts = ((key, text) for key, text in own.items() if key not in words)
    yield Section(title="Texts", lines=tuple(texts))
    yield Section(title="Places and waits", lines=_those(words, _SENTENCE))
    if language in say.LANGUAGES:
        figures = dict.fromkeys(key for n in range(10) for key in say.digits(str(n), language))
        yield Section(title="Figures", lines=tuple((key, words[key]) for key in figures))
    yield Section(title="Opening hours", lines=_those(words, _HOURS))


def _those(words: Mapping[str, str], wanted: re.Pattern[str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, text) for key, text in words.items() if wanted.fullmatch(key))
