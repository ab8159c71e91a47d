"""The database is written to so seldom that callers come first, and often enough for reports."""

import pytest

from contactcentre.storage.write_pace import LONGEST_S, SHORTEST_S, WritePace

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("took_s", "pause_s"), [(0.0, SHORTEST_S), (0.01, 0.5), (0.02, LONGEST_S), (60.0, LONGEST_S)]
)
def test_writing_takes_a_share_of_the_time(took_s: float, pause_s: float) -> None:
    """A fiftieth of the time; yet after the longest write the next is a second off."""
    ticks = iter((7.0, 7.0 + took_s))
    pace = WritePace(lambda: next(ticks))
    with pace.timed():
        pass
    assert pace.pause_s == pytest.approx(pause_s)


def test_a_failed_write_counts_as_well() -> None:
    """A database that takes long to say no is not asked in a hurry."""
    ticks = iter((7.0, 8.0))
    pace = WritePace(lambda: next(ticks))
    with pytest.raises(OSError, match="away"), pace.timed():
        raise OSError("away")
    assert pace.pause_s == LONGEST_S
