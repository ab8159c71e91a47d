"""What the journal in the database has of what an agent says: never whose number, nor what for."""

from __future__ import annotations

import pytest

from contactcentre.core import commands
from contactcentre.core.events import AgentEvent
from contactcentre.storage import codec, projection
from contactcentre.storage.entry import JournalRecord
from contactcentre.testing import START, call_id

pytestmark = pytest.mark.unit

NUMBER = "+37126000001"


@pytest.mark.parametrize(
    "event",
    [
        commands.DialChosen(at=START, agent_id="a1", number=NUMBER),
        commands.CallbackPromised(
            at=START, agent_id="a1", call_id=call_id(1), number=NUMBER, about="Par pabalstu"
        ),
    ],
)
def test_numbers_and_matters_stay_out_of_the_journal(event: AgentEvent) -> None:
    """Neither are they told where an event is printed."""
    record = JournalRecord(
        seq=1, at=START, kind="x", call_id=None, agent_id="a1", event=codec.encode(event), calls=()
    )
    rows = projection.rows("test", [record], home={}, centre={})
    for text in (repr(rows), repr(event)):
        assert NUMBER not in text
        assert "pabalstu" not in text
    assert rows.journal[0]["event"]["agent_id"] == "a1"
