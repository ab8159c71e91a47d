"""Records that nobody closes."""

from collections.abc import Sequence

import pytest

from contactcentre.core import events
from contactcentre.core.call import signals
from contactcentre.core.call.state import Call, CallerChannel, Phase
from contactcentre.engine.clock import now
from contactcentre.features.desk.unrecorded import DAY_S, Unrecorded
from contactcentre.testing import START

pytestmark = pytest.mark.unit


async def test_what_is_old_enough_is_given_up() -> None:
    """The journal is asked for what ended so many days ago, and each is closed by an event; on a
    supervisor's word the journal is asked for them by name."""
    call = Call(
        call_id="c1",
        channel=CallerChannel(name="", unique_id=""),
        caller=None,
        dialled="",
        arrived_at=START,
        phase=Phase.ENDED,
        since=START,
    )
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
