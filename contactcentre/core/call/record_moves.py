"""The agent's record of the call: the note, who called, and what was done."""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core import events
from contactcentre.core.agent.signals import RecordClosed
from contactcentre.core.call.move import Moved
from contactcentre.core.call.state import Call, Disposition
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal


def note(call: Call, event: events.NoteWritten, network: Network) -> Moved:
    """The note as it stands."""
    _own(call, event.agent_id)
    if event.version <= call.note_version:
        raise Illegal
    return Moved(replace(call, note=event.text, note_version=event.version))


def identified(call: Call, event: events.CallerIdentified, network: Network) -> Moved:
    """Who it is, and how that was made sure of."""
    _own(call, event.agent_id)
    return Moved(replace(call, identified_level=event.level, identified_by=event.method))


def record(call: Call, event: events.RecordSaved, network: Network) -> Moved:
    """A draft, or the whole: then the agent has nothing left to do for this call."""
    _own(call, event.agent_id)
    if call.answered_at is None:
        raise Illegal
    saved_at = event.at if event.finish else call.disposition.saved_at
    done = Disposition(
        kind=event.kind, services=event.services, outcome=event.outcome, saved_at=saved_at
    )
    closed = RecordClosed(at=event.at, agent_id=event.agent_id, call_id=call.call_id)
    return Moved(replace(call, disposition=done), (closed,) if event.finish else ())


def _own(call: Call, agent_id: str) -> None:
    offer = call.offer
    if agent_id not in (call.agent_id, offer.agent_id if offer else None):
        raise Illegal
