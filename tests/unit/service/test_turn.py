"""A relay for the sound of browsers behind firewalls."""

import base64
import hashlib
import hmac

import pytest

from contactcentre.features.desk.turn import Turn
from contactcentre.settings import Settings

pytestmark = pytest.mark.unit

HOUR_S = 3600


def test_what_a_phone_logs_in_with_at_a_relay() -> None:
    """As coturn reckons it, for a day from now, and the same for an hour."""
    turn = Turn(("turn:relay.test:3478",), "of the tests")
    given = turn.of("a-1", 10 * HOUR_S + 1)
    assert given.username == f"{34 * HOUR_S}:a-1"
    proof = hmac.new(b"of the tests", given.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(given.credential) == proof
    assert turn.of("a-1", 11 * HOUR_S - 1) == given
    assert turn.of("a-1", 11 * HOUR_S) != given
    assert "of the tests" not in repr(turn)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"turn_urls": "turn:relay.test"}, "CC_TURN_SECRET"),
        ({"turn_urls": "https://relay.test", "turn_secret": "x"}, "must be turn:"),
        ({"turn_only": True}, "CC_TURN_URLS"),
    ],
)
def test_a_relay_that_nobody_could_use(given: dict[str, str], told: str) -> None:
    """It is refused at the start, by the setting's name."""
    with pytest.raises(ValueError, match=told):
        Settings.model_validate(given)
