"""A sealed file: written once, read from any place, of no use without its key.

AES-256-GCM in pieces of 64 KiB, so that a player can begin in the middle. The nonce of a piece is
its number and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizar, 2015), under a key of the file's own, made by HKDF of the kept key and a salt. So no
piece can be changed, left out, put elsewhere or cut off unseen. The first piece is `about`: facts
of the file, sealed like all of it.

    CCSEAL1\\n | key id (8) | salt (16) | length of `about` (4) | size (8) | about | piece | ...
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"CCSEAL1\n"
PIECE: Final = 65_536
TAG: Final = 16
ABOUT_AT_MOST: Final = 65_536
_HEAD: Final = struct.Struct(">8s8s16sIQ")


class SealFault(Exception):
    """The file cannot be opened; the text says why, and what to do."""


class WrongKey(SealFault):
    """It was sealed with a key that is not among those that are kept."""


class DamagedFile(SealFault):
    """It is not as it was written."""


def seal(source: BinaryIO, size: int, about: bytes, path: Path, key: str) -> None:
    """Write `size` bytes of the source into a new file, which is on the disk when this returns.

    Raises `OSError`, and `ValueError` where the source has fewer.
    """
    salt = os.urandom(16)
    head = _HEAD.pack(MAGIC, _key_id(key), salt, len(about), size)
    cipher = _cipher(key, salt)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(head)
        file.write(cipher.encrypt(_nonce(0, last=size == 0), about, head))
        for number, last in _pieces(size):
            wanted = min(PIECE, size - (number - 1) * PIECE)
            piece = source.read(wanted)
            if len(piece) != wanted:
                raise ValueError("the source is shorter than it was")
            file.write(cipher.encrypt(_nonce(number, last=last), piece, head))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    _sync(path.parent)


class SealedFile:
    """One that is there already. Raises `SealFault` and `OSError`."""

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        self._path = path
        with path.open("rb") as file:
            self._head = file.read(_HEAD.size)
            try:
                magic, key_id, salt, about_size, self.size = _HEAD.unpack(self._head)
            except struct.error:
                raise DamagedFile("it is cut off") from None
            if magic != MAGIC or about_size > ABOUT_AT_MOST:
                raise DamagedFile("it is no sealed file")
            key = next((one for one in keys if _key_id(one) == key_id), None)
            if key is None:
                raise WrongKey(
                    f"sealed with the key {key_id.hex()}, which is not among those that are kept:"
                    " put that one back, on a line of its own"
                )
            self._cipher = _cipher(key, salt)
            self._first = _HEAD.size + about_size + TAG
            self.about = self._opened(0, file.read(about_size + TAG), last=self.size == 0)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Those bytes, a piece at a time. Raises `DamagedFile` and `OSError`."""
        stop = min(stop, self.size)
        with self._path.open("rb") as file:
            for number, last in _pieces(self.size):
                begins, ends = (number - 1) * PIECE, min(number * PIECE, self.size)
                if ends <= start or begins >= stop:
                    continue
                file.seek(self._first + (number - 1) * (PIECE + TAG))
                piece = self._opened(number, file.read(ends - begins + TAG), last=last)
                yield piece[max(0, start - begins) : stop - begins]

    def _opened(self, number: int, sealed: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(number, last=last), sealed, self._head)
        except (InvalidTag, ValueError):
            raise DamagedFile(f"its piece {number} is not as it was written") from None


def _pieces(size: int) -> Iterator[tuple[int, bool]]:
    """Their numbers, and whether it is the last."""
    count = -(-size // PIECE)
    return ((number, number == count) for number in range(1, count + 1))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _key_id(key: str) -> bytes:
    return hashlib.sha256(b"contactcentre key id\n" + key.encode()).digest()[:8]


def _cipher(key: str, salt: bytes) -> AESGCM:
    own = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"contactcentre sealed file")
    return AESGCM(own.derive(key.encode()))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
