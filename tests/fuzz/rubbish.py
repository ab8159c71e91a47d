"""Values that nobody means well with, the same at each run: a seed and a number make each."""

from __future__ import annotations

import json
import random
import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

SEED: Final = 20261128

CASE_S: Final = 1.0
"""No value may cost more processor time."""

GROWTH_BYTES: Final = 64 * 1024 * 1024
"""So much more memory may be held at the end than after the first fifth."""

TEXTS: Final = (
    "", "\0", "\ud800", "\udcff", "٣", "１２", "²", "x" * 5000, "9" * 5000, "-1", "1e999", "NaN",
    "../../etc/passwd", "..%2f", "%00", "%ff", "{{7*7}}", "' OR 1=1 --", "\r\nX: y", "\u202e",
    "<script>", "null", "true", "[]", "\r\n\r\n", "\n", "${SHELL(id)}", "a^b|c,d", '"', "\\", "'",
    "+37120000001", "60000100", "2147483648", "1e308", "-0", "İ", "ß", "\ufeff", "\x85", "é" * 200,
)  # fmt: skip

ALPHABET: Final = "".join(map(chr, range(32, 127))) + "\0\r\n\t\x7f\x85éāĢ𝟙٣\u200f\u2028\ud83d"


class Rubbish(random.Random):
    """Dice that throw texts, numbers, bytes and JSON."""

    def text(self) -> str:
        """Any text; short ones mostly."""
        if self.random() < 0.5:
            return self.choice(TEXTS)
        letters = self.choices(ALPHABET, k=self.choice((1, 2, 5, 12, 40, 300)))
        return "".join(letters)

    def ascii(self) -> str:
        """Any text of one line that a header can hold."""
        return self.text().encode("ascii", "replace").decode().translate({10: None, 13: None})[:300]

    def scalar(self) -> Any:
        """What JSON knows beside lists and objects."""
        numbers = (0, -1, 1, 2**31, 2**53, 2**64, 10**30, 0.5, -1e308, self.random())
        return self.choice((None, True, False, self.choice(numbers), self.text(), self.text()))

    def value(self, names: Sequence[str], depth: int = 3) -> Any:
        """Any JSON value; its objects have these names, and others."""
        if depth == 0 or self.random() < 0.4:
            return self.scalar()
        size = self.choice((0, 1, 2, 5))
        if self.random() < 0.5:
            return [self.value(names, depth - 1) for _ in range(size)]
        keys = [self.choice(names) if self.random() < 0.8 else self.text() for _ in range(size)]
        return {key: self.value(names, depth - 1) for key in keys}

    def json(self, names: Sequence[str], depth: int = 3) -> bytes:
        """That as text; sometimes broken."""
        whole = json.dumps(self.value(names, depth)).encode("utf-8", "surrogatepass")
        return whole if self.random() < 0.7 else self.mutated(whole)

    def mutated(self, data: bytes) -> bytes:
        """With some bytes lost, doubled, moved, or others in their place."""
        for _ in range(self.choice((1, 1, 2, 4))):
            start = self.randrange(len(data) + 1)
            end = min(len(data), start + self.choice((1, 1, 2, 8, 64)))
            match self.randrange(4):
                case 0:
                    data = data[:start] + data[end:]
                case 1:
                    data = data[:start] + self.randbytes(end - start) + data[end:]
                case 2:
                    data = data[:end] + data[start:end] * self.choice((1, 3, 50)) + data[end:]
                case 3:
                    other = self.text().encode("utf-8", "replace")[:200]
                    data = data[:start] + other + data[end:]
        return data[:100_000]

    def mixed(self, lines: Sequence[str]) -> list[str]:
        """Some lines lost, doubled, in another order, or with something else in them."""
        found = [line for line in lines if self.random() < 0.95]
        if found and self.random() < 0.2:
            found.insert(self.randrange(len(found)), self.choice(found))
        if self.random() < 0.1:
            self.shuffle(found)
        return [self.text() if self.random() < 0.02 else line for line in found]


def cases(count: int, surface: str) -> Iterator[Rubbish]:
    """Dice for each case of a surface; asserts what a case may cost, and all of them together."""
    settled = 0
    for number in range(count):
        began = time.process_time()
        yield Rubbish(f"{SEED} {surface} {number}")
        took_s = time.process_time() - began
        assert took_s < CASE_S, f"{surface} {number} took {took_s:.1f} s"
        if number == count // 5:
            settled = _resident()
    grown = _resident() - settled
    assert grown < GROWTH_BYTES, f"{surface}: {grown:,} bytes more after {count} cases"


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
