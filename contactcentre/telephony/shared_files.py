"""Files of the service and of Asterisk, who may be two users: for their owner alone, or for both.

A folder that hands its group on to what is made in it (setgid) is one that an installation has set
up for a group of the two; everywhere else a file is its owner's.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


def is_shared(folder: Path) -> bool:
    """Whether what is made there is for the folder's group as well."""
    return bool(folder.stat().st_mode & stat.S_ISGID)


def make(path: Path) -> None:
    """An empty file, and its folder, where there are none; whatever the process's umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o660 if is_shared(path.parent) else 0o600
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    try:
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)
