"""What a citizen has said after the tone: as Asterisk records it, and nobody's voice."""

from __future__ import annotations

import math
import wave
from array import array
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO

RATE_HZ = 8_000
LOUDEST = 9_000  # of 32,767
SYLLABLE_S = 0.24
HZ = (196.0, 233.1, 220.0, 174.6, 207.7)


def said(seconds: float) -> bytes:
    """The same as a file's contents."""
    made = BytesIO()
    _write(made, seconds)
    return made.getvalue()


def sound(path: Path, seconds: float) -> None:
    """Write syllables of a hum, for so long."""
    with path.open("wb") as file:
        _write(file, seconds)


def _write(into: IO[bytes], seconds: float) -> None:
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(_hum(seconds))


@cache
def _hum(seconds: float) -> bytes:
    """Its samples, each of which takes Python a microsecond."""
    hum = (round(_sample(n / RATE_HZ)) for n in range(round(seconds * RATE_HZ)))
    return array("h", hum).tobytes()


def _sample(at: float) -> float:
    syllable, into = divmod(at, SYLLABLE_S)
    swell = math.sin(math.pi * into / SYLLABLE_S)
    return LOUDEST * swell * math.sin(2 * math.pi * HZ[int(syllable) % len(HZ)] * at)
