"""A citizen is rung in one codec at a time, by whoever speaks it."""

from collections.abc import Sequence

import pytest

from contactcentre.core import effects, events
from contactcentre.core.config.trunk import WayOut
from contactcentre.core.outcomes import DialResult
from contactcentre.telephony.ring_back import Action, RingBacks
from contactcentre.telephony.translation import NO_CODEC

pytestmark = pytest.mark.unit

CALL = f"{1:032x}"
DIAL = f"cb-{CALL}-1"
ORDER = effects.RingBack(
    call_id=CALL, dial=DIAL, number="+37120000001", shown="60000100", timeout_s=20.0
)
CONGESTED, BUSY = 42, 17

BOTH = WayOut("a", "1", ("g722", "alaw"))
OTHER = WayOut("b", "2", ("ulaw",))


def ended(result: DialResult = DialResult.UNREACHABLE) -> events.DialBackEnded:
    return events.DialBackEnded(at=1.0, call_id=CALL, dial=DIAL, result=result)


def tried(action: Action | None) -> tuple[str, str] | None:
    """The codec of an attempt and its lines."""
    if action is None:
        return None
    (lines,) = (one for one in action["Variable"] if one.startswith("CC_LINES="))
    assert f"CC_CODEC={action['Codecs']}" in action["Variable"]
    assert action["ChannelId"] == DIAL
    return str(action["Codecs"]), lines.removeprefix("CC_LINES=")


@pytest.mark.parametrize(
    ("ways", "causes", "expected"),
    [
        ([BOTH], [NO_CODEC], [("alaw", "carrier_a:1"), ("g722", "carrier_a:1"), None]),
        ([BOTH], [], [("alaw", "carrier_a:1"), None]),
        ([BOTH, OTHER], [CONGESTED], [("alaw", "carrier_a:1"), ("ulaw", "carrier_b:2"), None]),
        ([OTHER, BOTH], [CONGESTED], [("ulaw", "carrier_b:2"), ("alaw", "carrier_a:1"), None]),
        ([OTHER], [], [("ulaw", "carrier_b:2"), None]),
        ([], [], [("alaw", ""), None]),
    ],
)
def test_what_is_tried(
    ways: Sequence[WayOut], causes: list[int], expected: list[tuple[str, str] | None]
) -> None:
    """The best trunk, in A-law if it has that; then who refused it and who was not asked yet."""
    dials = RingBacks()
    found = [tried(dials.begin(ORDER, ways))]
    found += [tried(dials.again(ended(), cause)) for cause in (*causes, CONGESTED)]
    assert found == expected


def test_who_is_engaged_is_not_rung_again() -> None:
    """Only a line that was not there is looked for elsewhere."""
    dials = RingBacks()
    dials.begin(ORDER, [BOTH, OTHER])
    assert dials.again(ended(DialResult.BUSY), BUSY) is None


def test_the_answer_to_an_order_says_nothing_of_the_next_one() -> None:
    """It may come before the end of its channel or after it; without a channel it alone tells."""
    dials = RingBacks()
    dials.begin(ORDER, [BOTH])
    first = dials.failed(DIAL)
    assert not dials.tries_on(DIAL, first)
    assert dials.again(ended(), NO_CODEC) is not None
    assert dials.tries_on(DIAL, first)
    assert not dials.tries_on(DIAL, dials.failed(DIAL))


@pytest.mark.parametrize("how", ["let be", "link lost"])
def test_who_is_to_be_rung_no_more(how: str) -> None:
    """The attempt under way is the last."""
    dials = RingBacks()
    dials.begin(ORDER, [BOTH])
    dials.forget(DIAL) if how == "let be" else dials.forget_all()
    assert dials.again(ended(), NO_CODEC) is None
    assert dials.failed(DIAL) == 0
