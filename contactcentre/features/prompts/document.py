"""What callers hear, as it is written: a YAML document for each language, key -> text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from contactcentre.core.config.document import Refused, parse, read
from ivr import say

VOICES: Mapping[str, str] = {"lv": "lv", "ru": "ru", "en": "en-gb", "uk": "uk"}
"""Language -> voice of espeak-ng. A language without a voice needs recordings."""

KEY = re.compile(r"[a-z0-9]+([-./][a-z0-9]+)*")


def _is_key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("is no prompt key (a-z, 0-9, - . /)")
    return key


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("has no text")
    return text


Texts = dict[
    Annotated[str, AfterValidator(_is_key)], Annotated[str, AfterValidator(_says_something)]
]
"""The document of a language."""


class PromptError(Exception):
    """Prompts cannot be made: a broken catalogue, or a program that is missing or fails.

    The operator's fault or the machine's, and the message says what to do.
    """


def catalogue(directory: Path) -> dict[str, dict[str, str]]:
    """Return language -> key -> text from the directory's `<language>.yaml` files.

    Raises PromptError for what is no flat mapping of prompt keys to texts.
    """
    return {path.stem: _texts(path) for path in sorted(directory.glob("*.yaml"))}


def _texts(path: Path) -> dict[str, str]:
    try:
        return read(Texts, parse(path.read_text(encoding="utf-8"), path.name), path.name)
    except Refused as refused:
        raise PromptError(str(refused)) from None


def with_words(own: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The catalogue with the pieces of numbers, times and hours that are built in."""
    return {lang: {**say.WORDS.get(lang, {}), **spoken} for lang, spoken in own.items()}


def untranslated(own: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (language, key) of what Latvian has and that language has not."""
    for language, texts in own.items():
        yield from ((language, key) for key in own.get("lv", {}) if key not in texts)
