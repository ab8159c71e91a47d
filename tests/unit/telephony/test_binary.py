"""Which Asterisk is run."""

from pathlib import Path

import pytest

from contactcentre.telephony.binary import PbxFailed, find_asterisk

pytestmark = pytest.mark.unit


def fetched(cache: Path, number: int, version: str) -> None:
    """What only says its version, where setup puts an Asterisk."""
    library = cache / f"contactcentre/asterisk-sid-{number}/usr/lib/x86_64-linux-gnu"
    library.mkdir(parents=True)
    loader = library / "ld-linux-x86-64.so.2"
    loader.write_text(f"#!/bin/sh\necho Asterisk {version}\n")
    loader.chmod(0o755)


def test_one_without_security_fixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused by its version, unless it is wanted; a newer one goes before it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("contactcentre.telephony.binary._installed", lambda: iter(()))
    fetched(tmp_path, 2, "22.9.0")
    with pytest.raises(PbxFailed, match=r"Asterisk 22\.9\.0 lacks security fixes"):
        find_asterisk()
    assert find_asterisk(outdated=True).name == "22.9.0"
    fetched(tmp_path, 1, "22.10.1~dfsg")
    assert find_asterisk(outdated=True).name == "22.10.1"
