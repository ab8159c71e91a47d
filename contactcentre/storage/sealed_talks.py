"""The recordings of talks, each sealed in a file of its leg's name.

The file says itself of which talk it is (`TalkFacts`), so its row in the database can be made again
from it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from contactcentre.storage.sealed_file import DamagedFile
from contactcentre.storage.sealed_folder import SealedFolder

State = Literal["whole", "short", "truncated", "missing"]
"""`short`: much shorter than the talk was; `truncated`: Asterisk never closed it; `missing`: there
should be a file, and is none."""


class TalkFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Of one agent's leg. `seconds` is the sound's length, `sha256` the clear file's."""

    leg_id: str
    call_id: str
    agent_id: str
    queue: str
    basis: str
    from_at: float
    to_at: float
    seconds: float
    state: State
    sha256: str
    size: int


class SealedTalks(SealedFolder):
    """The folder of them."""

    names = re.compile(r"[0-9a-f]{32}-[0-9]{1,9}")

    def seal(self, clear: Path, facts: TalkFacts) -> int:
        """Seal the sound, and look whether what was written says the same; how many bytes it takes.

        Raises `OSError`, `ValueError` where the clear file has changed meanwhile, and `SealFault`.
        """
        with clear.open("rb") as source:
            path = self._keep(facts.leg_id, source, facts.size, msgspec.json.encode(facts))
        if _sha256(self.open(facts.leg_id).read(0, facts.size)) != facts.sha256:
            path.unlink()
            raise ValueError("the clear file has changed while it was sealed")
        return path.stat().st_size

    def facts(self, leg_id: str) -> TalkFacts:
        """What it says of itself. Raises `SealFault`, `OSError`."""
        try:
            return msgspec.json.decode(self.open(leg_id).about, type=TalkFacts)
        except msgspec.DecodeError:
            raise DamagedFile("it does not say whose it is") from None

    def sizes(self) -> dict[str, int]:
        """Bytes of each, by its leg. Raises `OSError`."""
        return dict(self._found()) if self._folder.is_dir() else {}

    def _found(self) -> Iterator[tuple[str, int]]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                name = entry.name.removesuffix(".sealed")
                if name != entry.name and self.names.fullmatch(name) is not None:
                    yield name, entry.stat().st_size


def _sha256(pieces: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()
