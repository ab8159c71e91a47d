"""Which channels Asterisk has told of and not told the end of, by name: each has a unique id.

Whoever asks here with a channel that it has told of need not be asked about once more.
"""

from __future__ import annotations

from contactcentre.telephony.ami_message import AmiMessage


class LiveChannels:
    """As many as there are: they go with their hang-up, and all of them with the link."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def note(self, message: AmiMessage) -> None:
        """Take in a whole event."""
        name = message.get("Channel", "")
        match message.event:
            case "Newstate":
                self._ids[name] = message.get("Uniqueid", "")
            case "Hangup":
                self._ids.pop(name, None)

    def has(self, name: str, unique_id: str) -> bool:
        """Whether that channel is there."""
        return unique_id != "" and self._ids.get(name) == unique_id

    def forget(self) -> None:
        """The link is lost, and with it whatever ends meanwhile."""
        self._ids.clear()
