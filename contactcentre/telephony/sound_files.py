"""What Asterisk records, in a folder that it shares with us.

Its `wav` has a header of 44 bytes, whose lengths are written when the recording is closed, and then
8,000 samples a second of 16 bits, one channel. A name is made of ids of ours; nothing that a caller
or a page sends ever becomes part of a path.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

HEADER: Final = 44
BYTES_S: Final = 16_000


class SoundFile(NamedTuple):
    """One file; `age_s`: since it was written last."""

    name: re.Match[str]
    path: Path
    size: int
    age_s: float


def found(folder: Path, name: re.Pattern[str]) -> Iterator[SoundFile]:
    """Those of that name; other files, and links, are none of ours. Raises `OSError`."""
    at = time.time()
    with os.scandir(folder) as entries:
        for entry in entries:
            match = name.fullmatch(entry.name)
            if match is not None and not entry.is_symlink():
                with suppress(FileNotFoundError):
                    stat = entry.stat()
                    yield SoundFile(match, Path(entry.path), stat.st_size, at - stat.st_mtime)
