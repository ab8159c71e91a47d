"""Keys that a caller presses before anything of ours listens."""

import pytest

from contactcentre.telephony.early_keys import EARLY_S, MOST, EarlyKeys

pytestmark = pytest.mark.unit


def test_a_caller_s_own_keys_in_their_order() -> None:
    """Those of the last two seconds, and nobody else's."""
    keys = EarlyKeys()
    for at, channel, digit in ((0.0, "1", "9"), (2.0, "1", "1"), (2.5, "2", "5"), (3.0, "1", "2")):
        keys.pressed(channel, digit, at)
    assert keys.of("1", 3.5) == "12"
    assert keys.of("2", 3.5) == "5"
    assert keys.of("1", 3.5 + EARLY_S) == ""


def test_a_flood_of_keys_is_forgotten() -> None:
    """In time, and beyond so many at once: the oldest first."""
    keys = EarlyKeys()
    for number in range(2 * MOST):
        keys.pressed(str(number), "1", 1.0)
    assert len(keys) == MOST
    assert keys.of("0", 1.0) == ""
    keys.pressed("later", "1", 1.0 + 2 * EARLY_S)
    assert len(keys) == 1
