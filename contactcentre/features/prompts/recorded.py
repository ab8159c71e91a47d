"""Recorded prompts: which texts have one, which are spoken by a machine, which are out of date.

A recording belongs to the text that it was made for. Beside the recordings stands `made-for.json`
with a mark of both, taken when the file is first seen. When the text changes and the file does not,
the recording is stale: it would tell citizens yesterday's words, so the new text is spoken by a
machine until the file is replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from contactcentre.features.prompts.sounds import files_in

MADE_FOR = "made-for.json"

Texts = Mapping[str, Mapping[str, str]]
"""Language -> prompt key -> text."""

State = Literal["recorded", "stale", "synthetic", "untranslated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt in one language; `text` is Latvian where it is not translated."""

    language: str
    key: str
    text: str
    state: State


def survey(texts: Texts, recordings: Path) -> Iterator[Prompt]:
    """Every prompt of every language as callers hear it; nothing is written down."""
    marks = _read(recordings)
    latvian = texts.get("lv", {})
    for language, own in texts.items():
        for key, text in own.items():
            state = _state(f"{language}/{key}", text, recordings, marks)
            yield Prompt(language=language, key=key, text=text, state=state)
        for key in latvian.keys() - own.keys():
            yield Prompt(language=language, key=key, text=latvian[key], state="untranslated")


def note(texts: Texts, recordings: Path) -> frozenset[str]:
    """Write down which text each new recording was made for; the names of those that are not stale.

    A name is `language/key`.
    """
    marks = _read(recordings)
    there = files_in(recordings)
    good = set()
    for language, own in texts.items():
        for key, text in own.items():
            name = f"{language}/{key}"
            if f"{name}.wav" not in there:
                continue
            sound = _mark(_file(recordings, name).read_bytes())
            if marks.get(name, {}).get("sound") != sound:
                marks[name] = {"sound": sound, "text": _mark(text.encode())}
            if marks[name]["text"] == _mark(text.encode()):
                good.add(name)
    if marks != _read(recordings):
        _write(recordings, marks)
    return frozenset(good)


def _state(name: str, text: str, recordings: Path, marks: Mapping[str, Mapping[str, str]]) -> State:
    file = _file(recordings, name)
    if not file.is_file():
        return "synthetic"
    known = marks.get(name, {})
    replaced = known.get("sound") != _mark(file.read_bytes())
    return "recorded" if replaced or known.get("text") == _mark(text.encode()) else "stale"


def _file(recordings: Path, name: str) -> Path:
    return recordings / f"{name}.wav"


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(recordings: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads((recordings / MADE_FOR).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(recordings: Path, marks: Mapping[str, Mapping[str, str]]) -> None:
    made = recordings / f".{MADE_FOR}.{os.getpid()}"
    made.write_text(json.dumps(marks, indent=0, sort_keys=True) + "\n", "utf-8")
    made.replace(recordings / MADE_FOR)
