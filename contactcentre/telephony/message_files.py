"""The files of voice messages. Of how long one is the file's size is believed, not its header."""

from __future__ import annotations

import os
import re
import shutil
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from contactcentre.telephony import sound_files
from contactcentre.telephony.sound_files import BYTES_S, HEADER

log = structlog.get_logger(__name__)

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
        listed = (
            MessageFile(one.name[1], one.name[2], int(one.name[3]), one.size, one.age_s)
            for one in sound_files.found(self._folder, _NAME)
        )
        found = tuple(sorted(listed, key=lambda file: -file.age_s))
        self.held_bytes = sum(file.size for file in found)
        return found

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
