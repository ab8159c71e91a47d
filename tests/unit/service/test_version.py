"""The version of the software."""

import tomllib
from pathlib import Path

import pytest

from contactcentre import VERSION

pytestmark = pytest.mark.unit


def test_it_is_the_packages(root: Path) -> None:
    """What a backup says of itself is what was installed."""
    assert tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"] == VERSION
