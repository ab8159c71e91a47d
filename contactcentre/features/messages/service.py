"""The recording of a voice message, for the agent who has it and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from contactcentre.core.call.state import Call, Phase
from contactcentre.telephony.message_files import MessageFiles

UNHEARD = (Phase.CALLBACK, Phase.PREVIEWED)


class MessageService:
    """Keeps `agents_ui.desk.port.Messages`; `calls` are those that are open, by id."""

    def __init__(self, files: MessageFiles, calls: Mapping[str, Call]) -> None:
        self._files = files
        self._calls = calls

    def recording(self, agent_id: str, call_id: str) -> Path:
        """See `Messages`: from the moment in which the agent has begun to listen."""
        call = self._calls.get(call_id)
        message = call.message if call is not None else None
        if call is None or message is None or call.phase in UNHEARD:
            raise LookupError("no message that is listened to")
        offer = call.open_offer
        if agent_id not in (call.talk.agent_id, offer.agent_id if offer is not None else None):
            raise LookupError("not a message of this agent")
        return self._files.path(message.recording)
