"""Prompts are rendered: texts become sound files, those that have changed.

A directory of prompts has one folder per language, `lv/greeting.wav` (8 kHz) beside
`lv/greeting.wav16` (16 kHz, Asterisk's name for it), `music/` for those who wait, and `tone`, what
is played when a prompt is missing. Sound is 16-bit mono, levelled to one loudness. Speech is by a
`Speaker`; a person's recording of the same name takes its place, unless the text has changed since
(see `recorded`). sox does the rest.
"""

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from contactcentre.features.prompts.document import (
    KEY,
    PromptError,
    catalogue,
    untranslated,
    with_words,
)
from contactcentre.features.prompts.recorded import note
from contactcentre.features.prompts.sounds import (
    RATES,
    file_name,
    file_of,
    files_in,
    make_sounds,
    sox,
    workshop,
)
from contactcentre.features.prompts.speaker import ESPEAK, WORDS_PER_MINUTE, Speaker

log = structlog.get_logger()

RECIPE = "1"
"""Raise it when the way of rendering changes, so that everything is rendered anew."""

INDEX = "index.json"

_LEVEL = ("norm", "-4")
_TRIM = ("silence", "1", "0.01", "0.1%", "reverse", "silence", "1", "0.01", "0.1%", "reverse")
_ROOM = ("pad", "0.03", "0.06")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderingReport:
    """What a rendering did, counted in prompts (each is a file per sampling rate).

    `missing` are (language, key) that Latvian has and that other language has not.
    """

    rendered: int
    kept: int
    recorded: int
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clip:
    """One prompt to make: `name` is language/key; it is either spoken or recorded."""

    name: str
    text: str
    voice: str
    recording: Path | None

    def fingerprint(self, rates: Sequence[int]) -> str:
        source = self.recording.read_bytes() if self.recording else self.text.encode()
        how = f"{RECIPE} {self.voice} {WORDS_PER_MINUTE} {sorted(rates)} {bool(self.recording)}"
        return hashlib.sha256(how.encode() + b"\0" + source).hexdigest()


async def build(
    catalogue_dir: Path,
    out: Path,
    *,
    recordings: Path | None = None,
    rates: Sequence[int] = RATES,
    speaker: Speaker = ESPEAK,
) -> RenderingReport:
    """Make everything that a caller can hear: the catalogue, numbers, hold music and the tone.

    Only what changed since the last time is made. `recordings` holds `<language>/<key>.wav` files
    of any rate. Raises PromptError.
    """
    own = catalogue(catalogue_dir)
    texts = with_words(own)
    report = await render(texts, out, recordings=recordings, rates=rates, speaker=speaker)
    await make_sounds(out, rates)
    return replace(report, missing=tuple(untranslated(own)))


async def render(
    texts: Mapping[str, Mapping[str, str]],
    out: Path,
    *,
    recordings: Path | None = None,
    rates: Sequence[int] = RATES,
    speaker: Speaker = ESPEAK,
) -> RenderingReport:
    """Make the given prompts, language -> key -> text; what `out` has besides them stays.

    For a notice that a supervisor has just written as for the whole catalogue. Raises PromptError.
    """
    recorded = note(texts, recordings) if recordings else frozenset()
    clips = [
        _clip(language, key, text, recordings, recorded, speaker)
        for language, spoken in texts.items()
        for key, text in spoken.items()
    ]
    index = _read_index(out)
    wanted = {clip.name: clip.fingerprint(rates) for clip in clips}
    there = files_in(out)
    stale = [clip for clip in clips if not _is_made(clip, index, wanted, there, rates)]
    if stale:
        try:
            await _all(stale, out, rates, speaker, done=index, wanted=wanted)
        finally:
            _write_index(out, index)
    return RenderingReport(
        rendered=sum(clip.recording is None for clip in stale),
        recorded=sum(clip.recording is not None for clip in stale),
        kept=len(clips) - len(stale),
        missing=(),
    )


def _clip(
    language: str,
    key: str,
    text: str,
    recordings: Path | None,
    recorded: AbstractSet[str],
    speaker: Speaker,
) -> _Clip:
    if not KEY.fullmatch(key) or not re.fullmatch("[a-z]{2}", language):
        raise PromptError(f"'{language}/{key}' is no prompt key (a-z, 0-9, - . /)")
    recording = None
    if recordings and f"{language}/{key}" in recorded:
        recording = recordings / language / f"{key}.wav"
    voice = speaker.voice(language)
    if not voice and not recording:
        raise PromptError(f"'{language}/{key}': no voice for this language; give a recording")
    return _Clip(name=f"{language}/{key}", text=text, voice=voice, recording=recording)


def _is_made(
    clip: _Clip,
    index: Mapping[str, str],
    wanted: Mapping[str, str],
    there: AbstractSet[str],
    rates: Sequence[int],
) -> bool:
    files = (file_name(clip.name, rate) for rate in rates)
    return index.get(clip.name) == wanted[clip.name] and all(file in there for file in files)


async def _all(
    clips: Iterable[_Clip],
    out: Path,
    rates: Sequence[int],
    speaker: Speaker,
    *,
    done: dict[str, str],
    wanted: Mapping[str, str],
) -> None:
    places = asyncio.Semaphore(os.cpu_count() or 2)

    async def make(clip: _Clip, work: Path) -> None:
        async with places:
            await _make(clip, work, out, rates, speaker)
        done[clip.name] = wanted[clip.name]

    failed: PromptError | None = None
    with workshop(out) as name:
        try:
            async with asyncio.TaskGroup() as group:
                for number, clip in enumerate(clips):
                    group.create_task(make(clip, Path(name, str(number))), name=clip.name)
        except* PromptError as errors:
            failed = _first(errors)  # what is raised in here would be a group again
    if failed is not None:
        raise failed


def _first(errors: BaseExceptionGroup[PromptError]) -> PromptError:
    first: BaseException = errors
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return PromptError(*first.args)


async def _make(clip: _Clip, work: Path, out: Path, rates: Sequence[int], speaker: Speaker) -> None:
    source = clip.recording or work.with_suffix(".speech")
    effects: tuple[str, ...] = _LEVEL
    if clip.recording is None:
        await speaker.speak(clip.text, clip.name.partition("/")[0], source)
        effects = (*_TRIM, *_ROOM, *_LEVEL)
    for rate in rates:
        await sox(file_of(out, clip.name, rate), rate, ["-t", "wav", str(source)], effects, work)
    if clip.recording is None:
        source.unlink()


def _read_index(out: Path) -> dict[str, str]:
    try:
        found = json.loads((out / INDEX).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(name): str(mark) for name, mark in found.items()} if isinstance(found, dict) else {}


def _write_index(out: Path, index: Mapping[str, str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    made = out / f".{INDEX}.{os.getpid()}"
    made.write_text(json.dumps(index, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    made.replace(out / INDEX)
