"""The command line: what may be typed can be done, and what the documents name may be typed."""

import re
from pathlib import Path

import pytest

from contactcentre.__main__ import COMMANDS
from contactcentre.cli.arguments import parser

pytestmark = pytest.mark.unit

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/settings.md", "docs/replay.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` names it."""
    with pytest.raises(SystemExit):
        parser().parse_args([command, "--help"])
    assert f"contactcentre {command}" in capsys.readouterr().out


def test_no_command_is_without_its_work(capsys: pytest.CaptureFixture[str]) -> None:
    """What `--help` lists is what can be run."""
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    listed = re.search(r"\{([a-z,]+)\}", capsys.readouterr().out)
    assert listed is not None
    assert set(listed[1].split(",")) == set(COMMANDS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_name_commands_that_there_are(root: Path, name: str) -> None:
    """Each `contactcentre …` in them, with each of its alternatives."""
    named = re.findall(r"`contactcentre ([a-z]+)(?: ([a-z\\|]+))?", (root / name).read_text())
    for command, actions in named:
        assert command in COMMANDS
        for action in filter(None, actions.split("\\|")):
            with pytest.raises(SystemExit) as left:
                parser().parse_args([command, action, "--help"])
            assert left.value.code == 0, f"{name}: contactcentre {command} {action}"
