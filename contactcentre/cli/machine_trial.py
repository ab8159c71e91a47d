"""The machine, tried: room on its disk, its clock, and what browsers meet first: name and TLS."""

from __future__ import annotations

import asyncio
import ctypes
import shutil
import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

from contactcentre.cli import certificate
from contactcentre.cli.part import PATIENCE_S, Lacking, Sick
from contactcentre.settings import Settings

ROOM: Final = 500 * 2**20
"""Bytes: the journal of a day on which the database is away, and voice messages."""

_TIMEX: Final = 256  # bytes that hold the kernel's `struct timex`
_TIME_ERROR: Final = 5


async def disk(settings: Settings) -> str:
    """Free room where the journal lies. Raises `Sick`, `OSError`."""
    free = (await asyncio.to_thread(shutil.disk_usage, settings.home)).free
    if free < ROOM:
        raise Sick(
            f"{free // 2**20} MB are free in {settings.home}",
            "make room, or the journal will have none: old backups, other programs' files",
        )
    return f"{free / 2**30:.1f} GB are free"


async def clock(settings: Settings) -> str:
    """Whether anybody sets it. Raises `Lacking`: it may be set otherwise than the kernel knows."""
    told = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX))  # reads only
    if told == _TIME_ERROR:
        raise Lacking("nobody sets it: times will be wrong", "install chrony or systemd-timesyncd")
    return "is set by the network" if told >= 0 else "may not be asked here"


async def certificate_of_panel(settings: Settings) -> str:
    """What browsers are shown. Raises `Sick`."""
    url = urlsplit(settings.panel_origin)
    if url.scheme != "https":
        return f"none is needed: browsers come by {settings.panel_origin}"
    host, port = url.hostname or "", url.port or 443
    try:
        pem = await asyncio.to_thread(ssl.get_server_certificate, (host, port), timeout=PATIENCE_S)
    except socket.gaierror:
        raise Sick(
            f"the name {host} leads nowhere (DNS)",
            "whoever keeps your names must let it lead to this machine; or mend CC_ORIGIN",
        ) from None
    except OSError as error:
        raise Sick(
            f"nobody answers by https on {host}:{port} ({type(error).__name__})",
            "start the proxy: systemctl status nginx; is its configuration right: nginx -t",
        ) from None
    return certificate.lasts(
        pem.encode(), "renew it: scripts/install --certificate CERTIFICATE KEY"
    )
