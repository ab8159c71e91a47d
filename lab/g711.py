"""A-law, the sound of the European telephone network: one byte for each of 8,000 samples a second.
µ-law is that of America and Japan.

Source: ITU-T G.711.
"""

import wave
from bisect import bisect_left
from pathlib import Path

RATE_HZ = 8000

# A-law's quietest byte.
SILENCE = 0xD5


def _decoded(byte: int) -> int:
    byte ^= 0x55
    segment = (byte & 0x70) >> 4
    value = ((byte & 0x0F) << 4) + (8 if segment == 0 else 0x108)
    value <<= max(segment - 1, 0)
    return value if byte & 0x80 else -value


def _decoded_ulaw(byte: int) -> int:
    byte ^= 0xFF
    value = (((byte & 0x0F) << 3) + 0x84 << ((byte & 0x70) >> 4)) - 0x84
    return -value if byte & 0x80 else value


_DECODED = tuple(_decoded(byte) for byte in range(256))
_BY_VALUE = sorted((value, byte) for byte, value in enumerate(_DECODED))


def _nearest(sample: int) -> int:
    at = bisect_left(_BY_VALUE, (sample, 0))
    near = _BY_VALUE[max(at - 1, 0) : at + 1]
    return min((abs(value - sample), byte) for value, byte in near)[1]


# By the upper twelve bits of a sample: the nearest byte to the middle of the step.
_ENCODED = bytes(_nearest((step << 4) - 32768 + 8) for step in range(4096))


FROM_ULAW = bytes(_nearest(_decoded_ulaw(byte)) for byte in range(256))
TO_ULAW = bytes(
    min(range(256), key=lambda byte: abs(_decoded_ulaw(byte) - value)) for value in _DECODED
)
"""From one law to the other, byte by byte (`bytes.translate`)."""


def encode(samples: bytes) -> bytes:
    """Samples of 16 bits, little endian, to A-law."""
    values = memoryview(samples).cast("h")
    return bytes(_ENCODED[(value + 32768) >> 4] for value in values)


def decode(alaw: bytes) -> bytes:
    """A-law to samples of 16 bits, little endian."""
    return b"".join(_DECODED[byte].to_bytes(2, "little", signed=True) for byte in alaw)


def loudness(alaw: bytes) -> float:
    """Mean amplitude, 0 (silence) to 1; speech is above 0.01."""
    return sum(abs(_DECODED[byte]) for byte in alaw) / (32768 * len(alaw)) if alaw else 0.0


def read(path: Path) -> bytes:
    """The A-law of a WAV file; `ValueError` unless it has 8 kHz, 16 bits and one channel."""
    with wave.open(str(path), "rb") as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (RATE_HZ, 2, 1):
            raise ValueError("not a WAV file of 8 kHz, 16 bits, one channel")
        return encode(file.readframes(file.getnframes()))


def write(path: Path, alaw: bytes) -> None:
    """Write a WAV file of 8 kHz, 16 bits, one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(decode(alaw))
