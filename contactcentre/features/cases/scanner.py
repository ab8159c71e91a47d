"""ClamAV's daemon, asked about a file before it is kept: clamd(8), INSTREAM, over its socket file.

What could not be looked at is not taken: ASVS 5.0, 5.4.3.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import structlog

from agents_ui.cases.port import WrongField

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 30.0
PIECE: Final = 1 << 18
LONGEST: Final = 1_000
"""Bytes of an answer."""


class Scanner:
    """`socket` is clamd's; None: there is none, and nothing is taken."""

    def __init__(self, socket: Path | None) -> None:
        self._socket = socket

    async def look(self, content: bytes) -> None:
        """Raises `WrongField`: something was found ("file_infected"), or nobody could look
        ("file_unscanned")."""
        pieces = (content[at : at + PIECE] for at in range(0, len(content), PIECE))
        framed = (len(piece).to_bytes(4) + piece for piece in pieces)
        said = await self._asked(b"zINSTREAM\0", *framed, bytes(4))
        if said.endswith(b" FOUND"):
            log.warning("attachment.infected")
            raise WrongField("file_infected")
        if said != b"stream: OK":
            log.error("attachment.unscanned", advice="CC_CLAMD")
            raise WrongField("file_unscanned")

    async def answers(self) -> bool:
        """Whether it is there."""
        return await self._asked(b"zPING\0") == b"PONG"

    async def _asked(self, *words: bytes) -> bytes:
        """What it says; nothing where it does not answer."""
        if self._socket is None:
            return b""
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await asyncio.open_unix_connection(self._socket)
                try:
                    for piece in words:
                        writer.write(piece)
                        await writer.drain()
                    return (await reader.read(LONGEST)).rstrip(b"\0")
                finally:
                    writer.transport.abort()
        except (OSError, TimeoutError):
            return b""
