"""The scan of a run finds what is planted in any trace, and lets pass what may be there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lab.overheard import ASKED, IN_PASSING, OURS, TOLD, VARIABLES, line_of
from lab.traces import HIDDEN, Traces, scan

pytestmark = pytest.mark.unit

NUMBER, NAME = "+37126543217", "Anna Bērziņa"
CALL = "0123456789abcdef" * 2
CHANNEL = "PJSIP/carrier-00000001"
SECRET = "a4a41e0068e4bb225564c94b20a92519"


@pytest.fixture
def traces(tmp_path: Path) -> Traces:
    """Of a hotline that has known a number and a name."""
    kept = Traces(tmp_path / "run" / "one")
    kept.hide("number", NUMBER)
    kept.hide("name", NAME)
    return kept


def found(traces: Traces) -> list[str]:
    """What the scan says of it."""
    traces.close()
    return [f"{one.file.name}:{one.line} {one.what}" for one in scan(traces.folder.parent)]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("service.log", '{"event": "x", "caller": "26543217"}'),
        ("addresses.txt", "GET /person/26543217"),
        ("file-names.txt", "messages/26543217.wav"),
        (f"ami/1{TOLD}", f"CallerIDName: {NUMBER}"),
        (f"ami/1{ASKED}", f"Variable: CC_CALL={NUMBER}"),
        (f"ami/1{ASKED}", f"Variable: X={NUMBER}"),
        (f"channels{VARIABLES}", line_of(CHANNEL, "X", NUMBER)),
    ],
)
def test_a_planted_number(traces: Traces, file: str, line: str) -> None:
    """Wherever it is."""
    traces.keep(file, f"nothing\n{line}\n".encode())
    assert f"{Path(file).name}:2 number" in found(traces)


def test_who_is_at_the_ends_of_a_call(traces: Traces) -> None:
    """Asterisk's fields for that may hold a number, and no name."""
    for field in ("CallerIDNum", "DestConnectedLineNum"):
        traces.note(f"told{TOLD}", f"{field}: {NUMBER}")
    traces.note(f"asked{ASKED}", f"CallerID: <{NUMBER}>")
    traces.note(f"told{TOLD}", f"CallerIDNum: {NAME}")
    traces.note(f"asked{ASKED}", f"CallerID: {NAME} <{NUMBER}>")
    assert found(traces) == [f"asked{ASKED}:2 name", f"told{TOLD}:3 name"]


def test_what_the_service_is_asked_with(traces: Traces) -> None:
    """Asterisk shows it of a channel that asks just then, and nowhere else."""
    traces.hide("secret", SECRET)
    asks = f"agi://127.0.0.1:4573/call,{SECRET}"
    traces.note(f"told{TOLD}", f"ApplicationData: {asks}")
    traces.note(f"told{TOLD}", f"AppData: {asks}")
    traces.note(f"told{TOLD}", f"ApplicationData: {SECRET}")
    assert found(traces) == [f"told{TOLD}:2 secret", f"told{TOLD}:3 secret"]


def test_a_variable_of_ours_holds_what_its_row_says(traces: Traces) -> None:
    """A call's id, one key (D is ours alone); not several, and no variable without a row."""
    known = ("CC_CALL", CALL), ("CC_KEY", "7"), ("CC_KEY", "D"), ("CC_DONE", "")
    for name, value in known:
        traces.keep(f"x{VARIABLES}", line_of(CHANNEL, name, value).encode())
    traces.keep(f"x{VARIABLES}", line_of(CHANNEL, "CC_KEY", "73").encode())
    traces.keep(f"x{VARIABLES}", line_of(CHANNEL, "CC_OTHER", "1").encode())
    traces.note(f"x{ASKED}", "Variable: CC_NUMBER=1")
    assert found(traces) == [
        f"x{ASKED}:1 variable CC_NUMBER",
        f"x{VARIABLES}:5 variable CC_KEY",
        f"x{VARIABLES}:6 variable CC_OTHER",
    ]


def test_a_number_in_passing_is_emptied(traces: Traces) -> None:
    """Where the dialplan reads it."""
    for value in (NUMBER, ""):
        traces.keep(f"x{VARIABLES}", line_of(CHANNEL, "CC_USER", value).encode())
    assert found(traces) == []
    traces.keep(f"x{VARIABLES}", line_of(CHANNEL, "CC_URI", NUMBER).encode())
    assert found(traces) == [f"x{VARIABLES}:3 variable CC_URI is not emptied"]


def test_each_rehearsal_has_its_own(traces: Traces) -> None:
    """What is hidden in one need not be in another, and none of it is in what is told."""
    other = Traces(traces.folder.parent / "two")
    other.note("service.log", NUMBER)
    other.close()
    assert found(traces) == []
    assert NUMBER in dict(map(reversed, json.loads((traces.folder / HIDDEN).read_text())))


def test_the_table_of_variables_is_the_document_s(root: Path) -> None:
    """And each that the dialplan sets is in it."""
    text = (root / "docs/security/traces.md").read_text()
    assert re.findall(r"^\| `(CC_\w+)` ", text, re.MULTILINE) == list(OURS)
    dialplan = (root / "config/asterisk/extensions.conf.j2").read_text()
    assert set(re.findall(r"Set\((CC_\w+)=", dialplan)) <= OURS.keys() | IN_PASSING
