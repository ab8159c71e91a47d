"""A hotline made of a backup: every part is looked at before anything is touched."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contactcentre import paths
from contactcentre.app.backup_manifest import DATABASE, HOME, BadBackup, Manifest, read
from contactcentre.settings import Settings
from contactcentre.storage import database, dump
from contactcentre.telephony.shared_files import is_shared, make


class NotEmpty(Exception):
    """There is something that would be lost; the text says what to do."""


class InUse(Exception):
    """A service has the journal open."""


async def restore(settings: Settings, folder: Path, *, replace: bool = False) -> Manifest:
    """Fill the home folder and the database, which are empty unless they are to be replaced.

    The journal comes last, without which the service would begin a new one.
    Raises `BadBackup`, `NotEmpty`, `InUse`, `DumpFailed`, `OSError`.
    """
    manifest = await asyncio.to_thread(read, folder)
    _fits(manifest, settings)
    with _alone(settings):
        if not replace:
            await _empty(settings)
        await asyncio.to_thread(_clear, settings)
        await dump.clear(settings.database)
        await dump.load(settings.database, folder / DATABASE)
        await asyncio.to_thread(_put_back, manifest, folder, settings)
    return manifest


def _fits(manifest: Manifest, settings: Settings) -> None:
    here = "postgresql" if dump.sqlite_file(settings.database) is None else "sqlite"
    if manifest.kind != here:
        raise BadBackup(
            f"the backup is of a {manifest.kind} database, and CC_DATABASE_URL names one of "
            f"{here}: set it to an empty one of {manifest.kind}"
        )
    if manifest.revision not in database.revisions():
        raise BadBackup(
            f"the backup's tables are of version '{manifest.revision}', which this software does "
            f"not know: install {manifest.software} or a newer one, then restore"
        )


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """No service may run meanwhile, nor begin to."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(_lock(settings), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InUse("the service is running: stop it and Asterisk first") from None
    finally:
        os.close(lock)


def _lock(settings: Settings) -> Path:
    spool = paths.spool(settings)
    return spool.with_name(f"{spool.name}.lock")


def _present(settings: Settings) -> list[Path]:
    roots = {settings.home, paths.shared(settings)}
    found = {path for root in roots if root.is_dir() for path in root.iterdir()}
    return sorted(found - {_lock(settings), *roots})


async def _empty(settings: Settings) -> None:
    if _present(settings):
        raise NotEmpty(f"{settings.home} is not empty: set CC_HOME, or add --replace to lose it")
    if not await dump.is_empty(settings.database):
        raise NotEmpty("the database is not empty: set CC_DATABASE_URL, or add --replace")


def _clear(settings: Settings) -> None:
    for path in _present(settings):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _put_back(manifest: Manifest, folder: Path, settings: Settings) -> None:
    spool = paths.spool(settings)
    files = {
        paths.kept(settings, Path(one.path.removeprefix(f"{HOME}/"))): one
        for one in manifest.parts
        if one.path.startswith(f"{HOME}/")
    }
    for path in sorted(files, key=lambda path: path == spool):
        make(path)
        shutil.copyfile(folder / files[path].path, path)
        path.chmod(files[path].mode | (0o060 if is_shared(path.parent) else 0))
    os.sync()
