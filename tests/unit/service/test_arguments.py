"""The command line: what may be typed can be done, and what the documents name may be typed."""

import re
from pathlib import Path

import pytest

from contactcentre.__main__ import COMMANDS, main

pytestmark = pytest.mark.unit

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/settings.md", "docs/replay.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` names it."""
    assert main([command, "--help"]) == 0
    assert f"contactcentre {command}" in capsys.readouterr().out


def test_no_command_is_without_its_work(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `--help` lists is what can be run."""
    assert main(["--help"]) == 0
    listed = re.findall(r"^  ([a-z]+): ", capsys.readouterr().out, re.MULTILINE)
    assert listed == list(COMMANDS)
    with_app = {
        path.stem
        for path in (root / "contactcentre" / "cli").glob("*.py")
        if "\napp = program(" in path.read_text()
    }
    assert set(listed) == with_app


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Usage: contactcentre COMMAND"),
        (["flow"], "Usage: contactcentre flow COMMAND"),
        (["sevre"], 'contactcentre: Unknown command "sevre". Did you mean "serve"?'),
        (["staffing"], "--calls-per-hour"),
        (["staffing", "--calls-per-hour", "many"], 'unable to convert "many" into float'),
        (["replay", "--jsno"], "Unknown option: --jsno. Did you mean --json?"),
        (["serve", "--settings", "x"], "Unknown option: --settings"),
        (["crisis", "perhaps"], "perhaps"),
    ],
)
def test_words_that_are_none(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are told on standard error, with what was meant, and nothing is done."""
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_a_setting_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named, and nothing is done."""
    monkeypatch.setenv("CC_PROT", "80")
    assert main(["migrate"]) == 2
    assert capsys.readouterr().err.startswith("contactcentre: unknown setting CC_PROT")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_name_commands_that_there_are(root: Path, name: str) -> None:
    """Each `contactcentre …` in them, with each of its alternatives."""
    named = re.findall(r"`contactcentre ([a-z]+)(?: ([a-z\\|]+))?", (root / name).read_text())
    for command, actions in named:
        assert command in COMMANDS
        for action in filter(None, actions.split("\\|")):
            assert main([command, action, "--help"]) == 0, f"{name}: {command} {action}"
