"""From a page's JSON to a command."""

from __future__ import annotations

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_ui.desk import commands

pytestmark = pytest.mark.web

LONG = "x" * 10_001
RECORD = {"call_id": "c", "kind": "k", "services": [], "outcome": "", "finish": True}


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("note", {"call_id": "c", "text": LONG, "version": 1}),
        ("note", {"call_id": "c", "text": "", "version": -1}),
        ("identify", {"call_id": "c", "level": -1, "method": "x"}),
        ("identify", {"call_id": "c", "level": 1, "method": LONG}),
        ("identify", {"call_id": "c", "level": True, "method": "x"}),
        ("pass_on", {"call_id": "c", "queue": ""}),
        ("pass_on", {"call_id": "c", "queue": "taxes", "service": LONG}),
        ("microphone", {"granted": "yes"}),
        ("microphone", {}),
        ("save", {**RECORD, "services": ["s"] * 21}),
        ("save", {**RECORD, "services": "abc"}),
        ("save", {**RECORD, "kind": LONG}),
    ],
)  # fmt: skip
def test_arguments_have_limits(name, args):
    """Arguments of a wrong type, or beyond what a person writes, are refused."""
    with pytest.raises(commands.BadMessage) as bad:
        commands.parse(_json(name, args))
    assert (bad.value.error, bad.value.number) == ("bad-arguments", 1)


def test_errors_do_not_quote():
    """What the page sent, which may be a person's data, is in no error text."""
    with pytest.raises(commands.BadMessage) as bad:
        commands.parse(_json("note", {"call_id": "c", "text": 12345, "version": "29123445"}))
    assert "29123445" not in f"{bad.value} {bad.value.__cause__}"


@given(st.text() | st.binary())
def test_anything_is_read_or_refused(data):
    """Whatever arrives is a command, a greeting or a named error."""
    with suppress(commands.BadMessage):
        commands.parse(data)


def _json(name, args):
    return msgspec.json.encode({"type": "command", "id": 1, "name": name, "args": args})
