"""What the answers to scripts/install become; the whole of it is scripts/install-drill."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

Installer = Callable[..., subprocess.CompletedProcess[str]]

ANSWERS = "ADMIN=inese\nHOST=hotline.test\nDATABASE=sqlite\n"

WRITE = """
install() { # nobody of the installation is on this machine
  local kept=()
  while [ $# -gt 0 ]; do
    case $1 in -o | -g) shift 2 ;; *) kept+=("$1"); shift ;; esac
  done
  command install "${kept[@]}"
}
unattended=yes
read_answers "$file"
gather_answers
database
settings
"""

READ = """
set -a
. "$etc/telephony.env"
. "$etc/service.env"
exec "$root/.venv/bin/python" -c '
import json
from contactcentre.settings import Settings
found = Settings()
print(json.dumps([found.analyst_months, found.origin, str(found.sip_host)]))'
"""
"""As `deploy/contactcentre` reads them."""


@pytest.mark.parametrize(
    ("line", "months"),
    [("", 0), ("ANALYST_MONTHS=", 0), ("ANALYST_MONTHS=0", 0), ("ANALYST_MONTHS=24", 24)],
)
def test_the_months_of_analysts_become_a_setting(
    installer: Installer, tmp_path: Path, line: str, months: int
) -> None:
    """Which the service reads, and nobody else; the shortest answer is none."""
    answers, etc = tmp_path / "answers", tmp_path / "etc"
    answers.write_text(f"{ANSWERS}{line}\n")
    done = installer(WRITE, file=answers, etc=etc)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("CC_ANALYST_MONTHS" in (etc / "service.env").read_text()) is bool(months)
    assert "ANALYST" not in (etc / "telephony.env").read_text()
    assert {path.name for path in etc.iterdir()} == {"service.env", "telephony.env"}
    assert {path.stat().st_mode & 0o777 for path in etc.iterdir()} == {0o640}
    read = installer(READ, etc=etc)
    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout) == [months, "https://hotline.test", "127.0.0.1"]


FIRST = """
export SETUP_PYTHON=$python told
packages() { :; }
setup() { :; }
users() { exit; } # the release is there
unattended=yes
read_answers "$file"
install_first
"""

PYTHON = """#!/bin/sh
# Makes environments of itself, and tells which packages are to be installed into them.
case "$*" in
  *-m\\ venv*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *--requirement*) for last; do :; done; grep -o '^[A-Za-z0-9][^ ]*' "$last" >>"$told" ;;
  *purelib*) mkdir -p "$(dirname "$0")/../site" && cd "$(dirname "$0")/../site" && pwd ;;
esac
"""


@pytest.mark.parametrize(("months", "brings"), [("0", "run.lock"), ("24", "analysts.lock")])
def test_what_writes_them_is_installed_where_it_is_asked_for(
    installer: Installer, tmp_path: Path, months: str, brings: str
) -> None:
    """And stays at upgrades, which ask for nothing."""
    answers, home = tmp_path / "answers", tmp_path / "opt"
    answers.write_text(f"{ANSWERS}PROXY=none\nANALYST_MONTHS={months}\n")
    python = tmp_path / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)
    named = {"python": python, "home": home, "told": tmp_path / "told", "file": answers}
    done = installer(FIRST, **named)
    assert done.returncode == 0, done.stdout + done.stderr
    (release,) = (home / "releases").iterdir()
    pip, lock = release / "requirements" / "pip.lock", release / "requirements" / brings
    assert told(tmp_path) == packages(pip, lock)
    before = release.rename(release.with_name("before"))
    (home / "current").symlink_to(before)
    stamp = before / ".venv" / ".installed"
    stamp.write_text(stamp.read_text().replace(f"  {brings}", f"0  {brings}"))  # others by now
    (tmp_path / "told").unlink()
    done = installer("export SETUP_PYTHON=$python told; build_release", **named)
    assert done.returncode == 0, done.stdout + done.stderr
    # What running needs is there yet, for the analysts' list alone has changed.
    made_anew = [pip] if brings == "run.lock" else []
    assert told(tmp_path) == packages(*made_anew, lock)


def packages(*locks: Path) -> list[str]:
    """Those of lists, each with its version."""
    lines = [line for lock in locks for line in lock.read_text().splitlines()]
    return sorted(line.split()[0] for line in lines if line and line[0] not in " #")


def told(folder: Path) -> list[str]:
    """What was installed, of whichever half."""
    return sorted((folder / "told").read_text().split())
