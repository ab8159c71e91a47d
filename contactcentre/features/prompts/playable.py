"""The prompts that are there, for whoever has to play one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import structlog

from contactcentre.features.prompts.sounds import EXTENSIONS, files_in

log = structlog.get_logger(__name__)


class Library:
    """The prompts of a directory, for whoever has to play one. It never answers with silence.

    `languages` is the order in which other languages stand in for a missing one. `missing` counts
    what was asked for and is not there, by (key, language).
    """

    def __init__(self, out: Path, *, languages: Sequence[str] = ("lv", "ru", "en")) -> None:
        self.out = out
        self.languages = tuple(languages)
        self.missing: Counter[tuple[str, str]] = Counter()
        self._names: frozenset[str] = frozenset()
        self.reload()

    def reload(self) -> None:
        """Look again at what is there, as after a rendering."""
        endings = frozenset(EXTENSIONS.values())
        files = (file.rpartition(".") for file in files_in(self.out))
        self._names = frozenset(name for name, _, ending in files if ending in endings)

    def has(self, key: str, language: str) -> bool:
        """Whether this very prompt is there."""
        return f"{language}/{key}" in self._names

    def sound(self, language: str, key: str) -> Path | None:
        """The file of this very prompt as most telephones play it, if it is there."""
        return self.out / f"{language}/{key}.wav" if self.has(key, language) else None

    def keys(self, language: str) -> frozenset[str]:
        """All prompts of a language."""
        start = f"{language}/"
        return frozenset(name.removeprefix(start) for name in self._names if name.startswith(start))

    @property
    def tone(self) -> Path:
        """The path, without extension, of a plain tone."""
        return self.out / "tone"

    def resolve(self, key: str, language: str) -> Path:
        """Return the path, without extension, of a prompt in `language`, or the next best.

        That is another language, in order, or else the tone. A key that is pinned to a language
        (`ru:language.choose`) is looked for in that one.
        """
        pinned, _, name = key.rpartition(":")
        wanted = pinned or language
        for spoken in (wanted, *self.languages):
            if self.has(name, spoken):
                break
        else:
            spoken = ""
        if spoken != wanted:
            self._note(name, wanted)
        return self.out / spoken / name if spoken else self.tone

    def _note(self, key: str, language: str) -> None:
        if not self.missing[key, language]:
            log.warning("prompt missing", key=key, language=language)
        self.missing[key, language] += 1
