"""Commands of the desk become events of the core."""

from dataclasses import MISSING, fields
from typing import get_args

import pytest

from agents_ui.desk import port
from contactcentre.core import events
from contactcentre.features.desk.commands import EVENTS, event_of
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.unit


def test_every_command_has_its_event() -> None:
    """But for the page's closing, which means something in mid-call only, and for the opening of a
    record, which the journal has."""
    assert set(EVENTS) == set(get_args(port.Command)) - {port.LeavePage, port.OpenRecord}


@pytest.mark.parametrize("command", EVENTS, ids=lambda command: command.__name__)
def test_a_command_says_all_that_its_event_needs(command: type[port.Command]) -> None:
    """By the same names; only who it is and when comes from us."""
    event = EVENTS[command]
    assert isinstance(event, type)
    said = {field.name for field in fields(command)}
    known = {field.name for field in fields(event)}
    needed = {field.name for field in fields(event) if field.default is MISSING}
    assert needed - {"at", "agent_id"} <= said <= known


def test_who_leaves_the_page_in_mid_call_has_lost_the_audio() -> None:
    """At any other time it says nothing."""
    history = History(network(profile(1)))
    assert event_of("a1", port.LeavePage(), history.world) is None
    history.talks(1, 1)
    event = event_of("a1", port.LeavePage(), history.world)
    assert isinstance(event, events.AudioLost)
    assert event.call_id == history.call(1).call_id
