"""Channels that Asterisk has told of are known until their end, or that of the link."""

import pytest

from contactcentre.telephony.ami_message import AmiMessage
from contactcentre.telephony.live_channels import LiveChannels

pytestmark = pytest.mark.unit


def told(event: str, name: str = "PJSIP/carrier-1", unique_id: str = "1.1") -> AmiMessage:
    return AmiMessage({"Event": event, "Channel": name, "Uniqueid": unique_id})


def test_a_channel_is_there_from_its_first_event_to_its_end() -> None:
    """By its name and its id; whoever has only one of them has none."""
    channels = LiveChannels()
    assert not channels.has("PJSIP/carrier-1", "1.1")
    channels.note(told("Newstate"))
    assert channels.has("PJSIP/carrier-1", "1.1")
    assert not channels.has("PJSIP/carrier-1", "1.2")
    assert not channels.has("PJSIP/carrier-2", "1.1")
    assert not channels.has("PJSIP/carrier-2", "")
    assert not channels.has("", "1.1")
    channels.note(told("Hangup"))
    assert not channels.has("PJSIP/carrier-1", "1.1")


def test_nothing_is_known_after_a_loss_of_the_link() -> None:
    """Whatever ended meanwhile is told by nobody."""
    channels = LiveChannels()
    channels.note(told("Newstate"))
    channels.forget()
    assert not channels.has("PJSIP/carrier-1", "1.1")


def test_one_that_was_renamed_goes_with_its_end() -> None:
    """As Asterisk does with whoever is fetched out of a bridge."""
    channels = LiveChannels()
    channels.note(told("Newstate"))
    channels.note(told("Hangup", "AsyncGoto/PJSIP/carrier-1"))
    assert not channels.has("PJSIP/carrier-1", "1.1")


def test_what_is_no_end_changes_nothing() -> None:
    """A key is pressed, a bridge is entered."""
    channels = LiveChannels()
    channels.note(told("Newstate"))
    channels.note(told("BridgeEnter"))
    assert channels.has("PJSIP/carrier-1", "1.1")
