"""The journals of full days, made once and kept: a hundred thousand calls take minutes to write.

The day is always the same one; the service's clock is set to its end (`CC_CLOCK_SHIFT_S`).
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import sys
from pathlib import Path

from crowd import QUEUES, agent_ids

from contactcentre import paths
from contactcentre.settings import ROOT, Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from lab.day import Day, write

ENDS = 1_772_636_400.0
"""17:00 in Riga on Wednesday, 4 March 2026."""

HOURS = 10.0
_MAKERS = (
    "lab/day.py",
    *(f"contactcentre/storage/{name}.py" for name in ("entry", "spool_rows")),
    *(f"contactcentre/core/{name}.py" for name in ("agent/state", "call/state", "call/leg")),
)
"""A journal that was made by other code than today's is made anew."""


def lay(settings: Settings, cache: Path, calls: int, agents: int) -> None:
    """A fresh copy of the journal of a day with so many calls."""
    target = paths.spool(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    if calls:
        shutil.copyfile(_kept(cache, calls, agents), target)


async def confirm(settings: Settings) -> None:
    """The database holds the last of the journal, and so, as far as the projector asks, all."""
    path = paths.spool(settings)
    if not path.exists():
        return
    file = sqlite3.connect(path)
    (source,) = file.execute("SELECT source FROM spool").fetchone()
    (seq, at) = file.execute("SELECT seq, at FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    file.close()
    last = {"source": source, "seq": seq, "at": at, "kind": "RecordSaved", "event": {}}
    async with database.opened(settings.database) as engine, engine.begin() as connection:
        await database.insert_new(connection, models.journal, [last])


def _kept(cache: Path, calls: int, agents: int) -> Path:
    path = cache / f"day-{calls}-{agents}-{_version()}.sqlite"
    if not path.exists():
        print(f"the journal of a day with {calls} calls is written, once", file=sys.stderr)
        cache.mkdir(parents=True, exist_ok=True)
        for old in cache.glob(f"day-{calls}-{agents}-*"):
            old.unlink()
        draft = path.with_suffix(".draft")
        write(
            draft,
            Day(
                calls=calls,
                begins=ENDS - HOURS * 3600,
                ends=ENDS,
                queues=QUEUES,
                agents=agent_ids(agents),
            ),
        )
        draft.rename(path)
    return path


def _version() -> str:
    sources = b"".join((ROOT / name).read_bytes() for name in _MAKERS)
    return hashlib.sha256(sources).hexdigest()[:12]
