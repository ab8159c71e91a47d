"""A backup: everything that must not be lost, in one folder, taken while the service runs.

What is written first is copied last, so that nothing which a part names is younger than the copy:

1. secrets and small files: the last link of the audit log is never ahead of the log's copy;
2. the database;
3. the journal: what it has and the database's copy has not is sent once more after a restore, by
   its number (`Spool.compare`), for it keeps two days of what the database has confirmed;
4. voice messages, which are there before the journal names them, recordings of talks, whose
   rows are made from them again, and attachments of cases, which are there before their rows say
   so.

What is deleted meanwhile is not in it, nor is a recording that is not sealed yet.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contactcentre import VERSION, paths
from contactcentre.app.backup_manifest import DATABASE, FILE, FORM, HOME, Manifest, SavedFile, part
from contactcentre.settings import Settings
from contactcentre.storage import codec, dump

_PASSING: Final = ("-wal", "-shm", "-journal", ".lock")


class NoBackup(Exception):
    """None can be taken; the text says why."""


async def take(settings: Settings, folder: Path) -> Manifest:
    """Fill the folder, which is not there yet or empty. Raises `NoBackup`, `DumpFailed`, `OSError`.

    What was begun is gone when it fails.
    """
    revision = await dump.revision(settings.database)
    if revision is None:
        raise NoBackup("the database is empty: see CC_DATABASE_URL")
    await asyncio.to_thread(_begin, folder, _roots(settings))
    try:
        parts = await _parts(settings, folder)
        made = Manifest(
            form=FORM,
            software=VERSION,
            taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
            kind="postgresql" if dump.sqlite_file(settings.database) is None else "sqlite",
            revision=revision,
            parts=tuple(parts),
        )
        await asyncio.to_thread(_finish, folder, made)
    except BaseException:  # removed and raised again, whatever it is
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise
    return made


def _begin(folder: Path, roots: Iterable[Path]) -> None:
    if any(folder.resolve().is_relative_to(root.resolve()) for root in roots):
        raise NoBackup(f"{folder} lies in what is to be saved: choose a folder outside")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NoBackup(f"{folder} is not empty: choose a new folder")
    folder.chmod(0o700)


async def _parts(settings: Settings, folder: Path) -> list[SavedFile]:
    parts = await asyncio.to_thread(_copy_files, settings, folder, _small(settings))
    _made(folder / DATABASE)
    await dump.save(settings.database, folder / DATABASE)
    parts.append(await asyncio.to_thread(part, folder, DATABASE, 0o600))
    kept = [path for path in _kept_by_sqlite(settings) if path.exists()]
    parts += await asyncio.to_thread(_copied, settings, folder, kept, dump.copy_sqlite)
    return parts + await asyncio.to_thread(_copy_files, settings, folder, _sound(settings))


def _roots(settings: Settings) -> set[Path]:
    return {settings.home, paths.shared(settings)}


def _kept_by_sqlite(settings: Settings) -> tuple[Path, ...]:
    return paths.spool(settings), paths.directory(settings), paths.fallback_log(settings)


def _small(settings: Settings) -> Iterator[Path]:
    return (path for path in _plain(settings) if not _is_sound(path, settings))


def _sound(settings: Settings) -> Iterator[Path]:
    return (path for path in _plain(settings) if _is_sound(path, settings))


def _is_sound(path: Path, settings: Settings) -> bool:
    sealed = paths.sealed_talks(settings), paths.sealed_attachments(settings)
    return any(path.is_relative_to(folder) for folder in (paths.recordings(settings), *sealed))


def _plain(settings: Settings) -> Iterator[Path]:
    """Asterisk's own folder is made anew at each start, what it records of talks is sealed within
    seconds; a name with a dot is a draft."""
    held = {*_kept_by_sqlite(settings), dump.sqlite_file(settings.database)}
    left_out = settings.home / "pbx", paths.talks(settings)
    for path in sorted({path for root in _roots(settings) for path in root.rglob("*")}):
        if path.is_symlink() or not path.is_file() or path in held:
            continue
        if path.name.endswith(_PASSING) or path.name.startswith("."):
            continue
        if not any(path.is_relative_to(folder) for folder in left_out):
            yield path


def _copy_files(settings: Settings, folder: Path, files: Iterable[Path]) -> list[SavedFile]:
    return _copied(settings, folder, files, shutil.copyfile)


def _copied(
    settings: Settings, folder: Path, files: Iterable[Path], copy: Callable[[Path, Path], object]
) -> list[SavedFile]:
    """Copies of those that are still there, by the names that they have in one user's home."""
    parts = []
    for path in files:
        shared = path.is_relative_to(paths.shared(settings))
        root = paths.shared(settings) if shared else settings.home
        name = f"{HOME}/{path.relative_to(root).as_posix()}"
        with suppress(FileNotFoundError):
            mode = path.stat().st_mode & 0o777
            _made(folder / name)
            copy(path, folder / name)
            parts.append(part(folder, name, mode))
    return parts


def _made(path: Path) -> None:
    """A file for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _finish(folder: Path, manifest: Manifest) -> None:
    """On the disk, the manifest last: a backup that has one is whole."""
    os.sync()
    draft = folder / f".{FILE}"
    draft.touch(mode=0o600)
    draft.write_bytes(codec.encode(manifest))
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.rename(folder / FILE)
