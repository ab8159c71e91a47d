"""`scripts/contactcentre`: the commands as an operator types them."""

# ruff: noqa: S603 - the command is ours

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def test_the_command_is_found_through_a_link(root: Path, tmp_path: Path) -> None:
    """From any folder, whatever lies in it, and its exit status is the command's."""
    (tmp_path / "contactcentre.py").write_text("raise SystemExit(9)")
    link = tmp_path / "contactcentre"
    link.symlink_to(root / "scripts" / "contactcentre")
    for words, status, said in (
        (["staffing", "--calls-per-hour", "100"], 0, "agents"),
        (["staffing", "--calls-per-hour", "100", "--level", "1"], 2, "below 1"),
    ):
        done = subprocess.run([link, *words], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == status
        assert said in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "unneeded"),
    [
        ("--help", ("asyncio", "structlog", "pydantic", "sqlalchemy", "aiohttp")),
        ("pbx --help", ("sqlalchemy", "aiohttp")),
        ("staffing --calls-per-hour 100", ("pydantic", "sqlalchemy", "aiohttp")),
    ],
)
def test_nothing_is_loaded_that_is_not_needed(
    root: Path, words: str, unneeded: tuple[str, ...]
) -> None:
    """A command starts as fast as its own work lets it."""
    code = (
        "import sys; from contactcentre.__main__ import main; "
        f"main({words.split()}); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert not set(unneeded) & set(done.stdout.splitlines()[-1].split())


def test_whoever_reads_may_stop(root: Path) -> None:
    """As `head` does: that is no fault, of the database least of all."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [root / "scripts" / "contactcentre", "staffing", "--calls-per-hour", "100"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
