"""The agent's record of the call: the note, who called, and what was done."""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core import commands
from contactcentre.core.agent.signals import RecordClosed
from contactcentre.core.call.move import Moved
from contactcentre.core.call.signals import RecordGivenUp
from contactcentre.core.call.state import NOT_RECORDED, Call, Identity
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal


def note(call: Call, event: commands.NoteWritten, network: Network) -> Moved:
    """The note as it stands; never over one that its writer has not seen.

    The same once more is told by a page that has not heard our answer.
    """
    _own(call, event.agent_id)
    if event.text == call.record.note:
        return Moved(call)
    if event.base != call.record.note_version:
        raise Illegal
    record = replace(call.record, note=event.text, note_version=event.base + 1)
    return Moved(replace(call, record=record))


def identified(call: Call, event: commands.CallerIdentified, network: Network) -> Moved:
    """Who it is, and how the agent who talks with the caller made sure of that."""
    if call.talk.agent_id != event.agent_id:
        raise Illegal
    return Moved(replace(call, identity=Identity(level=event.level, method=event.method)))


def record(call: Call, event: commands.RecordSaved, network: Network) -> Moved:
    """A draft, or the whole: then the agent has nothing left to do for this call."""
    _own(call, event.agent_id)
    asked = call.aside is not None and call.talk.agent_id != event.agent_id
    if call.talk.answered_at is None or asked:
        raise Illegal
    closed = RecordClosed(at=event.at, agent_id=event.agent_id, call_id=call.call_id)
    return Moved(written(call, event), (closed,) if event.finish else ())


def written(call: Call, event: commands.RecordSaved) -> Call:
    """The call with that record, a draft or the whole."""
    saved_at = event.at if event.finish else call.record.saved_at
    done = replace(
        call.record,
        kind=event.kind,
        services=event.services,
        outcome=event.outcome,
        saved_at=saved_at,
    )
    return replace(call, record=done)


def given_up(call: Call, event: RecordGivenUp, network: Network) -> Moved:
    """The record is closed without a word of what was done."""
    agent_id = call.talk.agent_id
    if agent_id is None or call.record.saved_at is not None:
        raise Illegal
    done = replace(call.record, kind=NOT_RECORDED, services=(), outcome="", saved_at=event.at)
    closed = RecordClosed(at=event.at, agent_id=agent_id, call_id=call.call_id)
    return Moved(replace(call, record=done), (closed,))


def _own(call: Call, agent_id: str) -> None:
    if agent_id not in call.agents:
        raise Illegal
