"""What Asterisk records of talks, in clear, in the folder that it shares with us: never for long.

A file bears its leg's id.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contactcentre.telephony import sound_files
from contactcentre.telephony.sound_files import BYTES_S, HEADER

_NAME: Final = re.compile(r"(([0-9a-f]{32})-[0-9]{1,9})\.wav")
_LENGTH_AT: Final = 40
_BLOCK: Final = 2**20


@dataclass(frozen=True, slots=True)
class TalkFile:
    """One file of the folder; `age_s`: since it was written last."""

    leg_id: str
    call_id: str
    path: Path
    size: int
    age_s: float


@dataclass(frozen=True, slots=True)
class TalkSound:
    """`closed`: Asterisk has come to its end."""

    seconds: float
    closed: bool
    sha256: str


class TalkFiles:
    """The folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self) -> tuple[TalkFile, ...]:
        """All of them; other files are none of ours. Raises `OSError`."""
        if not self._folder.is_dir():
            return ()
        return tuple(
            TalkFile(one.name[1], one.name[2], one.path, one.size, one.age_s)
            for one in sound_files.found(self._folder, _NAME)
        )


def heard(file: TalkFile) -> TalkSound:
    """What is in it. Raises `OSError`."""
    digest = hashlib.sha256()
    with file.path.open("rb") as source:
        head = source.read(HEADER)
        digest.update(head)
        left = file.size - len(head)
        while left > 0 and (block := source.read(min(_BLOCK, left))):
            digest.update(block)
            left -= len(block)
    written = int.from_bytes(head[_LENGTH_AT:HEADER], "little")
    sound = max(0, file.size - HEADER)
    return TalkSound(sound / BYTES_S, closed=written == sound, sha256=digest.hexdigest())
