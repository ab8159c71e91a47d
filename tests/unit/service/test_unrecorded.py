"""Records that nobody closes."""

from collections.abc import Sequence

import pytest

from agents_ui.shell.port import Unavailable
from contactcentre.core import events
from contactcentre.core.call import signals
from contactcentre.core.call.state import Call, CallerChannel, Phase
from contactcentre.engine.clock import now
from contactcentre.features.desk.unrecorded import DAY_S, Unrecorded
from contactcentre.storage.audit import AuditEntry
from contactcentre.testing import START

pytestmark = pytest.mark.unit


def ended(call_id: str) -> Call:
    """A call that is over."""
    return Call(
        call_id=call_id,
        channel=CallerChannel(name="", unique_id=""),
        caller=None,
        dialled="",
        arrived_at=START,
        phase=Phase.ENDED,
        since=START,
    )


async def test_what_is_old_enough_is_given_up() -> None:
    """The journal is asked for what ended so many days ago, and each is closed by an event; on a
    supervisor's word the journal is asked for them by name."""
    call = ended("c1")
    asked: list[float] = []
    posted: list[events.Event] = []

    async def unsaved(before: float, limit: int) -> list[Call]:
        asked.append(before)
        return [call]

    async def records(call_ids: Sequence[str]) -> list[Call]:
        return [call] * len(call_ids)

    unrecorded = Unrecorded(unsaved, records, posted.append, days=lambda: 7)
    await unrecorded.look()
    assert asked[0] == pytest.approx(now() - 7 * DAY_S, abs=60.0)
    (event,) = posted
    assert isinstance(event, signals.RecordGivenUp)
    assert (event.call_id, event.call, event.by) == ("c1", call, "")
    assert await unrecorded.give_up(["c1"], "u1") == 1
    assert isinstance(posted[1], signals.RecordGivenUp)
    assert posted[1].by == "u1"


async def test_whose_records_are_closed_by_whom_is_written_down_first() -> None:
    """And where that can't be, none is closed."""
    told: list[AuditEntry] = []
    posted: list[events.Event] = []

    async def records(call_ids: Sequence[str]) -> list[Call]:
        return [ended(call_id) for call_id in call_ids]

    async def note(entries: Sequence[AuditEntry]) -> None:
        told.extend(entries)
        if len(told) > 2:
            raise Unavailable

    unrecorded = Unrecorded(_none, records, posted.append, days=lambda: 7, note=note)
    assert await unrecorded.give_up(["c1", "c2"], "u1") == 2
    assert [(one.who, one.action, one.object) for one in told] == [
        ("u1", "records.given_up", "c1"),
        ("u1", "records.given_up", "c2"),
    ]
    with pytest.raises(Unavailable):
        await unrecorded.give_up(["c3"], "u1")
    assert len(posted) == 2


async def _none(before: float, limit: int) -> Sequence[Call]:
    return ()
