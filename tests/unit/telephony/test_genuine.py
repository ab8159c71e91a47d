"""A stranger's line breaks in Asterisk's events: nothing that is forged is taken for Asterisk's.

The samples are recorded from a real Asterisk 22.10.1, whole; numbers and names are made up.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.telephony.ami_message import AmiMessage
from contactcentre.telephony.genuine import is_whole
from contactcentre.telephony.translation import TABLE, translate

pytestmark = pytest.mark.unit

SAMPLES = tuple(
    (Path(__file__).parent / "events.txt").read_text(encoding="utf-8").strip().split("\n\n")
)
"""One event of each kind."""

OPEN = ("CallerIDNum: ", "ConnectedLineNum: ", "Exten: ", "Channel: ", "DialString: ", "URI: ")
"""Fields into which something of a stranger has come, with the worst configuration."""

LONGEST = 79
"""Asterisk keeps no more of a number or of an extension."""

OURS = f"{7:032x}"


def messages(stream: str) -> Iterator[AmiMessage]:
    """What the reader makes of it."""
    for block in stream.split("\r\n\r\n"):
        message = AmiMessage.read(block.strip("\r\n"))
        if message is not None:
            yield message


def wire(sample: str) -> str:
    """As Asterisk writes it."""
    return sample.replace("\n", "\r\n") + "\r\n\r\n"


def test_there_is_a_sample_of_each() -> None:
    """Every event that means something to us, and each is whole."""
    read = [message for sample in SAMPLES for message in messages(wire(sample))]
    assert {message.event for message in read} == {*TABLE, "CoreShowChannel"}
    assert all(map(is_whole, read))


@pytest.mark.parametrize("sample", SAMPLES, ids=[one.split("\n")[0][7:] for one in SAMPLES])
def test_without_one_of_its_lines_it_is_none(sample: str) -> None:
    """What an event is known by is in it, in order: half an event is none."""
    lines = sample.split("\n")
    half = "\n".join(lines[:1] + lines[3:])
    assert not any(map(is_whole, messages(wire(half))))
    assert not any(map(is_whole, messages(wire("\n".join([lines[0], *lines[:0:-1]])))))


LINES = st.one_of(
    st.sampled_from(sorted(TABLE)).map(lambda name: f"Event: {name}"),
    st.sampled_from(
        [
            "",
            "Privilege: call,all",
            "Timestamp: 1.0",
            f"AccountCode: {OURS}",
            f"accountcode: {OURS}-1",
            f"DestAccountCode: {OURS}-1",
            "Channel: PJSIP/a-1-00000001",
            "Uniqueid: 1.1",
            "Linkedid: 1.2",
            "ContactStatus: Removed",
            "EndpointName: a-1",
            "AOR: a-1",
            "URI: x",
            "Cause: 16",
            "DialStatus: ANSWER",
            "Response: Failure",
        ]
    ),
    st.text(max_size=20),
)
INJECTED = st.lists(LINES, max_size=6).map(lambda lines: "\r\n".join(lines)[:LONGEST])


@given(data=st.data())
def test_nothing_forged_means_anything(data: st.DataObject) -> None:
    """Whatever stands in a field: no fact comes of it but the one that Asterisk has told."""
    sample = data.draw(st.sampled_from(SAMPLES))
    told = [translate(message, 0.0) for message in messages(wire(sample))]
    field = data.draw(st.sampled_from([name for name in OPEN if f"\n{name}" in sample]))
    before, name, after = wire(sample).partition(f"\r\n{field}")
    forged = f"{before}{name}{data.draw(INJECTED)}\r\n{after.partition(chr(13))[2][1:]}"
    meant = [translate(one, 0.0) for one in messages(forged) if is_whole(one)]
    if field in ("Channel: ", "URI: "):  # a name that is not ours names none of ours
        told = [*told, *meant[:1]]
    assert all(fact is None or fact in told for fact in meant)
