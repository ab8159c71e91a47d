"""What an agent asks of the desk, as the event that it is for World.

A command has the fields of its event, by the same names; who it is and when is added here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields

from agents_ui.desk import port
from contactcentre.core import events
from contactcentre.core.agent.state import State
from contactcentre.core.world import World
from contactcentre.engine.clock import now

EVENTS: Mapping[type[port.Command], Callable[..., events.Event]] = {
    port.GoReady: events.ReadyChosen,
    port.GoNotReady: events.NotReadyChosen,
    port.ReportMicrophone: events.MicrophoneReported,
    port.RingNow: events.RingBackChosen,
    port.Reject: events.OfferRejected,
    port.EndCall: events.EndAsked,
    port.PassOn: events.PassedOn,
    port.TakeAgain: events.AudioLost,
    port.WriteNote: events.NoteWritten,
    port.Identify: events.CallerIdentified,
    port.SaveRecord: events.RecordSaved,
    port.ExtendWrapUp: events.WrapUpExtended,
}


def event_of(agent_id: str, command: port.Command, world: World) -> events.Event | None:
    """None for a command that means nothing now."""
    if isinstance(command, port.LeavePage):
        return _left(agent_id, world)
    said = {field.name: getattr(command, field.name) for field in fields(command)}
    return EVENTS[type(command)](at=now(), agent_id=agent_id, **said)


def _left(agent_id: str, world: World) -> events.Event | None:
    """Only a browser in mid-call loses anything by it."""
    agent = world.agents[agent_id]
    if agent.state is not State.TALKING or agent.call_id is None or not agent.browser:
        return None
    return events.AudioLost(at=now(), agent_id=agent_id, call_id=agent.call_id)
