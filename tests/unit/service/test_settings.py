"""Settings: documented, each changed by its variable, unknown ones refused."""

import time
from pathlib import Path

import pytest

from contactcentre import clock
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


def test_real_calls_have_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shifted clock is refused unless everything is sample data."""
    monkeypatch.setenv("CC_CLOCK_SHIFT_S", "86400")
    with pytest.raises(ValueError, match="CC_CLOCK_SHIFT_S is for rehearsals"):
        Settings.load()
    monkeypatch.setenv("CC_SAMPLE", "1")
    assert Settings.load().clock_shift_s == 86400.0


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CC_PORT", "secret", "^CC_PORT: Input should be a valid integer"),
        ("CC_DATABASE_URL", "mysql://a:secret@b/c", "^CC_DATABASE_URL: must begin with sqlite:"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    """In one line, by its variable: the value may hold a password."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=told) as refused:
        Settings.load()
    assert "secret" not in str(refused.value)


def test_a_shifted_clock() -> None:
    """It runs as the machine's does, so many seconds ahead, until it is set back."""
    before = time.time()
    clock.shift(-3600.0)
    try:
        assert before - 3600 <= clock.now() <= time.time() - 3600
    finally:
        clock.shift(0.0)
    assert clock.now() >= before
