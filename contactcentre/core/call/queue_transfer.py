"""An agent passes the caller on: to the line again, in the old place, for others who know more.

The talk is ended at the agent's side first, and the caller goes on when that has come about: so
nobody is rung for a caller who is still in a talk, and no agent whose phone is still in one. Until
then the call carries what was chosen, and a restart in between carries it out after all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contactcentre.core import commands, effects
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import demand
from contactcentre.core.call.menu_moves import keep_place, say, tell_later
from contactcentre.core.call.move import Moved, enter, into, with_leg
from contactcentre.core.call.offers import let_go, music, stop_ringing
from contactcentre.core.call.state import Call, Phase, QueueTransfer
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Result
from contactcentre.core.values import replace
from routing.model import Queue

WORDS = ("wait.transferred",)


def chosen(call: Call, event: commands.QueueTransferChosen, network: Network) -> Moved:
    """The agent's leg is ended, or the caller fetched where nobody else would catch him then."""
    known = event.queue in network.queues
    if call.talk.agent_id != event.agent_id or call.end.by is not None or not known:
        raise Illegal
    offer = call.offer
    recall = effects.Recall(call_id=call.call_id, channel=call.channel.name)
    stays = offer is None or call.talk.beside != ""  # for the other caller
    leg = stop_ringing(offer) if offer and call.channel.leashed and not stays else ()
    transfer = QueueTransfer(queue=event.queue, service=event.service)
    return Moved(replace(call, talk=replace(call.talk, transfer=transfer)), leg or (recall,))


def is_transferring(call: Call) -> bool:
    """Whether the end of this talk is not the end of the call. The agent's last word counts."""
    return call.talk.transfer is not None and call.end.by is None


def goes_on(call: Call, at: float, network: Network) -> Moved:
    """The caller, on the leash: to the line of the chosen queue, with the record so far.

    The agent has nothing left to record, and is free at once.
    """
    free = let_go(call, at)
    if call.offer is not None:
        call = with_leg(call, call.offer.over(at, Result.TRANSFERRED))
    call = _in_line(call, at, network).without_agent(at)
    orders = (keep_place(call), say(call, WORDS), music(call), *tell_later(call, network))
    return Moved(call, (*orders, *free))


def _in_line(call: Call, at: float, network: Network) -> Call:
    transfer = call.talk.transfer or QueueTransfer(queue=call.queue)
    queue = network.queue(transfer.queue)
    chosen = (transfer.service,) if transfer.service else ()
    queueing = call.queueing.entered(
        at,
        skills=queue.skills,
        services=(*chosen, *call.queueing.services, *queue.services),
        left="" if queue.queue_id == call.queue else call.queue,
    )
    return replace(into(enter(call, Phase.WAITING, at), queue, network), queueing=queueing)


@dataclass(frozen=True, slots=True)
class Crew:
    """How many others could take a call: free at this instant, and at work at all."""

    ready: int
    at_work: int


def crew(call: Call, queue: Queue, agents: Iterable[Agent], network: Network) -> Crew:
    """Who could take the call from that queue, once its last ring is open, but for its agent."""
    there = replace(
        into(call, queue, network), queueing=replace(call.queueing, skills=queue.skills)
    )
    asked = demand.asks_at_last(there, network)
    able = [
        agent
        for agent in agents
        if agent.agent_id in network.agents
        and agent.agent_id != call.talk.agent_id
        and agent.works
        and agent.reachable
        and network.agents[agent.agent_id].capability.meets(asked)
    ]
    return Crew(sum(agent.state is State.READY for agent in able), len(able))
