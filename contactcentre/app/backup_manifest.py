"""What a backup consists of: its last file, without which it is none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from contactcentre.storage import codec

FILE: Final = "manifest.json"
FORM: Final = 1
DATABASE: Final = "database"
HOME: Final = "home"

_BLOCK = 2**20


class BadBackup(Exception):
    """The folder holds no backup that can be restored here; the text says why."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One file of the backup; `mode` is that of its original, which is often less closed."""

    path: str
    size: int
    mode: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`revision` is the version of the tables, `taken_at` a UTC time."""

    form: int
    software: str
    taken_at: str
    kind: Literal["sqlite", "postgresql"]
    revision: str
    parts: tuple[SavedFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)


def part(folder: Path, name: str, mode: int) -> SavedFile:
    """The file as it stands in the folder."""
    path = folder / name
    return SavedFile(name, path.stat().st_size, mode, digest(path))


def digest(path: Path) -> str:
    """SHA-256 of a file's content."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def read(folder: Path) -> Manifest:
    """The manifest, whose parts are all there and as they were written. Raises `BadBackup`."""
    try:
        found = codec.decode((folder / FILE).read_bytes(), Manifest)
    except FileNotFoundError:
        raise BadBackup(
            f"{folder} has no {FILE}: it is no backup, or one that was never finished"
        ) from None
    except codec.Broken:
        raise BadBackup(f"{folder / FILE} cannot be read: it was changed or cut off") from None
    if found.form != FORM:
        raise BadBackup(f"{folder} was written by a newer version ({found.software}): install that")
    for fault in _faults(folder, found):
        raise BadBackup(f"{folder}: {fault}: take another backup")
    return found


def _faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    for one in manifest.parts:
        path, name = folder / one.path, PurePosixPath(one.path)
        if name.is_absolute() or ".." in name.parts or path.is_symlink():
            yield f"{one.path} leads out of the folder"
        elif not path.is_file():
            yield f"{one.path} is missing"
        elif path.stat().st_size != one.size:
            yield f"{one.path} has {path.stat().st_size} bytes, not {one.size}"
        elif digest(path) != one.sha256:
            yield f"{one.path} is not as it was written"
