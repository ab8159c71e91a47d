"""Which words make a telephone on a table answer."""

import pytest

from contactcentre.telephony import remote_answer
from contactcentre.telephony.ami_message import AmiMessage

pytestmark = pytest.mark.unit

LEG = "PJSIP/a-1-0000002a"


HEAD = "Event: UserEvent", "Privilege: user,all", "Timestamp: 1796070826.1"


def told(*lines: str) -> AmiMessage:
    """As it comes from Asterisk."""
    message = AmiMessage.read("\r\n".join(lines))
    assert message is not None
    return message


def answer(leg: str = LEG, name: str = remote_answer.ANSWER) -> tuple[str, ...]:
    """What the service has said, in the event's lines."""
    return (f"UserEvent: {name}", "ActionID: 9", f"Channel: {leg}")


def test_the_leg_is_told_as_it_was_asked() -> None:
    """What the service asks for is what the keeper hears."""
    asked = remote_answer.asked(LEG)
    lines = answer(asked["Channel"], asked["UserEvent"])
    assert remote_answer.leg_in(told(*HEAD, *lines)) == LEG


@pytest.mark.parametrize(
    "leg",
    [
        "",
        "PJSIP/a-1",
        "PJSIP/a-1-0000002a PJSIP/a-1-0000002b",
        "PJSIP/a-1-0000002a;2",
        'PJSIP/"core stop now"-0000002a',
        "Local/a-1-0000002a",
        "PJSIP/a-1-0000002a\n",
    ],
)
def test_nothing_but_a_leg_goes_on(leg: str) -> None:
    """It becomes part of a command."""
    assert remote_answer.leg_in(told(*HEAD, *answer(leg))) is None


def test_other_events_and_forged_ones_do_not_count() -> None:
    """Of another name, without Asterisk's own lines, or with one of them twice."""
    assert remote_answer.leg_in(told(*HEAD, *answer(name="CCOther"))) is None
    assert remote_answer.leg_in(told(*HEAD, *answer(), f"Channel: {LEG}")) is None
    assert remote_answer.leg_in(told(HEAD[0], *answer())) is None
