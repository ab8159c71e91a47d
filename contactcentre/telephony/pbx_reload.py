"""What Asterisk reads at its start only, read anew while calls go on.

Rows of the directory are in force at once, but a trunk is asked whether it answers (OPTIONS) only
if it was there when Asterisk last looked, and a renewed certificate is a file that nobody has
opened. Its module of SIP looks again in a twentieth of a second, and no call ends. The manager's
account may not order that (its rights would amount to a shell), so Asterisk's keeper does.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Never

import structlog

from contactcentre.telephony.binary import AsteriskBinary
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx_command import command
from contactcentre.telephony.pbx_config import PbxSettings

log = structlog.get_logger(__name__)

LOOK_S: Final = 1.0
ORDER: Final = "module reload res_pjsip.so"

Seen = tuple[object, ...]


async def follow(settings: PbxSettings, binary: AsteriskBinary) -> Never:
    """Look each second, until cancelled."""
    seen = await asyncio.to_thread(_look, settings)
    while True:
        await asyncio.sleep(LOOK_S)
        new = await asyncio.to_thread(_look, settings)
        with suppress(OSError):  # no process could be started; a second later perhaps
            if new != seen and await command(settings, binary, ORDER):
                seen = new
                log.info("pbx_reloaded", action="pbx_reloaded")


def _look(settings: PbxSettings) -> Seen:
    files = settings.sip_tls_certificate, settings.sip_tls_key, settings.sip_tls_authorities
    ages = tuple(_age(file) for file in files if settings.sip_tls_port and file is not None)
    return (*ages, *_servers(settings))


def _age(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _servers(settings: PbxSettings) -> Iterator[tuple[str, str]]:
    with suppress(sqlite3.Error):
        yield from Directory(settings.directory).servers()
