"""Keys as two tones each, for telephones and lines that know no other way.

Source: ITU-T Q.23 (the frequencies) and Q.24 (at least 40 ms of tone, 40 ms of pause).
"""

import math
import struct

from lab import g711

_KEYS = ("123A", "456B", "789C", "*0#D")
_LOW_HZ = (697, 770, 852, 941)
_HIGH_HZ = (1209, 1336, 1477, 1633)

TONE_S = 0.1
PAUSE_S = 0.1

_LOUD = 6000  # of 32,767, each of the two


def alaw(keys: str) -> bytes:
    """The sound of these keys, one after another; `ValueError` for what is no key."""
    pause = bytes([g711.SILENCE]) * round(PAUSE_S * g711.RATE_HZ)
    return b"".join(_tone(*_frequencies(key)) + pause for key in keys)


def _frequencies(key: str) -> tuple[int, int]:
    for row, low in zip(_KEYS, _LOW_HZ, strict=True):
        if key in row:
            return low, _HIGH_HZ[row.index(key)]
    raise ValueError("no key of a telephone")


def _tone(low: int, high: int) -> bytes:
    samples = (
        round(_LOUD * (math.sin(low * turn) + math.sin(high * turn)))
        for turn in (2 * math.pi * n / g711.RATE_HZ for n in range(round(TONE_S * g711.RATE_HZ)))
    )
    return g711.encode(b"".join(struct.pack("<h", sample) for sample in samples))
