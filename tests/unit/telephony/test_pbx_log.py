"""What of Asterisk's words is written down: no number, no stranger's word, never without end."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcentre.telephony import pbx_log
from contactcentre.telephony.pbx_log import PbxLog

pytestmark = pytest.mark.unit


class Clock:
    """Stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> Iterator[PbxLog]:
    """Of an Asterisk that has the phones a-1 and a-2."""
    made = PbxLog(tmp_path, known=lambda account: account in ("a-1", "a-2"), clock=clock)
    yield made
    made.close()


def line(level: str, message: str, file: str = "chan_pjsip.c", number: int = 7) -> bytes:
    """As Asterisk writes it."""
    location = {"filename": file, "function": "f", "line": number}
    said = {"location": location, "level": level, "message": message}
    whole = {"timestamp": "2026-11-28 16:16:50.788", "identifiers": {"lwp": 5}, "logmsg": said}
    return json.dumps(whole).encode()


def refusal(event: str, account: str, *more: str, address: str = "192.0.2.7/5060") -> bytes:
    """A line of res_security_log."""
    fields = [
        f'SecurityEvent="{event}"',
        'EventTV="2026-11-28T16:16:50.788+0000"',
        'Severity="Error"',
        'Service="PJSIP"',
        'EventVersion="1"',
        f'AccountID="{account}"',
        'SessionID="abc"',
        'LocalAddress="IPV4/UDP/192.0.2.1/5060"',
        f'RemoteAddress="IPV4/UDP/{address}"',
        *more,
    ]
    return line("SECURITY", ",".join(fields), "res_security_log.c")


@pytest.mark.parametrize(
    "words",
    [
        "Unable to create PJSIP/+37120000001@carrier",
        "no route to 37120000001",
        "from '<sip:janis.berzins@example.org>'",
        "from tel:20000001",
        'from "x" <sips:%2b37120000001@[2001:db8::1]>',
        "two\nlines of 20000001",
    ],
)
def test_no_number_and_no_address_of_a_person(log: PbxLog, tmp_path: Path, words: str) -> None:
    """What is left still says what is wrong, in one line."""
    log.take(line("WARNING", words))
    written = (tmp_path / "messages").read_text()
    assert written.count("\n") == 1
    assert written.startswith("[2026-11-28 16:16:50.788] WARNING[5] chan_pjsip.c: ")
    for hidden in ("20000001", "janis", "berzins"):
        assert hidden not in written


def test_what_is_no_number_stays(log: PbxLog, tmp_path: Path) -> None:
    """Channels, addresses, phones."""
    words = "PJSIP/a-1-0000002a of 192.0.2.1:5060 at 2001:db8::1, a-12345678"
    log.take(line("ERROR", words))
    assert words in (tmp_path / "messages").read_text()


def test_other_levels_are_not_written(log: PbxLog, tmp_path: Path) -> None:
    """They print what is pressed and said."""
    for level in ("VERBOSE", "NOTICE", "DEBUG", "DTMF"):
        log.take(line(level, "begin '7' received"))
    assert (tmp_path / "messages").read_text() == ""


def test_a_refusal_names_our_accounts_only(log: PbxLog, tmp_path: Path) -> None:
    """A stranger may write anything for a name, a citizen's number, too; no digest is written."""
    proof = 'Challenge="1/c"', 'Response="abc"', 'ExpectedResponse=""'
    log.take(refusal("ChallengeResponseFailed", "a-1", *proof))
    log.take(refusal("InvalidAccountID", "+37120000001"))
    log.take(refusal("ChallengeSent", "a-1"))
    log.take(refusal("SuccessfulAuth", "a-1"))
    assert (tmp_path / "security").read_text().splitlines() == [
        "[2026-11-28 16:16:50.788] ChallengeResponseFailed service=PJSIP account=a-1"
        " from=udp/192.0.2.7:5060",
        "[2026-11-28 16:16:50.788] InvalidAccountID service=PJSIP account=…"
        " from=udp/192.0.2.7:5060",
    ]


@pytest.mark.parametrize("event", ["InvalidAccountID", "ChallengeResponseFailed"])
def test_nobody_else_is_blamed(log: PbxLog, tmp_path: Path, event: str) -> None:
    """Asterisk quotes nothing: a name with quotation marks and line breaks makes another field."""
    forged = 'x\r\n",SecurityEvent="FailedACL",RemoteAddress="IPV4/UDP/198.51.100.1/1'
    answer = 'Response="",RemoteAddress="IPV4/UDP/198.51.100.1/1"'
    log.take(refusal(event, forged))
    log.take(refusal(event, "x", answer, 'ExpectedResponse=""'))
    written = (tmp_path / "security").read_text()
    assert "198.51.100.1" not in written
    assert written.count(event) == written.count("\n") == 2


def test_a_flood_is_counted(log: PbxLog, clock: Clock, tmp_path: Path) -> None:
    """Twenty a minute of one kind; what comes later is told with how many there were, and other
    kinds meanwhile."""
    for _ in range(10_000):
        log.take(line("WARNING", "accept failed", number=1))
        log.take(refusal("InvalidAccountID", "x"))
    log.take(line("WARNING", "another", number=2))
    log.take(refusal("InvalidAccountID", "x", address="192.0.2.8/1"))
    messages, security = (tmp_path / name for name in ("messages", "security"))
    assert len(messages.read_text().splitlines()) == len(security.read_text().splitlines()) == 21
    clock.now += 60
    log.take(line("WARNING", "accept failed", number=1))
    assert messages.read_text().splitlines()[-1].endswith("(9980 more like this were left out)")


def test_a_file_does_not_grow_for_ever(
    log: PbxLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few of them go round, each its owner's alone."""
    for handler in log._messages.handlers:
        monkeypatch.setattr(handler, "maxBytes", 1000)
    for number in range(400):
        log.take(line("WARNING", "x" * 90, number=number))
    files = sorted(tmp_path.glob("messages*"))
    assert len(files) == pbx_log.FILES
    assert all(file.stat().st_size <= 1000 for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_it_is_followed_to_its_end(log: PbxLog, tmp_path: Path) -> None:
    """Whole lines however they come; a line without end is cut, and what is no JSON is told."""
    output = asyncio.StreamReader()
    whole = line("WARNING", "first") + b"\n" + b"Segmentation fault at 20000001\n"
    for start in range(0, len(whole), 7):
        output.feed_data(whole[start : start + 7])
    output.feed_data(b"y" * 3_000_000 + b"\n" + line("ERROR", "last"))
    output.feed_eof()
    await log.follow(output)
    first, fault, endless, last = (tmp_path / "messages").read_text().splitlines()
    assert first.endswith("first")
    assert fault == "Segmentation fault at …"
    assert len(endless) <= pbx_log.LINE
    assert last.endswith("last")
