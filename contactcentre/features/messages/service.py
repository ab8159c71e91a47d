"""The recording of a voice message, for the agent who has it and for nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.call.state import Call, Phase
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.telephony.message_files import MessageFiles

UNHEARD = (Phase.CALLBACK, Phase.PREVIEWED)


class MessageService:
    """Keeps `agents_ui.desk.port.Messages`; `calls` are those that are open, by id, and `person`
    gives a number's pseudonym, for the audit log."""

    def __init__(
        self,
        engine: AsyncEngine,
        files: MessageFiles,
        calls: Mapping[str, Call],
        *,
        person: Callable[[str], str] = lambda _: "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._files = files
        self._calls = calls
        self._person = person
        self._clock = clock

    async def recording(self, person: Person, call_id: str) -> Path:
        """See `Messages`: from the moment in which the agent has begun to listen."""
        file = self._file(person.agent_id, call_id)
        caller = self._calls[call_id].caller
        await self._note(
            AuditEntry(
                at=self._clock(),
                who=person.user_id,
                action=Action.MESSAGE_HEARD,
                object=call_id,
                purpose="message",
                person=self._person(caller) if caller is not None else "",
            )
        )
        return file

    def _file(self, agent_id: str | None, call_id: str) -> Path:
        call = self._calls.get(call_id)
        recording = call.recording if call is not None and call.callback is not None else None
        if call is None or recording is None or (call.message and call.phase in UNHEARD):
            raise LookupError("no recording that is listened to")
        offer = call.open_offer
        if agent_id not in (call.talk.agent_id, offer.agent_id if offer is not None else None):
            raise LookupError("not a message of this agent")
        return self._files.path(recording.recording)

    async def _note(self, entry: AuditEntry) -> None:
        opened = database.transaction(self._engine, part="messages", away=Unavailable)
        async with opened as connection:
            await audit.write(connection, entry)
