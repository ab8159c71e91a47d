"""Keys that a caller presses, as the manager tells of them."""

import pytest

from contactcentre.telephony.pressed_keys import EARLY_S, MOST, MOST_EACH, PressedKeys

pytestmark = pytest.mark.unit


def taken(keys: PressedKeys, channel: str, at: float) -> str:
    return "".join(key.digit for key in keys.take(channel, at))


def test_a_caller_s_own_keys_in_their_order() -> None:
    """Those of the last two seconds, nobody else's, and each once."""
    keys = PressedKeys()
    for at, channel, digit in ((0.0, "1", "9"), (2.0, "1", "1"), (2.5, "2", "5"), (3.0, "1", "2")):
        keys.pressed(channel, digit, at, at)
    assert taken(keys, "1", 3.5) == "12"
    assert taken(keys, "1", 3.5) == ""
    keys.pressed("1", "7", 3.6, 3.6)
    assert taken(keys, "1", 3.6) == "7"
    assert taken(keys, "2", 2.5 + EARLY_S + 0.1) == ""


def test_a_flood_of_keys_is_forgotten() -> None:
    """In time, and beyond so many callers and keys of one: the oldest first."""
    keys = PressedKeys()
    for number in range(2 * MOST):
        keys.pressed(str(number), "1", 1.0, 1.0)
    assert len(keys) == MOST
    assert taken(keys, "0", 1.0) == ""
    for _ in range(2 * MOST_EACH):
        keys.pressed("later", "1", 1.0 + 2 * EARLY_S, 1.0 + 2 * EARLY_S)
    assert len(keys) == MOST_EACH
