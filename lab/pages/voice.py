"""What a citizen has said after the tone: as Asterisk records it, and nobody's voice."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE_HZ = 8_000
LOUDEST = 9_000  # of 32,767
SYLLABLE_S = 0.24
HZ = (196.0, 233.1, 220.0, 174.6, 207.7)


def sound(path: Path, seconds: float) -> None:
    """Write syllables of a hum, for so long."""
    hum = array("h", (round(_sample(n / RATE_HZ)) for n in range(round(seconds * RATE_HZ))))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(hum.tobytes())


def _sample(at: float) -> float:
    syllable, into = divmod(at, SYLLABLE_S)
    swell = math.sin(math.pi * into / SYLLABLE_S)
    return LOUDEST * swell * math.sin(2 * math.pi * HZ[int(syllable) % len(HZ)] * at)
