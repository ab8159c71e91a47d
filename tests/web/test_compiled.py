"""Templates are compiled once, for every language and every start."""

from pathlib import Path

import pytest

from agents_ui.shell import render, texts

pytestmark = pytest.mark.web
TEMPLATE = "board/page.html"


def compiled_anew(folder: Path) -> list[Path]:
    """Read one template in every language, as a start does; the files that are there then."""
    for environment in render.environments(texts.read(), lambda: None, folder).values():
        environment.get_template(TEMPLATE)
    return sorted(folder.rglob("*.cache"))


def test_all_languages_share_one(tmp_path: Path) -> None:
    """One file, which nobody else may read or replace, and which a later start leaves alone."""
    folder = tmp_path / "cache" / "templates"
    (kept,) = compiled_anew(folder)
    written = kept.stat().st_mtime_ns
    assert folder.stat().st_mode & 0o077 == 0
    assert compiled_anew(folder) == [kept]
    assert kept.stat().st_mtime_ns == written


@pytest.mark.parametrize("found", [b"", b"rubbish", b"\0" * 5000])
def test_a_spoilt_file_is_made_anew(tmp_path: Path, found: bytes) -> None:
    """Whatever a crash has left there."""
    (kept,) = compiled_anew(tmp_path)
    good = kept.read_bytes()
    kept.write_bytes(found)
    compiled_anew(tmp_path)
    assert kept.read_bytes() == good


def test_where_nothing_can_be_written() -> None:
    """Pages come all the same."""
    assert compiled_anew(Path("/proc/templates")) == []
