"""What is attached to cases is looked at by ClamAV itself, with a database of two signatures."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agents_ui.cases.port import LARGEST_FILE, WrongField
from contactcentre.features.cases.scanner import Scanner

pytestmark = pytest.mark.integration

BODY = b"%PDF-1.7 what a virus would be"
WITHIN = b"which stands somewhere in a file"
SIGNATURES = {
    "test.hdb": f"{md5(BODY, usedforsecurity=False).hexdigest()}:{len(BODY)}:Whole.Test",
    "test.ndb": f"Within.Test:0:*:{WITHIN.hex()}",
}
MOST = 1 << 20
"""Bytes that the daemon takes: far below its own bound, so that a file can go beyond it."""


@pytest.fixture
async def clamd() -> AsyncIterator[Path]:
    """Its socket file."""
    # Not pytest's own folder: a socket's path is 107 bytes at most.
    with TemporaryDirectory(prefix="cc-clamd-") as folder:
        here = Path(folder)
        (here / "database").mkdir()
        for name, line in SIGNATURES.items():
            (here / "database" / name).write_text(f"{line}\n")
        words = {
            "LocalSocket": here / "clamd.ctl",
            "DatabaseDirectory": here / "database",
            "StreamMaxLength": MOST,
            "Foreground": "yes",
            "LogFile": here / "clamd.log",
        }
        config = here / "clamd.conf"
        config.write_text("".join(f"{name} {value}\n" for name, value in words.items()))
        path = shutil.which("clamd", path="/usr/sbin:/usr/bin")
        assert path is not None, "clamav-daemon is not installed"
        daemon = await asyncio.create_subprocess_exec(
            path, f"--config-file={config}", stdout=asyncio.subprocess.DEVNULL
        )
        try:
            scanner = Scanner(here / "clamd.ctl")
            async with asyncio.timeout(20):
                while not await scanner.answers():
                    assert daemon.returncode is None, (here / "clamd.log").read_text()
                    await asyncio.sleep(0.05)
            yield here / "clamd.ctl"
        finally:
            if daemon.returncode is None:
                daemon.terminate()
            await daemon.wait()


async def test_what_is_clean_is_taken_and_what_is_not_is_told_apart(clamd: Path) -> None:
    """Also of many pieces, and at their seams."""
    scanner = Scanner(clamd)
    filler = bytes(range(256)) * (MOST // 512)
    for clean in (b"", b"%PDF-1.7", filler):
        await scanner.look(clean)
    at_a_seam = filler[: (1 << 18) - 5] + WITHIN + filler[:1000]
    for infected in (BODY, WITHIN, filler[:70_000] + WITHIN, at_a_seam):
        with pytest.raises(WrongField, match="file_infected"):
            await scanner.look(infected)


async def test_a_file_that_the_daemon_takes_no_more_of_is_not_kept(clamd: Path) -> None:
    """The largest that we take, beyond its own bound: it hangs up in the middle."""
    with pytest.raises(WrongField, match="file_unscanned"):
        await Scanner(clamd).look(bytes(LARGEST_FILE))
    assert await Scanner(clamd).answers()


async def test_many_at_a_time(clamd: Path) -> None:
    """As when a morning's mail is attached; none is taken for another."""
    scanner = Scanner(clamd)
    files = [WITHIN if number % 3 == 0 else bytes([number]) * 50_000 for number in range(30)]
    found = await asyncio.gather(*map(scanner.look, files), return_exceptions=True)
    assert [isinstance(one, WrongField) for one in found] == [one == WITHIN for one in files]
