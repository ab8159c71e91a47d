"""The agent's record of the call: the note, who called, and what was done."""

from __future__ import annotations

from contactcentre.core import commands
from contactcentre.core.agent.signals import RecordClosed
from contactcentre.core.call.move import Moved
from contactcentre.core.call.signals import RecordGivenUp
from contactcentre.core.call.state import NOT_RECORDED, Call, Identity
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.values import replace


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
    return Moved(
        replace(call, identity=Identity(level=event.level, method=event.method, at=event.at))
    )


def record(call: Call, event: commands.RecordSaved, network: Network) -> Moved:
    """A draft, or the whole: then the agent has nothing left to do for this call."""
    _own(call, event.agent_id)
    asked = call.aside is not None and call.talk.agent_id != event.agent_id
    if call.talk.answered_at is None or asked:
        raise Illegal
    closed = RecordClosed(at=event.at, agent_id=event.agent_id, call_id=call.call_id)
    return Moved(written(call, event, network), (closed,) if event.finish else ())


def written(call: Call, event: commands.RecordSaved, network: Network) -> Call:
    """The call with that record, a draft or the whole.

    Raises `Illegal` where somebody else has written meanwhile, or where it is closed, says that the
    citizen is rung back, and nobody has promised when and by whom. The same once more is told by a
    page that has not heard our answer, on the version before; whoever goes on from the present one
    makes the next, also where nothing is another, so that the page knows it without being told.
    """
    before = call.record
    after = replace(
        before,
        kind=event.kind,
        services=event.services,
        outcome=event.outcome,
        apart=tuple(one for one in event.apart if one.service in event.services),
        municipality=event.municipality or municipality(call, network),
        language=event.language,
        follow_up_on=event.follow_up_on,
    )
    if event.finish and _rings_back(event) and not call.promises:
        raise Illegal
    goes_on = event.base == before.version
    if after != before and not goes_on and event.base is not None:
        raise Illegal
    if after != before or goes_on:
        after = replace(after, version=before.version + 1)
    return replace(
        call, record=replace(after, saved_at=event.at if event.finish else before.saved_at)
    )


def _rings_back(event: commands.RecordSaved) -> bool:
    return "callback" in (event.outcome, *(one.outcome for one in event.apart))


def municipality(call: Call, network: Network) -> str:
    """Of the matter, as far as the call tells: where the caller chose, or where the centre is whose
    number was dialled, or by which it was written down; "" where none of these says."""
    if call.record.municipality or call.choice.municipality:
        return call.record.municipality or call.choice.municipality
    if call.written is None:
        return network.place(network.hotline(call.dialled).centre_id).municipality
    agent = network.agents.get(call.talk.agent_id or "")
    return network.place(agent.centre_id if agent is not None else None).municipality


def given_up(call: Call, event: RecordGivenUp, network: Network) -> Moved:
    """The record is closed without a word of what was done."""
    agent_id = call.talk.agent_id
    if agent_id is None or call.record.saved_at is not None:
        raise Illegal
    done = replace(
        call.record, kind=NOT_RECORDED, services=(), outcome="", apart=(), saved_at=event.at
    )
    closed = RecordClosed(at=event.at, agent_id=agent_id, call_id=call.call_id)
    return Moved(replace(call, record=done), (closed,))


def _own(call: Call, agent_id: str) -> None:
    if agent_id not in call.agents:
        raise Illegal
