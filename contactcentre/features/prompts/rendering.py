"""Prompts: texts become sound files, and a prompt's key becomes the file to play.

A directory of prompts has one folder per language, `lv/greeting.wav` (8 kHz) beside
`lv/greeting.wav16` (16 kHz, Asterisk's name for it), `music/` for those who wait, and `tone`, what
is played when a prompt is missing. Sound is 16-bit mono, levelled to one loudness. Speech is by
espeak-ng; a person's recording of the same name takes its place, unless the text has changed since
(see `recordings`). sox does the rest.
"""

import asyncio
import hashlib
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
import yaml

from contactcentre.features.prompts.recorded import note
from ivr import say

log = structlog.get_logger()

VOICES: Mapping[str, str] = {"lv": "lv", "ru": "ru", "en": "en-gb", "uk": "uk"}
"""Language -> voice of espeak-ng. A language without a voice needs recordings."""

WORDS_PER_MINUTE = 155
"""Slower than usual speech: many callers are old, many lines are poor."""

EXTENSIONS: Mapping[int, str] = {8000: "wav", 16000: "wav16"}
"""Sampling rate in Hz -> Asterisk's file extension."""

RECIPE = "1"
"""Raise it when the way of rendering changes, so that everything is rendered anew."""

INDEX = "index.json"
KEY = re.compile(r"[a-z0-9]+([-./][a-z0-9]+)*")

_LEVEL = ("norm", "-4")
_TRIM = ("silence", "1", "0.01", "0.1%", "reverse", "silence", "1", "0.01", "0.1%", "reverse")
_ROOM = ("pad", "0.03", "0.06")


class PromptError(Exception):
    """Prompts can not be made: a broken catalogue, or a program that is missing or fails.

    The operator's fault or the machine's, and the message says what to do.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
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


async def build(
    catalogue_dir: Path,
    out: Path,
    *,
    recordings: Path | None = None,
    rates: Sequence[int] = (8000, 16000),
) -> Report:
    """Make everything that a caller can hear: the catalogue, numbers, hold music and the tone.

    Only what changed since the last time is made. `recordings` holds `<language>/<key>.wav` files
    of any rate. Raises PromptError.
    """
    own = catalogue(catalogue_dir)
    texts = with_words(own)
    report = await render(texts, out, recordings=recordings, rates=rates)
    await _sounds(out, rates)
    return replace(report, missing=tuple(untranslated(own)))


def with_words(own: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The catalogue with the pieces of numbers, times and hours that are built in."""
    return {lang: {**say.WORDS.get(lang, {}), **spoken} for lang, spoken in own.items()}


def untranslated(own: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (language, key) of what Latvian has and that language has not."""
    for language, texts in own.items():
        yield from ((language, key) for key in own.get("lv", {}) if key not in texts)


async def render(
    texts: Mapping[str, Mapping[str, str]],
    out: Path,
    *,
    recordings: Path | None = None,
    rates: Sequence[int] = (8000, 16000),
) -> Report:
    """Make the given prompts, language -> key -> text; what `out` has besides them stays.

    For a notice that a supervisor has just written as for the whole catalogue. Raises PromptError.
    """
    stale_recordings = note(texts, recordings) if recordings else frozenset()
    clips = [
        _clip(language, key, text, recordings, stale_recordings)
        for language, spoken in texts.items()
        for key, text in spoken.items()
    ]
    index = _read_index(out)
    wanted = {clip.name: clip.fingerprint(rates) for clip in clips}
    stale = [clip for clip in clips if not _is_made(clip, index, wanted, out, rates)]
    try:
        await _all(stale, out, rates, done=index, wanted=wanted)
    finally:
        _write_index(out, index)
    return Report(
        rendered=sum(clip.recording is None for clip in stale),
        recorded=sum(clip.recording is not None for clip in stale),
        kept=len(clips) - len(stale),
        missing=(),
    )


def _clip(
    language: str, key: str, text: str, recordings: Path | None, outdated: AbstractSet[str]
) -> _Clip:
    if not KEY.fullmatch(key) or not re.fullmatch("[a-z]{2}", language):
        raise PromptError(f"'{language}/{key}' is no prompt key (a-z, 0-9, - . /)")
    recording = recordings / language / f"{key}.wav" if recordings else None
    if recording and (not recording.is_file() or f"{language}/{key}" in outdated):
        recording = None
    voice = VOICES.get(language, "")
    if not voice and not recording:
        raise PromptError(f"'{language}/{key}': no voice for this language; give a recording")
    return _Clip(name=f"{language}/{key}", text=text, voice=voice, recording=recording)


def _is_made(
    clip: _Clip,
    index: Mapping[str, str],
    wanted: Mapping[str, str],
    out: Path,
    rates: Sequence[int],
) -> bool:
    files = (_file(out, clip.name, rate) for rate in rates)
    return index.get(clip.name) == wanted[clip.name] and all(file.is_file() for file in files)


def _file(out: Path, name: str, rate: int) -> Path:
    if rate not in EXTENSIONS:
        raise PromptError(f"{rate} Hz: Asterisk has no name for WAV files of this rate here")
    return out / f"{name}.{EXTENSIONS[rate]}"


async def _all(
    clips: Iterable[_Clip],
    out: Path,
    rates: Sequence[int],
    *,
    done: dict[str, str],
    wanted: Mapping[str, str],
) -> None:
    places = asyncio.Semaphore(os.cpu_count() or 2)

    async def make(clip: _Clip, work: Path) -> None:
        async with places:
            await _make(clip, work, out, rates)
        done[clip.name] = wanted[clip.name]

    with _workshop(out) as name:
        try:
            async with asyncio.TaskGroup() as group:
                for number, clip in enumerate(clips):
                    group.create_task(make(clip, Path(name, str(number))), name=clip.name)
        except* PromptError as errors:
            raise _first(errors) from None


def _workshop(out: Path) -> tempfile.TemporaryDirectory[str]:
    # Within `out`, so that moving a finished file into its place is one step of the file system.
    out.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=out, prefix=".making-")


def _first(errors: BaseExceptionGroup[PromptError]) -> PromptError:
    first: BaseException = errors
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return PromptError(*first.args)


async def _make(clip: _Clip, work: Path, out: Path, rates: Sequence[int]) -> None:
    source = clip.recording or work.with_suffix(".speech")
    effects: tuple[str, ...] = _LEVEL
    if clip.recording is None:
        said = clip.text.encode()
        speed = str(WORDS_PER_MINUTE)
        await _run(
            "espeak-ng", "-v", clip.voice, "-s", speed, "--stdin", "-w", str(source), given=said
        )
        effects = (*_TRIM, *_ROOM, *_LEVEL)
    for rate in rates:
        await _sox(_file(out, clip.name, rate), rate, ["-t", "wav", str(source)], effects, work)
    if clip.recording is None:
        source.unlink()


async def _sox(
    target: Path, rate: int, source: Sequence[str], effects: Sequence[str], work: Path
) -> None:
    """Make one file, in its place at once: nobody ever hears half of it."""
    made = work.with_suffix(f".{rate}")
    form = ("-t", "wav", "-r", str(rate), "-b", "16", "-c", "1")
    await _run("sox", *source, *form, str(made), *effects)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.replace(target)


async def _run(program: str, *arguments: str, given: bytes = b"") -> None:
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            # A program that reads nothing may end before an empty input was closed.
            stdin=pipe if given else nothing,
            stdout=nothing,
            stderr=pipe,
        )
    except FileNotFoundError as error:
        raise PromptError(f"{program} is not installed: install its package") from error
    try:
        _, complaint = await process.communicate(given or None)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise PromptError(f"{program} failed: {complaint.decode(errors='replace').strip()[:300]}")


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


TONE = ("synth", "0.5", "sine", "440", "fade", "q", "0.08", "0.5", "0.25", "gain", "-n", "-14")

MUSIC: Mapping[str, tuple[int, Sequence[Sequence[int]]]] = {
    "calm-1": (392, ((262, 330, 523), (220, 330, 440), (262, 349, 440), (247, 294, 494))),
    "calm-2": (349, ((262, 440, 523), (294, 440, 587), (233, 294, 466), (262, 392, 466))),
}
"""Hold music of our own, free to use: a steady tone and chords over it, in Hz.

Whole Hz and whole seconds make the loop seamless; all lies where a telephone is clear.
"""

CHORD_S = 8


async def _sounds(out: Path, rates: Sequence[int]) -> None:
    """Make the tone and the hold music, where they are not there yet."""
    with _workshop(out) as name:
        for rate in rates:
            tone = _file(out, "tone", rate)
            if not tone.is_file():
                await _sox(tone, rate, ["-r", str(rate), "-n"], TONE, Path(name, "tone"))
            for title in MUSIC:
                if not _file(out, f"music/{title}", rate).is_file():
                    await _music(title, out, rate, Path(name, title))


async def _music(title: str, out: Path, rate: int, work: Path) -> None:
    """Make one piece: chords that swell and fade over a steady tone, so it is never silent."""
    steady, chords = MUSIC[title]
    empty = ("-r", str(rate), "-n", "-c")
    swell = ("remix", "-", "fade", "q", "3", str(CHORD_S), "3", "gain", "-n", "-8")
    parts = [work.with_suffix(f".chord-{number}") for number in range(len(chords))]
    for part, chord in zip(parts, chords, strict=True):
        voices = [word for hz in chord for word in ("sine", str(hz))]
        effects = ("synth", str(CHORD_S), *voices, *swell)
        await _sox(part, rate, (*empty, str(len(chord))), effects, part)
    low = work.with_suffix(".steady")
    tone = ("synth", str(CHORD_S * len(chords)), "sine", str(steady), "gain", "-n", "-20")
    await _sox(low, rate, (*empty, "1"), tone, low)
    tune = work.with_suffix(".tune")
    await _sox(tune, rate, [word for part in parts for word in ("-t", "wav", str(part))], (), tune)
    mixed = ("-m", "-t", "wav", str(tune), "-t", "wav", str(low))
    ending = ("tremolo", "0.25", "25", "gain", "-n", "-16")
    await _sox(_file(out, f"music/{title}", rate), rate, mixed, ending, work)


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
        endings = {f".{extension}" for extension in EXTENSIONS.values()}
        files = (file for file in self.out.rglob("*.wav*") if file.suffix in endings)
        self._names = frozenset(str(file.relative_to(self.out).with_suffix("")) for file in files)

    def has(self, key: str, language: str) -> bool:
        """Whether this very prompt is there."""
        return f"{language}/{key}" in self._names

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
        return self.out / spoken / name if spoken else self.out / "tone"

    def _note(self, key: str, language: str) -> None:
        if not self.missing[key, language]:
            log.warning("prompt missing", key=key, language=language)
        self.missing[key, language] += 1
