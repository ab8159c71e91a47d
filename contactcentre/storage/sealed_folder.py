"""A folder of sealed files, each under an id of ours: no other name ever becomes a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, ClassVar

from contactcentre.storage.sealed_file import SealedFile, seal


class SealedFolder:
    """`read_keys` gives the keys, the newest first: it seals, all open."""

    names: ClassVar[re.Pattern[str]]

    def __init__(self, folder: Path, read_keys: Callable[[], Sequence[str]]) -> None:
        self._folder = folder
        self._read_keys = read_keys

    def open(self, name: str) -> SealedFile:
        """To be read. Raises `SealFault`, `OSError`."""
        return SealedFile(self._path(name), self._read_keys())

    def remove(self, name: str) -> None:
        """It may be gone already. Raises `OSError`."""
        self._path(name).unlink(missing_ok=True)

    def _keep(self, name: str, source: BinaryIO, size: int, about: bytes) -> Path:
        """Seal so many bytes of the source. Raises `OSError`, and `ValueError` as `seal`."""
        path = self._path(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        seal(source, size, about, path, self._read_keys()[0])
        return path

    def _path(self, name: str) -> Path:
        if self.names.fullmatch(name) is None:
            raise FileNotFoundError(name)
        return self._folder / f"{name}.sealed"
