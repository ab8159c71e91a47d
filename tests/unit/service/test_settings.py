"""Settings: documented, each changed by its variable, unknown ones refused."""

from pathlib import Path

import pytest

from contactcentre.settings import Settings, table

pytestmark = pytest.mark.unit


def test_every_setting_is_documented(root: Path) -> None:
    """docs/settings.md holds the table that the code makes."""
    assert table() in (root / "docs" / "settings.md").read_text()


def test_a_variable_changes_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """CC_PORT moves the panel, and the origin follows."""
    monkeypatch.setenv("CC_PORT", "9090")
    assert Settings.load().panel_origin == "http://127.0.0.1:9090"


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable stops the start and is named."""
    monkeypatch.setenv("CC_PROT", "9090")
    with pytest.raises(ValueError, match="CC_PROT"):
        Settings.load()
