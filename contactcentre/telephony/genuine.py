"""Which events Asterisk itself has written, and whole: the shape of each on the wire. Pure.

Some of what a stranger sends is written into events as it came, line breaks included: the dialplan
keeps numbers clean (`config/asterisk/extensions.conf.j2`), and here is the second wall. At most 79
bytes of a field can be the stranger's, and none of these shapes fits into so few, wherever it
begins; a line that is slipped into an event that goes on is there twice.
"""

from collections.abc import Mapping
from typing import Final

from contactcentre.telephony.ami_message import AmiMessage

CHANNEL: Final = (
    "Channel",
    "ChannelState",
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Language",
    "AccountCode",
    "Context",
    "Exten",
    "Priority",
    "Uniqueid",
    "Linkedid",
)
"""How a channel is told of."""

_HEAD: Final = ("Event", "Privilege", "Timestamp")
_DIALLED: Final = (*_HEAD, *(f"Dest{name}" for name in CHANNEL))

_SHAPES: Final[Mapping[str, tuple[str, ...]]] = {
    "DialBegin": (*_DIALLED, "DialString"),
    "DialState": (*_DIALLED, "DialStatus"),
    "DialEnd": (*_DIALLED, "DialStatus"),
    "Newstate": (*_HEAD, *CHANNEL),
    "Hangup": (*_HEAD, *CHANNEL, "Cause", "Cause-txt"),
    "BridgeEnter": (
        *_HEAD,
        "BridgeUniqueid",
        "BridgeType",
        "BridgeTechnology",
        "BridgeCreator",
        "BridgeName",
        "BridgeNumChannels",
        *CHANNEL,
    ),
    "Hold": (*_HEAD, *CHANNEL),
    "Unhold": (*_HEAD, *CHANNEL),
    "DTMFEnd": (*_HEAD, *CHANNEL, "Digit", "DurationMs", "Direction"),
    "ContactStatus": (*_HEAD, "URI", "ContactStatus", "AOR", "EndpointName", "RoundtripUsec"),
    "OriginateResponse": (
        *_HEAD,
        "Response",
        "Channel",
        "Context",
        "Exten",
        "Reason",
        "Uniqueid",
        "CallerIDNum",
        "CallerIDName",
    ),
    "UserEvent": (*_HEAD, "UserEvent", "Channel"),
    "CoreShowChannel": ("Event", *CHANNEL, "Application", "ApplicationData", "BridgeId"),
}
_LINES: Final = {name: tuple(line.lower() for line in shape) for name, shape in _SHAPES.items()}


def is_whole(message: AmiMessage) -> bool:
    """Whether an event has every line of its kind, in Asterisk's order, and none twice."""
    shape = _LINES.get(message.event)
    if shape is None or message.repeats:
        return False
    lines = iter(message)  # each search goes on where the last one ended
    return next(lines) == "event" and all(name in lines for name in shape[1:])
