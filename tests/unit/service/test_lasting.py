"""What calls can do without fails alone."""

import pytest
from structlog.testing import capture_logs

from contactcentre.app.lasting import lasting
from contactcentre.engine.faults import Faults

pytestmark = pytest.mark.unit


async def test_a_part_that_fails_begins_anew() -> None:
    """Each fault is told and counted, and nobody else ends by it."""
    faults, begun = Faults(), []

    async def part() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise LookupError("+37120000000")

    with capture_logs() as logs:
        await lasting("names", part, faults, again_s=0.0)
    assert (len(begun), faults.counts) == (3, {"part": 2})
    assert [(entry["what"], entry["error"]) for entry in logs] == [("names", "LookupError")] * 2
    assert "+371" not in str(logs)
