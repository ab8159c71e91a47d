"""The files of voice messages: what Asterisk records, in the folder that it shares with us.

A name is made of ids of ours; nothing that a caller or a page sends ever becomes part of a path.
Asterisk's `wav` is a header of 44 bytes and then 8,000 samples a second of 16 bits, one channel.
The header's own lengths are written when a recording ends: the file's size is believed, not they.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger(__name__)

HEADER: Final = 44
BYTES_S: Final = 16_000
FRAME_BYTES: Final = 320
"""A fiftieth of a second."""

LOUD: Final = 500
"""Of 32,767: a line at rest stays below it, and a low voice does not."""

LOUD_FRAMES: Final = 25
"""So many of them, half a second in all, are not mere silence."""

SPARE_BYTES: Final = 500_000_000
"""What is left on the disk for the journal and the database: messages never take it."""

_NAME = re.compile(r"(([0-9a-f]{32})-([0-9]{1,9}))\.wav")


@dataclass(frozen=True, slots=True)
class RecordedSound:
    """How long a recording is, and whether there is anything but silence in it."""

    seconds: float
    sounds: bool


NOTHING: Final = RecordedSound(0.0, sounds=False)


@dataclass(frozen=True, slots=True)
class MessageFile:
    """One file of the folder; `age_s`: since it was written last."""

    recording: str
    call_id: str  # in which it was left
    step: int
    size: int
    age_s: float


class MessageFiles:
    """`most_bytes` is what all of them together may take."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self.most_bytes = most_bytes
        self.held_bytes = 0  # when they were listed last

    def path(self, recording: str) -> Path:
        """Where it is, or was."""
        return self._folder / f"{recording}.wav"

    def target(self, recording: str) -> str:
        """How Asterisk is told of it: without the ending."""
        return str(self._folder / recording)

    def has_room(self, seconds: float) -> bool:
        """Whether one more of that length may be recorded. Raises `OSError`."""
        needed = round(seconds * BYTES_S)
        free = shutil.disk_usage(self._folder).free
        return self.held_bytes + needed <= self.most_bytes and free >= needed + SPARE_BYTES

    def list(self) -> tuple[MessageFile, ...]:
        """All of them, the oldest first; other files are none of ours. Raises `OSError`."""
        found = tuple(sorted(self._found(time.time()), key=lambda file: -file.age_s))
        self.held_bytes = sum(file.size for file in found)
        return found

    def _found(self, at: float) -> Iterator[MessageFile]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                name = _NAME.fullmatch(entry.name)
                if name is not None:
                    with suppress(FileNotFoundError):
                        stat = entry.stat()
                        size, age_s = stat.st_size, at - stat.st_mtime
                        yield MessageFile(name[1], name[2], int(name[3]), size, age_s)

    def hear(self, recording: str) -> RecordedSound:
        """What there is to be heard; nothing where there is no such file, or none to be read."""
        path = self.path(recording)
        try:
            with path.open("rb") as file:
                seconds = max(0.0, (os.fstat(file.fileno()).st_size - HEADER) / BYTES_S)
                file.seek(HEADER)
                frames = iter(lambda: file.read(FRAME_BYTES), b"")
                return RecordedSound(seconds, sounds=_sounds(frames))
        except FileNotFoundError:
            return NOTHING
        except OSError as fault:
            log.error("message_unreadable", error=fault.strerror, advice="who owns its folder?")
            return NOTHING

    def remove(self, recording: str) -> None:
        """It may be gone already. Raises `OSError`."""
        self.path(recording).unlink(missing_ok=True)


def recording_name(call_id: str, step: int) -> str:
    """Of what is recorded in that call by that order."""
    return f"{call_id}-{step}"


def _sounds(frames: Iterator[bytes]) -> bool:
    loud = 0
    for frame in frames:
        samples = array("h", frame[: len(frame) // 2 * 2])
        loud += bool(samples) and max(max(samples), -min(samples)) >= LOUD
        if loud >= LOUD_FRAMES:
            return True
    return False
