"""The command `check` where there is nothing yet: every part is tried, and told in a line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactcentre.cli.check import PARTS, check
from contactcentre.settings import Settings

pytestmark = pytest.mark.integration


async def test_a_machine_where_nothing_runs(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    free_port: Callable[[], int],
) -> None:
    """No part keeps the others from being tried, and each that fails says what to do."""
    for name in ("PORT", "AMI_PORT", "AGI_PORT", "SIP_WEBSOCKET_PORT"):
        monkeypatch.setenv(f"CC_{name}", str(free_port()))
    monkeypatch.setenv("CC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CC_CACHE", str(tmp_path / "cache"))
    failed = await check(settings=Settings.load())
    told = capsys.readouterr().out
    lines = [line for line in told.splitlines() if line.startswith(("ok", "FAIL"))]
    assert len(lines) == len(PARTS)
    assert "prompt missing" not in told  # it is counted, not told one by one
    assert told.count("FAIL") == told.count("->") == failed >= 6
    assert "run: contactcentre migrate" in told
    assert "run: contactcentre prompts" in told
    assert "start the service: contactcentre serve" in told
