"""What is attached to cases is looked at for viruses first, by who speaks as ClamAV does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agents_ui.cases.port import LARGEST_FILE, WrongField
from contactcentre.features.cases.scanner import PIECE, Scanner

pytestmark = pytest.mark.integration

CLEAN, FOUND = b"stream: OK\0", b"stream: Eicar-Test-Signature FOUND\0"


@dataclass
class Daemon:
    """Reads as clamd(8) says, and answers what it is told to."""

    path: Path
    says: bytes = CLEAN
    heard: list[bytes] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            writer.write(b"PONG\0")
        else:
            assert command == b"zINSTREAM\0"
            content = b""
            while length := int.from_bytes(await reader.readexactly(4)):
                assert length <= PIECE
                content += await reader.readexactly(length)
            self.heard.append(content)
            writer.write(self.says)
        writer.close()


@asynccontextmanager
async def there(path: Path) -> AsyncIterator[Daemon]:
    daemon = Daemon(path)
    async with await asyncio.start_unix_server(daemon.take, path):
        yield daemon


async def test_a_file_is_shown_whole(tmp_path: Path) -> None:
    """The largest as well, a piece at a time; what is clean is taken."""
    async with there(tmp_path / "clamd") as daemon:
        scanner = Scanner(daemon.path)
        assert await scanner.answers()
        for content in (b"", b"%PDF-1.7", bytes(range(256)) * (LARGEST_FILE // 256)):
            await scanner.look(content)
            assert daemon.heard[-1] == content


async def test_what_was_found_is_not_taken(tmp_path: Path) -> None:
    """It is told apart from what could not be looked at."""
    async with there(tmp_path / "clamd") as daemon:
        daemon.says = FOUND
        with pytest.raises(WrongField, match="file_infected"):
            await Scanner(daemon.path).look(b"x")


@pytest.mark.parametrize("says", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OKAY\0"])
async def test_what_was_not_looked_at_is_not_taken(tmp_path: Path, says: bytes) -> None:
    """Where the daemon says something else than that it is clean, is away, or is not set up."""
    async with there(tmp_path / "clamd") as daemon:
        daemon.says = says
        with pytest.raises(WrongField, match="file_unscanned"):
            await Scanner(daemon.path).look(b"x")
    for path in (tmp_path / "nobody", None):
        assert not await Scanner(path).answers()
        with pytest.raises(WrongField, match="file_unscanned"):
            await Scanner(path).look(b"x")
