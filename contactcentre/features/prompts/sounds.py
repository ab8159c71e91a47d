"""Sound files as Asterisk plays them: any source, the tone, the music of those who wait."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from contactcentre.features.prompts.document import PromptError

RATES = (8000, 16000)

EXTENSIONS: Mapping[int, str] = {8000: "wav", 16000: "wav16"}
"""Sampling rate in Hz -> Asterisk's file extension."""

TONE = ("synth", "0.5", "sine", "440", "fade", "q", "0.08", "0.5", "0.25", "gain", "-n", "-14")

CHORDS: Mapping[str, Sequence[int]] = {
    "C": (262, 330, 523), "Dm": (294, 349, 440), "Em": (247, 330, 392), "F": (262, 349, 440),
    "G": (247, 294, 494), "Am": (220, 330, 440), "Bb": (233, 294, 466), "C7": (262, 392, 466),
    "Fa": (262, 440, 523), "Gm": (233, 392, 587), "Da": (294, 440, 587),
}  # fmt: skip
"""In Hz, where a telephone is clear."""

MUSIC: Mapping[str, tuple[int, str]] = {
    "slow-1": (392, "C Am F G  C Em F G  Am Em F C  Dm G Em Am  F C Dm G  C Am Dm G  F Em Dm C"),
    "slow-2": (349, "Fa Da Bb C7  Fa Am Bb C7  Dm Gm C7 Fa  Bb F Gm C7  Dm Am Bb F  Gm Da C7 Fa"),
}
"""Hold music of our own, free to use: a steady tone in Hz, and chords over it, of some minutes.

Whole Hz and whole seconds make the loop seamless.
"""

CHORD_S = 8


async def make_sounds(out: Path, rates: Sequence[int]) -> None:
    """Make the tone and the hold music, where they are not there yet."""
    with workshop(out) as name:
        for rate in rates:
            tone = file_of(out, "tone", rate)
            if not tone.is_file():
                await sox(tone, rate, ["-r", str(rate), "-n"], TONE, Path(name, "tone"))
            for title in MUSIC:
                if not file_of(out, f"music/{title}", rate).is_file():
                    await _music(title, out, rate, Path(name, title))


async def _music(title: str, out: Path, rate: int, work: Path) -> None:
    """Make one piece: chords that swell and fade over a steady tone, so it is never silent."""
    steady, score = MUSIC[title]
    chords = score.split()
    empty = ("-r", str(rate), "-n", "-c")
    swell = ("remix", "-", "fade", "q", "3", str(CHORD_S), "3", "gain", "-n", "-8")
    parts = {chord: work.with_suffix(f".{chord}") for chord in chords}
    for chord, part in parts.items():
        voices = [word for hz in CHORDS[chord] for word in ("sine", str(hz))]
        effects = ("synth", str(CHORD_S), *voices, *swell)
        await sox(part, rate, (*empty, str(len(CHORDS[chord]))), effects, part)
    low = work.with_suffix(".steady")
    tone = ("synth", str(CHORD_S * len(chords)), "sine", str(steady), "gain", "-n", "-20")
    await sox(low, rate, (*empty, "1"), tone, low)
    tune = work.with_suffix(".tune")
    await sox(
        tune,
        rate,
        [word for chord in chords for word in ("-t", "wav", str(parts[chord]))],
        (),
        tune,
    )
    mixed = ("-m", "-t", "wav", str(tune), "-t", "wav", str(low))
    ending = ("tremolo", "0.25", "25", "gain", "-n", "-16")
    await sox(file_of(out, f"music/{title}", rate), rate, mixed, ending, work)


def file_of(out: Path, name: str, rate: int) -> Path:
    return out / file_name(name, rate)


def file_name(name: str, rate: int) -> str:
    if rate not in EXTENSIONS:
        raise PromptError(f"{rate} Hz: Asterisk has no name for WAV files of this rate here")
    return f"{name}.{EXTENSIONS[rate]}"


def files_in(folder: Path) -> frozenset[str]:
    """Their names as in `lv/greeting.wav`; none where there is no such folder.

    To look once at all is ten times as fast as to ask for each of thousands.
    """
    skipped = len(str(folder)) + 1
    return frozenset(
        f"{at[skipped:]}/{name}".removeprefix("/")
        for at, _, names in os.walk(folder, followlinks=True)
        for name in names
    )


def workshop(out: Path) -> tempfile.TemporaryDirectory[str]:
    # Within `out`, so that moving a finished file into its place is one step of the file system.
    out.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=out, prefix=".making-")


async def sox(
    target: Path, rate: int, source: Sequence[str], effects: Sequence[str], work: Path
) -> None:
    """Make one file, in its place at once: nobody ever hears half of it."""
    made = work.with_suffix(f".{rate}")
    form = ("-t", "wav", "-r", str(rate), "-b", "16", "-c", "1")
    await run("sox", *source, *form, str(made), *effects)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.replace(target)


async def run(program: str, *arguments: str, given: bytes = b"") -> None:
    try:
        # By uvloop it would hold the loop for longer: that copies our memory map for each of them.
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - the commands are ours
            [program, *arguments],
            # A program that reads nothing may end before an empty input was closed.
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise PromptError(f"{program} is not installed: install its package") from error
    with process:
        try:
            _, complaint = await asyncio.to_thread(process.communicate, given or None)
        finally:
            if process.returncode is None:
                process.kill()
                await asyncio.to_thread(process.wait)
    if process.returncode:
        raise PromptError(f"{program} failed: {complaint.decode(errors='replace').strip()[:300]}")
