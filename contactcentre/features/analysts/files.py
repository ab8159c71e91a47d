"""The folder of files for analysts: a kind of file each, a month each.

    contacts/2026-10.parquet  legs/2026-10.parquet  services/...  agent_days/...  made.json

A month's files are written aside and put in place by renaming, one right after the other;
`made.json` says of which state each month is. Whatever was cut off in between is made once more.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, TextIO

from contactcentre.features.analysts.month import written
from contactcentre.features.analysts.parquet import NotWritten
from contactcentre.features.analysts.sheets import SHEETS

State = list[int | float | None]
"""Of a month: what changes whenever its files are not what they would be now."""

_ASIDE: Final = ".new-"
_NAME: Final = re.compile(r"([0-9]{4})-([0-9]{2})\.parquet")


class FolderInUse(RuntimeError):
    """Somebody else is writing there."""


class AnalystFolder:
    """`path` is made where it is not there, for its owner alone. All of it blocks, and but
    for `held` raises `OSError` where the folder can't be written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes there meanwhile, and what others left unfinished is gone. Raises
        `FolderInUse` and `NotWritten`."""
        try:
            lock = self._locked()
        except OSError as fault:
            raise NotWritten(str(fault)) from fault
        with lock:
            yield

    def _locked(self) -> TextIO:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        lock = (self.path / ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise FolderInUse(
                f"files are being written in {self.path}; wait, then try again"
            ) from None
        for left in self.path.glob(f"{_ASIDE}*"):
            shutil.rmtree(left)
        return lock

    def made(self) -> Mapping[int, State]:
        """The state of each month whose files are all there."""
        try:
            found = json.loads((self.path / "made.json").read_text(encoding="utf-8"))
            kept = {int(month): list(state) for month, state in found.items()}
        except (FileNotFoundError, ValueError, AttributeError, TypeError):
            return {}
        return {month: state for month, state in kept.items() if self._whole(month)}

    def aside(self) -> Path:
        """A new folder for drafts, on the same disk."""
        return Path(mkdtemp(prefix=_ASIDE, dir=self.path))

    def put(self, month: int, aside: Path, state: State) -> None:
        """The files of a month that lie there are in place; what was there before is gone."""
        for sheet in SHEETS:
            target = self._file(sheet.name, month)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            (aside / f"{sheet.name}.parquet").replace(target)
        shutil.rmtree(aside)
        self._note({**self.made(), month: state})

    def keep_only(self, months: Collection[int]) -> int:
        """Others go; how many months these were."""
        gone = set()
        for sheet in SHEETS:
            for file in (self.path / sheet.name).glob("*.parquet"):
                month = _month(file.name)
                if month is not None and month not in months:
                    file.unlink()
                    gone.add(month)
        if gone:
            self._note({month: state for month, state in self.made().items() if month in months})
        return len(gone)

    def _whole(self, month: int) -> bool:
        return all(self._file(sheet.name, month).exists() for sheet in SHEETS)

    def _file(self, sheet: str, month: int) -> Path:
        return self.path / sheet / f"{written(month)}.parquet"

    def _note(self, made: Mapping[int, State]) -> None:
        draft = self.path / "made.json.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump({str(month): made[month] for month in sorted(made)}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "made.json")


def _month(name: str) -> int | None:
    found = _NAME.fullmatch(name)
    return int(found[1] + found[2]) if found is not None else None
