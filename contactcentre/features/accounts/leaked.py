"""Passwords that have leaked somewhere: a file of the beginnings of their hashes, sorted.

Forty bits of SHA-1 each: enough to refuse one in a million million by mistake where a million are
listed, and too few to tell from the file what was leaked. Five megabytes, read where it lies.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

KEPT = 5
"""Bytes of each hash."""

MOST = 20_000_000
"""So many are taken, which are a hundred megabytes."""

HEAD = b"leaked-passwords-1\n"

_HASHED = re.compile(rb"([0-9A-Fa-f]{40})(?::[0-9]+)?")
"""A line of the lists of Have I Been Pwned: the hash, and how often it was seen."""


class BadList(ValueError):
    """It is no such file, or too long; the text says what to do."""


class LeakedPasswords:
    """Looks in the file; where there is none, nothing is known to have leaked."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def knows(self, password: str) -> bool:
        """Whether it has leaked, however it was capitalised. Raises BadList."""
        if self._path is None or not self._path.exists():
            return False
        with self._path.open("rb") as file, _mapped(file.fileno()) as content:
            if content[: len(HEAD)] != HEAD:
                raise BadList(f"{self._path} is no list made by `contactcentre passwords`")
            return any(_stands(content, start) for start in {*_starts(password)})


def write(path: Path, lines: Iterable[bytes], *, shortest: int) -> int:
    """Make the file of passwords, or of their SHA-1, one a line; how many it holds.

    Those that are too short to be chosen at all are left out. Raises BadList.
    """
    found: set[bytes] = set()
    for line in lines:
        found.update(_listed(line.rstrip(b"\r\n"), shortest))
        if len(found) > MOST:
            raise BadList(f"more than {MOST:,} passwords: take the most frequent of the list")
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(HEAD + b"".join(sorted(found)))
    draft.replace(path)  # a service that reads it goes on with the former one
    return len(found)


def _listed(line: bytes, shortest: int) -> Iterator[bytes]:
    if hashed := _HASHED.fullmatch(line):
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
