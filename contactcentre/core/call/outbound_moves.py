"""An agent dials: the citizen (or an institution) is rung as in a callback, and then the agent.

Nothing was promised, so there is one attempt, and nobody else is asked to make another.
"""

from __future__ import annotations

import uuid

from contactcentre.core.agent.signals import Reserved
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.callback_moves import dial
from contactcentre.core.call.move import Moved, with_leg
from contactcentre.core.call.offers import next_offer
from contactcentre.core.call.queueing import NOT_QUEUED
from contactcentre.core.call.signals import NumberDialled
from contactcentre.core.call.state import Call, CallerChannel, CallRecord, MenuChoice, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.values import replace

_NAMES = uuid.UUID("5f0b1f2e-6f0c-4a57-9a5e-3f4f0f1d7c13")


def dial_id(agent_id: str, at: float) -> str:
    """It follows from who dials when: nobody dials twice in one instant."""
    return uuid.uuid5(_NAMES, f"{agent_id} {at!r}").hex


def is_free(agent: Agent) -> bool:
    """Whether the agent could be connected just now, ready or not, and no call is at hand."""
    hears = not agent.browser or agent.microphone
    free = agent.state in (State.READY, State.NOT_READY)
    return free and agent.connected and hears and not agent.busy


def dialled(call: None, event: NumberDialled, network: Network) -> Moved:
    """The number rings; the agent waits for it, and for nothing else."""
    at, agent_id = event.at, event.agent.agent_id
    device, _ = network.device(agent_id)
    made = _made(event, network)
    offer = next_offer(made, agent_id, at, network.callbacks.ring_s, device=device)
    word = Reserved(at=at, agent_id=agent_id, offer_id=offer.leg_id, call_id=made.call_id)
    calling = dial(with_leg(made, offer), offer, event.number, at, network)
    return Moved(calling.call, (*calling.follows, word))


def _made(event: NumberDialled, network: Network) -> Call:
    """In the queue and the language of the contact that it is about, if it is about one."""
    at, about = event.at, event.about
    queue = network.queue(about.queue if about is not None else "")
    return Call(
        call_id=event.call_id,
        channel=CallerChannel(leashed=False),
        caller=event.number,
        dialled=network.shown_number(about.dialled if about is not None else ""),
        arrived_at=at,
        phase=Phase.PREVIEWED,
        since=at,
        queue=queue.queue_id,
        language=about.language if about is not None else network.languages[0],
        choice=replace(about.choice, cursor=None) if about is not None else MenuChoice(),
        queueing=NOT_QUEUED.entered(at, skills=queue.skills, services=queue.services),
        record=CallRecord(services=about.record.services) if about is not None else CallRecord(),
        callback=Callback(
            asked_in=about.call_id if about is not None else "",
            asked_at=at,
            due_at=at,
            dialled=True,
        ),
    )
