"""The command line on a bad day: words and a code, never a traceback."""

from pathlib import Path

import pytest

from contactcentre.__main__ import main

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose database nobody has made yet."""
    for name in ("CC_DATABASE_URL", "CC_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CC_HOME", str(tmp_path))
    return tmp_path


PERIOD = ("--from", "2026-11-01", "--to", "2026-11-02")


@pytest.mark.parametrize(
    "words",
    [
        ("notice", "list"),
        ("notice", "end", "n1"),
        ("replay", *PERIOD),
        ("flow", "list"),
        ("language", "list"),
        ("seed",),
    ],
)
def test_a_database_that_is_not_ready(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The words say what to do."""
    assert main(words) == 1
    told = capsys.readouterr().err
    assert "contactcentre migrate" in told
    assert "Traceback" not in told


def test_an_export_that_cannot_be_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is named."""
    assert main(("migrate",)) in (0, None)
    assert main(("replay", *PERIOD, "--export", str(home / "no" / "where.json"))) == 1
    assert "where.json: No such file" in capsys.readouterr().err
