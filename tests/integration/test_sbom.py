"""What the hotline is made of, as others read it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def sbom(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The script, run."""
    program = [sys.executable, str(root / "scripts" / "sbom"), *words]
    return subprocess.run(program, capture_output=True, text=True, check=False)  # noqa: S603


def test_every_part_is_listed(root: Path) -> None:
    """Each package of the lock with its version and the hashes of its files, what browsers get, and
    Asterisk; by the fields that CycloneDX 1.6 asks for."""
    bill = json.loads(sbom(root).stdout)
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    parts = {one["purl"]: one for one in bill["components"]}
    assert len(parts) == len(bill["components"])
    lock = (root / "requirements" / "run.lock").read_text()
    pinned = re.findall(r"^([\w.-]+)==([^ \\;]+)", lock, re.M)
    python = {f"pkg:pypi/{name.lower()}@{version}" for name, version in pinned}
    assert python == {url for url in parts if url.startswith("pkg:pypi/")}
    assert all(parts[url]["properties"] for url in python)
    assert any(url.startswith("pkg:npm/jssip@") for url in parts)
    assert any(url.startswith("pkg:deb/debian/asterisk@") for url in parts)
    assert all({"type", "name", "version"} <= set(one) for one in parts.values())


def test_advisories_of_a_file(root: Path, tmp_path: Path) -> None:
    """A known fault in one of our versions is told, and is the exit status."""
    (version,) = re.findall(
        r"^aiohttp==([^ \\]+)", (root / "requirements" / "run.lock").read_text(), re.M
    )
    file = tmp_path / "osv.jsonl"
    for versions, status in (([version], 1), (["0.1"], 0)):
        package = {"ecosystem": "PyPI", "name": "aiohttp"}
        known = {"id": "OSV-1", "affected": [{"package": package, "versions": versions}]}
        file.write_text(json.dumps(known) + "\n")
        done = sbom(root, "--audit", str(file))
        assert done.returncode == status
        assert ("OSV-1: aiohttp" in done.stdout) is bool(status)


def test_without_a_way_to_ask(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and is no good news."""
    monkeypatch.setenv("PATH", "")
    done = sbom(root, "--audit")
    assert done.returncode == 2
    assert "not installed" in done.stderr
