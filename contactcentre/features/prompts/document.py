"""What callers hear, as it is written: a YAML document for each language, key -> text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from ivr import say

VOICES: Mapping[str, str] = {"lv": "lv", "ru": "ru", "en": "en-gb", "uk": "uk"}
"""Language -> voice of espeak-ng. A language without a voice needs recordings."""

KEY = re.compile(r"[a-z0-9]+([-./][a-z0-9]+)*")


class PromptError(Exception):
    """Prompts can not be made: a broken catalogue, or a program that is missing or fails.

    The operator's fault or the machine's, and the message says what to do.
    """


def catalogue(directory: Path) -> dict[str, dict[str, str]]:
    """Return language -> key -> text from the directory's `<language>.yaml` files.

    Raises PromptError for what is no flat mapping of prompt keys to texts.
    """
    return {path.stem: _texts(path) for path in sorted(directory.glob("*.yaml"))}


def _texts(path: Path) -> dict[str, str]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PromptError(f"{path.name} is not YAML: {error}") from error
    if not isinstance(found, dict):
        raise PromptError(f"{path.name} must map prompt keys to texts")
    for key, text in found.items():
        if not (isinstance(key, str) and KEY.fullmatch(key)):
            raise PromptError(f"{path.name}: '{key}' is no prompt key (a-z, 0-9, - . /)")
        if not (isinstance(text, str) and text.strip()):
            raise PromptError(f"{path.name}: '{key}' has no text")
    return found


def with_words(own: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The catalogue with the pieces of numbers, times and hours that are built in."""
    return {lang: {**say.WORDS.get(lang, {}), **spoken} for lang, spoken in own.items()}


def untranslated(own: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (language, key) of what Latvian has and that language has not."""
    for language, texts in own.items():
        yield from ((language, key) for key in own.get("lv", {}) if key not in texts)
