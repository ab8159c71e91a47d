"""From a page's JSON to the event that it asks for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_ui.desk.port import BadCommand
from contactcentre.core.commands import COMMANDS
from contactcentre.features.desk.commands import event_of

pytestmark = pytest.mark.web

LONG = "x" * 10_001
RECORD = {
    "call_id": "c", "kind": "other", "services": [], "outcome": "answered", "finish": True
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("note", {"call_id": "c", "text": LONG, "base": 1}),
        ("note", {"call_id": "c", "text": "", "base": -1}),
        ("note", {"call_id": "c", "text": "a\0", "base": 1}),
        ("note", {"call_id": "c", "text": "", "base": 10**30}),
        ("identify", {"call_id": "c", "level": -1, "method": "x"}),
        ("identify", {"call_id": "c", "level": 1, "method": "x\n"}),
        ("identify", {"call_id": "c", "level": 1, "method": LONG}),
        ("identify", {"call_id": "c", "level": True, "method": "x"}),
        ("queue_transfer", {"call_id": "c", "queue": ""}),
        ("queue_transfer", {"call_id": "c", "queue": "taxes", "service": LONG}),
        ("microphone", {"granted": "yes"}),
        ("microphone", {}),
        ("microphone", {"granted": True, "seen": 1}),
        ("ready", {"agent_id": "somebody-else"}),
        ("ready", {"at": 0.0}),
        ("extend", {"call_id": "c", "seconds": 3600}),
        ("save", {**RECORD, "services": ["s"] * 21}),
        ("save", {**RECORD, "services": "abc"}),
        ("save", {**RECORD, "kind": LONG}),
        ("save", {**RECORD, "kind": "klingon"}),
        ("save", {**RECORD, "kind": "not_recorded"}),
        ("save", {**RECORD, "outcome": "klingon"}),
        ("save", {**RECORD, "services": ["a\0"]}),
    ],
)  # fmt: skip
def test_arguments_have_limits(name, args):
    """Arguments of a wrong type, unknown ones, those that are the service's own, or beyond what a
    person writes, are refused."""
    with pytest.raises(BadCommand) as bad:
        asked(name, args)
    assert bad.value.error == "bad-arguments"


def test_errors_do_not_quote():
    """What the page sent, which may be a person's data, is in no error text."""
    with pytest.raises(BadCommand) as bad:
        asked("note", {"call_id": "c", "text": 12345, "base": "29123445"})
    assert "29123445" not in f"{bad.value} {bad.value.__cause__}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
WORDS = st.sampled_from([field.name for kind in COMMANDS.values() for field in fields(kind)])


@given(st.sampled_from([*COMMANDS, "DROP"]), st.dictionaries(WORDS | st.text(), JSON))
def test_anything_is_read_or_refused(name, args):
    """Whatever arrives is a command or a named error."""
    with suppress(BadCommand):
        asked(name, args)


def asked(name, args):
    """What the page of an agent asks for."""
    return event_of("a1", name, args, at=1.0)
