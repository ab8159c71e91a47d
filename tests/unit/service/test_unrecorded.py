"""Records that nobody closes."""

import pytest

from contactcentre.core import events
from contactcentre.core.call import signals
from contactcentre.core.call.state import Call, CallerChannel, Phase
from contactcentre.engine.clock import now
from contactcentre.features.desk.unrecorded import DAY_S, Unrecorded
from contactcentre.testing import START

pytestmark = pytest.mark.unit


async def test_what_is_old_enough_is_given_up() -> None:
    """The journal is asked for what ended so many days ago, and each is closed by an event."""
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

    await Unrecorded(unsaved, posted.append, days=7).look()
    assert asked[0] == pytest.approx(now() - 7 * DAY_S, abs=60.0)
    (event,) = posted
    assert isinstance(event, signals.RecordGivenUp)
    assert (event.call_id, event.call) == ("c1", call)
