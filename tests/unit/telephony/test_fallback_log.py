"""What the log of the fallback queue means, as Asterisk 22 writes it."""

from pathlib import Path

import pytest

from contactcentre.core import events
from contactcentre.telephony.fallback_log import FallbackEntry, FallbackLog, told

pytestmark = pytest.mark.unit

CALL = f"{1:032x}"
CHANNEL = "1790000000.7"
NOW = 1_790_000_500.0


def entry(event: str, *data: str, member: str = "NONE", channel: str = CHANNEL) -> FallbackEntry:
    """One row."""
    first, second, third = (*data, "", "", "")[:3]
    return FallbackEntry(channel, member, event, (first, second, third))


def fell(at: int, call_id: str = "") -> FallbackEntry:
    """The caller comes into a round of the queue."""
    return entry("FELL", str(at), "60000100", call_id)


ENTER = entry("ENTERQUEUE", "", "+37120000001", "1")
CONNECT = entry("CONNECT", "9", "1790000012.9", "3", member="a-1")
COMPLETE = entry("COMPLETEAGENT", "9", "42", "1", member="a-1")


def only(*entries: FallbackEntry) -> events.FallbackEnded:
    """What they mean."""
    (event,) = told(entries, NOW)
    return event


def test_an_agent_answered() -> None:
    """Who rang, when, answered by whom, how long."""
    assert only(fell(1_790_000_004, CALL), ENTER, CONNECT, COMPLETE) == (
        events.FallbackEnded(
            at=NOW,
            call_id=CALL,
            channel_id=CHANNEL,
            caller="+37120000001",
            dialled="60000100",
            arrived_at=1_790_000_000.0,
            queued_at=1_790_000_004.0,
            answered_at=1_790_000_013.0,
            endpoint="a-1",
            ended_at=1_790_000_055.0,
        )
    )


def test_rounds_are_one_wait() -> None:
    """It began with the first; the time of the answer is counted from the last."""
    first = (fell(1_790_000_004), entry("EXITWITHTIMEOUT", "1", "1", "20"))
    meant = only(*first, fell(1_790_000_025), CONNECT, COMPLETE)
    assert (meant.queued_at, meant.answered_at) == (1_790_000_004.0, 1_790_000_034.0)


@pytest.mark.parametrize("how", ["ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY"])
def test_nobody_answered(how: str) -> None:
    """The caller gave up, in the queue or after it."""
    meant = only(fell(1_790_000_004), entry(how, "1", "1", "17"))
    assert (meant.answered_at, meant.endpoint) == (None, "")
    assert meant.ended_at == 1_790_000_021.0


def test_nobody_was_there() -> None:
    """The queue took nobody in: no more is known than when it was tried."""
    meant = only(fell(1_790_000_004))
    assert (meant.ended_at, meant.caller) == (1_790_000_004.0, None)


def test_a_talk_that_asterisk_did_not_see_the_end_of() -> None:
    """It was answered."""
    meant = only(fell(1_790_000_004), CONNECT)
    assert meant.answered_at == meant.ended_at == 1_790_000_013.0


def test_whoever_came_back_to_us_is_ours() -> None:
    """What was before is known better; what is after counts anew."""
    back = (fell(1_790_000_004), entry("ABANDON", "1", "1", "3"), entry("BACK"))
    assert list(told(back, NOW)) == []
    assert only(*back, fell(1_790_000_100)).queued_at == 1_790_000_100.0


def test_a_call_without_a_name_of_ours_gets_the_same_each_time() -> None:
    """Told twice, after a crash, it is one call."""
    first, again = only(fell(1_790_000_004)), only(fell(1_790_000_004))
    other = only(entry("FELL", "1", "60000100", channel="1790000000.8"))
    assert first.call_id == again.call_id != other.call_id


def test_what_was_told_is_forgotten(tmp_path: Path) -> None:
    """At the next look; the rest is read in the order of what happened."""
    log = FallbackLog(tmp_path / "log.sqlite")
    log.create()
    with log._opened() as db:
        db.executemany(
            "INSERT INTO queue_log (callid, agent, event, data1) VALUES (?, 'NONE', ?, ?)",
            [
                ("NONE", "QUEUESTART", None),
                ("2.1", "FELL", "5"),
                ("1.1", "FELL", "3"),
                ("2.1", "X", ""),
            ],
        )
    assert [(one.channel_id, one.event) for one in log.read_on(())] == [
        ("1.1", "FELL"),
        ("2.1", "FELL"),
        ("2.1", "X"),
    ]
    assert [one.channel_id for one in log.read_on({"2.1"})] == ["1.1"]
