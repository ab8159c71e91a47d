"""What Asterisk 22 said on its manager interface, and what that means for us.

The transcripts are recorded from a real Asterisk as `config/asterisk` sets it up, whole and in
order; only headers that hold numbers, names and dialplan places are left out.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.core import events
from contactcentre.core.events import Where
from contactcentre.core.outcomes import DialResult
from contactcentre.telephony.ami_message import AmiMessage
from contactcentre.telephony.translation import (
    TABLE,
    channel,
    dial_result,
    is_call,
    is_offer,
    translate,
)
from routing.model import Device

pytestmark = pytest.mark.unit

TRANSCRIPTS = Path(__file__).parent / "transcripts"

CALL = f"{1:032x}"
FIRST, SECOND = f"{CALL}-1", f"{CALL}-2"
THEN = 1.0
LATER = 2_000_000_000.0


def dialed(offer_id: str, leg: str) -> list[events.Event]:
    """The agent's leg, dialled and ringing."""
    return [
        events.LegDialed(at=THEN, offer_id=offer_id, leg=f"PJSIP/{leg}"),
        events.LegRang(at=THEN, offer_id=offer_id),
    ]


def left(cause: int) -> events.Event:
    """The caller is gone."""
    return events.CallerHungUp(at=THEN, call_id=CALL, cause=cause)


def hung_up(offer_id: str, cause: int) -> events.Event:
    """The agent's leg is gone."""
    return events.LegHungUp(at=THEN, offer_id=offer_id, cause=cause)


def phone(contact: str, *, reachable: bool) -> events.Event:
    """The agent's phone at a contact."""
    return events.PhoneSeen(at=THEN, endpoint="a-1", reachable=reachable, contact=contact)


EXPECTED: dict[str, list[events.Event]] = {
    "answered-and-ended-by-agent": [
        *dialed(FIRST, "a-1-00000001"),
        events.LegAnswered(at=THEN, offer_id=FIRST),
        hung_up(FIRST, 16),
        left(16),
    ],
    "not-answered": [*dialed(FIRST, "a-1-00000003"), hung_up(FIRST, 0), left(0)],
    "rejected": [*dialed(FIRST, "a-1-00000005"), hung_up(FIRST, 17), left(17)],
    "unreachable": [left(3)],
    # Asterisk told of the ringing before the dial.
    "caller-leaves-while-ringing": [
        *reversed(dialed(FIRST, "a-1-00000008")),
        hung_up(FIRST, 16),
        left(0),
    ],
    "held-and-left-by-caller": [
        *dialed(FIRST, "a-1-0000000a"),
        events.LegAnswered(at=THEN, offer_id=FIRST),
        events.HoldStarted(at=THEN, offer_id=FIRST),
        events.HoldEnded(at=THEN, offer_id=FIRST),
        hung_up(FIRST, 16),
        left(16),
    ],
    "agent-comes-back": [
        *dialed(FIRST, "a-1-0000000c"),
        events.LegAnswered(at=THEN, offer_id=FIRST),
        hung_up(FIRST, 16),
        *dialed(SECOND, "a-1-0000000d"),
        events.LegAnswered(at=THEN, offer_id=SECOND),
        hung_up(SECOND, 16),
        left(16),
    ],
    "key-pressed": [events.DigitPressed(at=THEN, call_id=CALL, digit="5"), left(0)],
    "fallback-queue": [
        events.PhoneBusy(at=THEN, endpoint="a-1", busy=True),
        events.PhoneBusy(at=THEN, endpoint="a-1", busy=False),
    ],
    "phone-registers-anew": [
        phone("sip:a-1@127.0.0.1:35889", reachable=True),
        phone("sip:a-1@127.0.0.1:54522", reachable=True),
        phone("sip:a-1@127.0.0.1:35889", reachable=False),
        phone("sip:a-1@127.0.0.1:54522", reachable=True),
    ],
}


def messages(name: str) -> Iterator[AmiMessage]:
    """A transcript, message by message."""
    text = (TRANSCRIPTS / f"{name}.txt").read_text(encoding="utf-8")
    for block in text.strip().split("\n\n"):
        yield AmiMessage(dict(line.partition(": ")[::2] for line in block.splitlines()))


def test_a_network_that_is_heard_has_found_the_mobile() -> None:
    """Early media (SIP 183) instead of a ring; what was heard before says nothing."""
    said = {"Event": "DialState", "DialStatus": "PROGRESS", "DestAccountCode": FIRST}
    assert translate(said, THEN) == events.LegRang(at=THEN, offer_id=FIRST)
    assert translate(said | {"DialStatus": "PROCEEDING"}, THEN) is None
    assert translate(said | {"DestAccountCode": CALL}, THEN) is None


def test_a_listed_channel_says_whether_its_phone_rings() -> None:
    """By its state, as `Newstate` does."""
    listed = {"Channel": "PJSIP/a-1-00000001", "ChannelStateDesc": "Ringing"}
    assert channel(listed).rings
    assert not channel(listed | {"ChannelStateDesc": "Down"}).rings


def test_a_citizen_who_is_not_reached() -> None:
    """The answer to our order carries the name of its dial; a success says nothing new."""
    said = {"Event": "OriginateResponse", "Response": "Failure", "Uniqueid": f"cb-{CALL}-2"}
    assert translate(said, THEN) == events.DialBackEnded(
        at=THEN, call_id=CALL, dial=f"cb-{CALL}-2", result=DialResult.UNREACHABLE
    )
    assert translate(said | {"Response": "Success"}, THEN) is None
    assert translate(said | {"Uniqueid": "1700000000.5"}, THEN) is None


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        (0, DialResult.NO_ANSWER),  # rang for as long as it was to
        (1, DialResult.NO_ANSWER),  # no such number: an attempt, or it would never end
        (16, DialResult.NO_ANSWER),
        (17, DialResult.BUSY),
        (19, DialResult.NO_ANSWER),
        (21, DialResult.DECLINED),
        (20, DialResult.NO_ANSWER),  # switched off
        (34, DialResult.UNREACHABLE),  # no circuit
        (38, DialResult.UNREACHABLE),  # the network is out of order
        (42, DialResult.UNREACHABLE),  # congestion
    ],
)
def test_why_a_citizen_was_not_reached(cause: int, result: DialResult) -> None:
    """The channel's end says whether anything rang at the other."""
    gone = {
        "Event": "Hangup",
        "AccountCode": CALL,
        "Uniqueid": f"cb-{CALL}-1",
        "Linkedid": f"cb-{CALL}-1",
        "ChannelStateDesc": "Down",
        "Cause": str(cause),
    }
    dial = f"cb-{CALL}-1"
    assert translate(gone, THEN) == events.DialBackEnded(
        at=THEN, call_id=CALL, dial=dial, result=result
    )
    lifted = translate(gone | {"ChannelStateDesc": "Up"}, THEN)
    assert lifted == events.CallerHungUp(at=THEN, call_id=CALL, cause=cause)


def test_a_citizen_whom_we_rang_is_no_other_call_s_leg() -> None:
    """Though Asterisk links it to whatever the agent's leg had begun in."""
    gone = {
        "Event": "Hangup",
        "Channel": "Local/s@cc-ring-back-00000000;1",
        "Uniqueid": f"cb-{CALL}-1",
        "Linkedid": "1795976319.5",
        "AccountCode": CALL,
        "ChannelStateDesc": "Up",
        "Cause": "16",
    }
    assert translate(gone, THEN) == events.CallerHungUp(at=THEN, call_id=CALL, cause=16)


def test_a_call_to_a_citizen_that_has_left() -> None:
    """The exchange has sent it out under our name."""
    begun = {"Event": "DialBegin", "DestUniqueid": f"cb-{CALL}-1", "DestAccountCode": CALL}
    dialed = events.CitizenDialed(at=THEN, call_id=CALL, dial=f"cb-{CALL}-1")
    assert translate(begun, THEN) == dialed


def test_every_transcript_is_read() -> None:
    """No transcript lies about unused."""
    assert {path.stem for path in TRANSCRIPTS.glob("*.txt")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_transcript_means_exactly_this(name: str) -> None:
    """The whole of what Asterisk said, in order, and nothing more than these facts."""
    meant = [translate(message, LATER) for message in messages(name)]
    assert [replace(event, at=THEN) for event in meant if event is not None] == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_facts_carry_asterisk_s_own_time(name: str) -> None:
    """Not the time at which we read of them."""
    for message in messages(name):
        event = translate(message, LATER)
        assert event is None or event.at == float(message["Timestamp"])


def test_no_fact_is_of_the_future() -> None:
    """Asterisk's wall clock was set forward (or ours back), and ours is not yet looked at."""
    hangup = {"Event": "Hangup", "AccountCode": FIRST, "Cause": "16", "Timestamp": "3605.0"}
    event = translate(hangup, 5.0)
    assert event is not None
    assert event.at == 5.0


def test_without_a_time_it_is_now() -> None:
    """A message with none, or with nonsense for one, takes the reader's clock."""
    hangup = {"Event": "Hangup", "AccountCode": FIRST, "Cause": "x"}
    assert translate(hangup, 5.0) == events.LegHungUp(at=5.0, offer_id=FIRST, cause=0)
    assert translate(hangup | {"Timestamp": "soon"}, 5.0) == translate(hangup, 5.0)


def test_only_a_caller_s_own_channel_ends_the_call() -> None:
    """A second channel with the caller's account code (a transfer's) is not the caller."""
    own = {"Event": "Hangup", "AccountCode": CALL, "Uniqueid": "1.1", "Linkedid": "1.1"}
    assert isinstance(translate(own, 0.0), events.CallerHungUp)
    assert translate(own | {"Uniqueid": "1.2", "Channel": "Local/x"}, 0.0) is None


@pytest.mark.parametrize(
    ("status", "reachable"),
    [
        ("Created", True),
        ("NonQualified", True),
        ("Reachable", True),
        ("Unreachable", False),
        ("Removed", False),
        ("Updated", None),
    ],
)
def test_what_a_contact_s_status_says_of_the_phone(status: str, reachable: bool | None) -> None:
    """An update of the contact says nothing new."""
    message = {"Event": "ContactStatus", "EndpointName": "a-1", "ContactStatus": status}
    event = translate(message, 0.0)
    assert (event.reachable if isinstance(event, events.PhoneSeen) else None) is reachable


def test_ids_are_told_apart_by_their_shape() -> None:
    """A call's id is 32 hexadecimal digits, an offer's has a number after it."""
    assert (is_call(CALL), is_offer(CALL)) == (True, False)
    assert (is_call(FIRST), is_offer(FIRST)) == (False, True)
    assert not is_call("")
    assert not is_offer(f"{FIRST}\n")


@pytest.mark.parametrize(
    ("device", "status", "cause", "result"),
    [
        ("browser", "ANSWER", "16", DialResult.ANSWERED),
        ("browser", "ANSWER", "44", DialResult.AUDIO_LOST),
        ("browser", "NOANSWER", "0", DialResult.NO_ANSWER),
        ("browser", "BUSY", "17", DialResult.DECLINED),  # so our page says no
        ("browser", "CONGESTION", "19", DialResult.DECLINED),
        ("desk", "BUSY", "17", DialResult.BUSY),  # in another call
        ("desk", "CHANUNAVAIL", "21", DialResult.DECLINED),
        ("mobile", "CONGESTION", "16", DialResult.NO_ANSWER),  # answered, and no key pressed
        ("mobile", "CONGESTION", "0", DialResult.NO_ANSWER),
        ("mobile", "CONGESTION", "34", DialResult.UNREACHABLE),  # the carrier has no line
        ("mobile", "NOANSWER", "0", DialResult.NO_ANSWER),
        ("mobile", "BUSY", "17", DialResult.BUSY),
        ("mobile", "CHANUNAVAIL", "21", DialResult.DECLINED),
        ("mobile", "CHANUNAVAIL", "0", DialResult.UNREACHABLE),
        ("browser", "CANCEL", "", DialResult.CANCELLED),
        ("browser", "DONTCALL", "x", DialResult.UNREACHABLE),
    ],
)
def test_what_came_of_a_dial(device: Device, status: str, cause: str, result: DialResult) -> None:
    """Each kind of phone says no, busy and nothing in words of its own."""
    assert dial_result(status, cause, device) is result


@pytest.mark.parametrize(
    ("application", "where"),
    [
        ("Queue", Where.FALLBACK_QUEUE),
        ("MusicOnHold", Where.FALLBACK_MUSIC),
        ("Read", Where.WORDS),
        ("Playback", Where.WORDS),
        ("AGI", Where.ELSEWHERE),
        ("", Where.ELSEWHERE),
    ],
)
def test_what_a_channel_is_in(application: str, where: Where) -> None:
    """The application tells it."""
    assert channel({"Application": application}).where is where


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("PJSIP/a-1-0000002a", "a-1"),
        ("PJSIP/carrier-0000002b", ""),
        ("Local/s@cc-return-00000001;1", ""),
        ("", ""),
    ],
)
def test_whose_phone_is_at_the_end_of_a_channel(name: str, endpoint: str) -> None:
    """The carrier's lines are nobody's phone."""
    assert channel({"Channel": name}).endpoint == endpoint


def test_a_leg_is_linked_to_the_channel_that_it_was_rung_for() -> None:
    """The caller's own channel is linked to itself."""
    assert channel({"Uniqueid": "1.2", "Linkedid": "1.1"}).rung
    assert not channel({"Uniqueid": "1.1", "Linkedid": "1.1"}).rung


HEADERS = sorted(
    {
        "AccountCode",
        "AOR",
        "Cause",
        "Channel",
        "ChannelStateDesc",
        "ContactStatus",
        "DestAccountCode",
        "DestChannel",
        "DialStatus",
        "Digit",
        "Direction",
        "EndpointName",
        "Linkedid",
        "Timestamp",
        "Uniqueid",
        "URI",
    }
)
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", CALL, FIRST, "1.1", "PJSIP/a-1-00000001", "PJSIP/", "ANSWER", "Ringing", "Removed"]
    ),
)


@given(
    event=st.one_of(st.sampled_from(sorted(TABLE)), st.text(max_size=10)),
    headers=st.dictionaries(st.sampled_from(HEADERS), VALUES),
)
def test_no_message_breaks_the_reader(event: str, headers: dict[str, str]) -> None:
    """Whatever Asterisk says: a fact or nothing, never an error."""
    meant = translate({**headers, "Event": event}, 0.0)
    assert meant is None or isinstance(meant, events.Event)
