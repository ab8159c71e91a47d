"""What strangers can cause fills no disk and no memory; the rest is written as ever."""

import pytest
import structlog

from contactcentre.cli.log import bounded
from contactcentre.engine.throttle import Throttle

pytestmark = pytest.mark.unit


def test_so_many_in_a_period() -> None:
    """Then none until it is over, and the next says how many there were."""
    throttle = Throttle(3, 60.0)
    assert [throttle.admit("x", at) for at in (0, 1, 2, 3, 59.9)] == [0, 0, 0, None, None]
    assert throttle.admit("y", 59.9) == 0
    assert throttle.admit("x", 60.0) == 2
    assert throttle.admit("x", 61.0) == 0


def test_kinds_without_end_are_one_kind() -> None:
    """Kinds of a period that is over make room."""
    throttle = Throttle(2, 60.0, kinds=10)
    told = [throttle.admit(str(number), 0.0) for number in range(1000)]
    assert told == [0] * 12 + [None] * 988
    assert len(throttle._periods) <= 11
    assert throttle.admit("new", 60.0) == 0
    assert len(throttle._periods) <= 11


def test_lines_of_one_event() -> None:
    """Others go on; the first after a while tells what is missing."""
    process = bounded(Throttle(1, 0.0))
    assert process(None, "info", {"event": "a"}) == {"event": "a"}
    full = bounded(Throttle(1, 3600.0))
    full(None, "info", {"event": "a"})
    with pytest.raises(structlog.DropEvent):
        full(None, "info", {"event": "a"})
    assert full(None, "info", {"event": "b"}) == {"event": "b"}
