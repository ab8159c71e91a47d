"""What an installation is made of: systemd and the shell take it as it stands."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from contactcentre.settings import Settings

pytestmark = pytest.mark.integration

UNITS = (
    "contactcentre.service",
    "contactcentre-asterisk.service",
    "contactcentre-synthetic.service",
    "contactcentre-synthetic.timer",
)
EXPOSED = 20
"""Tenths of systemd's points from 0 to 10: what it calls well protected."""


def said(*words: object) -> str:
    """What a command writes; nothing is wrong with it."""
    done = subprocess.run(  # noqa: S603 - words of this file
        [str(word) for word in words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_understands_the_units(root: Path, tmp_path: Path) -> None:
    """No unknown word and none that is ignored, and strangers' code would find little to reach."""
    units = []
    for name in UNITS:
        unit = (root / "deploy/systemd" / name).read_text()
        assert f"{root}" not in unit
        (tmp_path / name).write_text(unit.replace("/opt/contactcentre/current", str(root)))
        units.append(tmp_path / name)
    assert said("systemd-analyze", "verify", "--man=no", *units) == ""
    services = [one for one in units if one.suffix == ".service"]
    said("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED}", *services)


def test_the_shell_scripts(root: Path) -> None:
    """Nothing is wrong with those that run as root on somebody's machine."""
    scripts = (
        *("scripts/install", "scripts/install-drill", "scripts/setup", "deploy/contactcentre"),
        *("scripts/container-drill", "scripts/image-trial", "lab/containers/database-entry"),
    )
    said("shellcheck", "--severity=warning", "--exclude=SC2211", *(root / one for one in scripts))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("HOTS=hotline.test", "line 2: none of HOST"),
        ("$(id)", "line 2: none of HOST"),
        ("HOST=hotline.test; id", "HOST must be a name"),
        ("ADMIN=", "ADMIN must be a user name"),
        ("DATABASE=mysql://here", "DATABASE must be postgresql, sqlite, or a URL"),
        ("ANALYST_MONTHS=two", "ANALYST_MONTHS must be a number of months, or 0"),
        ("ANALYST_MONTHS=00", "ANALYST_MONTHS must be a number of months, or 0"),
        ("ANALYST_MONTHS=-1", "ANALYST_MONTHS must be a number of months, or 0"),
        ("ANALYST_MONTHS=1201", "ANALYST_MONTHS must be a number of months, or 0"),
        ("CERTIFICATE=/nowhere", "CERTIFICATE: /nowhere cannot be read"),
    ],
)
def test_answers_that_are_none(root: Path, tmp_path: Path, line: str, told: str) -> None:
    """They are told by name and place before anything on the machine is touched."""
    answers = tmp_path / "answers"
    answers.write_text(f"ADMIN=inese\n{line}\n")
    words = ["scripts/install", "--check-answers", str(answers)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=root)  # noqa: S603
    assert done.returncode == 1
    assert told in done.stderr


def test_what_only_the_service_may_read(root: Path) -> None:
    """Asterisk's unit has neither the database's address nor a folder of the service's."""
    unit = (root / "deploy/systemd/contactcentre-asterisk.service").read_text()
    assert re.findall("^EnvironmentFile=(.*)$", unit, re.M) == ["/etc/contactcentre/telephony.env"]
    (hidden,) = re.findall("^InaccessiblePaths=(.*)$", unit, re.M)
    assert hidden.split() == ["-/var/lib/contactcentre", "-/etc/contactcentre/service.env"]
    assert re.findall("^ReadWritePaths=(.*)$", unit, re.M) == ["/var/lib/contactcentre-shared"]
    assert re.findall("^(?:Supplementary)?Groups?=(.*)$", unit, re.M) == ["contactcentre-pbx"]


def test_the_containers(root: Path) -> None:
    """They are made of what a release is made of, and name no setting that is none."""
    folder = root / "deploy/container"
    image, compose = (folder / name for name in ("Containerfile", "compose.yaml"))
    install = (root / "scripts/install").read_text()
    packed = re.search(r"  --exclude=__pycache__ .*\\\n((?:.*\\\n)*.*)\n", install)
    assert packed is not None
    wanted = set(re.findall(r"[\w.]+", packed[1])) - {"deploy", "scripts"}
    assert wanted <= set(re.findall(r"[\w.]+", image.read_text()))
    named = set(re.findall(r"\bCC_([A-Z_]+)", image.read_text() + compose.read_text()))
    assert {name.lower() for name in named} <= set(Settings.model_fields)
    assert set(yaml.safe_load(compose.read_text())["services"]) == {
        *("database", "prepare", "asterisk", "service")
    }
