"""Which channels Asterisk has told of and not told the end of, by unique id: a name may change.

Whoever asks here with a channel that it has told of need not be asked about once more.
"""

from __future__ import annotations

from contactcentre.telephony.ami_message import AmiMessage


class LiveChannels:
    """As many as there are: they go with their hang-up, and all of them with the link."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def note(self, message: AmiMessage) -> None:
        """Take in a whole event."""
        unique_id = message.get("Uniqueid", "")
        match message.event:
            case "Newstate":
                self._names[unique_id] = message.get("Channel", "")
            case "Hangup":
                self._names.pop(unique_id, None)

    def has(self, name: str, unique_id: str) -> bool:
        """Whether that channel is there."""
        return name != "" and self._names.get(unique_id) == name

    def forget(self) -> None:
        """The link is lost, and with it whatever ends meanwhile."""
        self._names.clear()
