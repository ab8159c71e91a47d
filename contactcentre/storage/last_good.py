"""A file beside the journal that keeps the last good copy of something the database has.

With it a service starts while its database is away.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from contactcentre.storage import codec

log = structlog.get_logger(__name__)

T = TypeVar("T")


class LastGood(Generic[T]):
    """One value of type `form`, in the file `path`. Synchronous: call it in a thread."""

    def __init__(self, path: Path, form: type[T]) -> None:
        self._path = path
        self._form = form

    def keep(self, value: T) -> None:
        """Replace the file at once; a disk without room costs the copy and nothing else."""
        made = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            made.touch(mode=0o600)
            made.write_bytes(codec.encode(value))
            made.replace(self._path)
        except OSError as error:
            made.unlink(missing_ok=True)
            log.error("last_good.not_kept", file=self._path.name, error=error.strerror)

    def read(self) -> T | None:
        """None where there is none, or none that this version can read."""
        try:
            return codec.decode(self._path.read_bytes(), self._form)
        except FileNotFoundError:
            return None
        except (OSError, *codec.Broken) as error:
            log.error("last_good.unreadable", file=self._path.name, error=type(error).__name__)
            return None
