"""`scripts/contactcentre`: the commands as an operator types them."""

# ruff: noqa: S603 - the command is ours

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def test_the_command_is_found_through_a_link(root: Path, tmp_path: Path) -> None:
    """From any folder, and its exit status is the command's."""
    link = tmp_path / "contactcentre"
    link.symlink_to(root / "scripts" / "contactcentre")
    for words, status, said in (
        (["staffing", "--calls-per-hour", "100"], 0, "agents"),
        (["staffing", "--calls-per-hour", "100", "--level", "1"], 2, "below 1"),
    ):
        done = subprocess.run([link, *words], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == status
        assert said in done.stdout + done.stderr
