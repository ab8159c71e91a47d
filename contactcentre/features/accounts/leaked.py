"""Passwords that have leaked somewhere: a file of the beginnings of their hashes, sorted.

Forty bits of SHA-1 each: enough to refuse one in a million by mistake where a million are listed
(and one in a thousand where all thousand million of Have I Been Pwned are), and too few to tell
from the file what was leaked. Five bytes each, read where they lie: a look is some twenty probes.
(SHA-1 is how such lists are published; nothing is protected by it.)
"""

from __future__ import annotations

import hashlib
import heapq
import mmap
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

KEPT = 5
"""Bytes of each hash."""

RUN = 1_000_000
"""So many are held in memory at a time, some 50 MB, however long the list is."""

HEAD = b"leaked-passwords-1\n"

_HASHED = re.compile(rb"([0-9A-Fa-f]{40})(?::([0-9]{1,12}))?")
"""A line of the lists of Have I Been Pwned: the hash, and how often it was seen."""


class BadList(ValueError):
    """It is no such file; the text says what to do."""


class LeakedPasswords:
    """Looks in these files; where there is none, nothing is known to have leaked."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths

    def count(self) -> int:
        """How many are listed, by both where both list one; 0 where there is no list. Raises
        BadList."""
        return sum((path.stat().st_size - len(HEAD)) // KEPT for path in self._there())

    def knows(self, password: str) -> bool:
        """Whether it has leaked, however it was capitalised. Raises BadList."""
        starts = {*_starts(password)}
        return any(_has(path, start) for path in self._there() for start in starts)

    def _there(self) -> Iterator[Path]:
        for path in filter(Path.exists, self._paths):
            with path.open("rb") as file:
                if file.read(len(HEAD)) != HEAD:
                    raise BadList(f"{path} is no list made by `contactcentre passwords`")
            yield path


def write(path: Path, lines: Iterable[bytes], *, shortest: int, least: int = 1) -> int:
    """Make the file of passwords, or of their SHA-1, one a line; how many it holds.

    Those that are too short to be chosen at all are left out, and of hashes with a count those that
    were seen less than `least` times. Whoever reads the former file goes on with it.
    """
    starts = (start for line in lines for start in _listed(line.rstrip(b"\r\n"), shortest, least))
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        runs = list(_sorted_runs(starts, Path(folder)))
        with draft.open("wb") as file:
            file.write(HEAD)
            count = _merged(runs, file)
    draft.replace(path)
    return count


def _sorted_runs(starts: Iterator[bytes], folder: Path) -> Iterator[Path]:
    while run := sorted(set(islice(starts, RUN))):
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(b"".join(run))
        yield Path(file.name)


def _merged(runs: list[Path], file: IO[bytes]) -> int:
    """Each once, in order; how many."""
    before, count = b"", 0
    for start in heapq.merge(*map(_read, runs)):
        if start != before:
            file.write(start)
            before, count = start, count + 1
    return count


def _read(run: Path) -> Iterator[bytes]:
    with run.open("rb") as file:
        while start := file.read(KEPT):
            yield start


def _listed(line: bytes, shortest: int, least: int) -> Iterator[bytes]:
    if hashed := _HASHED.fullmatch(line):
        if int(hashed[2] or least) >= least:
            yield bytes.fromhex(hashed[1].decode())[:KEPT]
        return
    word = line.decode("utf-8", "replace")
    if len(word) >= shortest:
        yield from _starts(word)


def _starts(password: str) -> Iterator[bytes]:
    for written in (password, password.casefold()):
        yield hashlib.sha1(
            written.encode("utf-8", "surrogatepass"), usedforsecurity=False
        ).digest()[:KEPT]


def _mapped(descriptor: int) -> mmap.mmap:
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)


def _has(path: Path, start: bytes) -> bool:
    with path.open("rb") as file, _mapped(file.fileno()) as content:
        return _stands(content, start)


def _stands(content: mmap.mmap, start: bytes) -> bool:
    low, high = 0, (len(content) - len(HEAD)) // KEPT
    while low < high:
        middle = (low + high) // 2
        at = len(HEAD) + middle * KEPT
        one = content[at : at + KEPT]
        if one == start:
            return True
        low, high = (middle + 1, high) if one < start else (low, middle)
    return False
