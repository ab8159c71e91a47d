"""Who is on duty for a topic, anywhere in the network: read off World when it is asked."""

from __future__ import annotations

from heapq import nsmallest
from typing import Final, Literal

from agents_ui.desk import port
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import demand
from contactcentre.core.call.move import into
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from routing.model import AgentProfile
from routing.plain import plain
from routing.scope import Place
from routing.services import queue_for

AT_MOST: Final = 20

Near = Literal["centre", "municipality", "region", "network"]
_NEAR: Final[tuple[Near, ...]] = ("centre", "municipality", "region", "network")


def colleagues(
    call: Call, asker: AgentProfile, world: World, *, service: str, text: str
) -> port.Colleagues:
    """Free ones first, then the nearest to who asks, then the longest idle. With a text everybody
    at work whose name or centre has its words, whatever they know."""
    network, words = world.network, plain(text).split()
    asked = demand.asks_at_last(_about(call, service, network), network)
    found = [
        (agent, profile)
        for agent in world.agents.values()
        if agent.works
        and agent.agent_id != asker.agent_id
        and (profile := network.agents.get(agent.agent_id)) is not None
        and (_has(words, profile, network) if words else profile.capability.meets(asked))
    ]
    here = network.place(asker.centre_id)

    def order(one: tuple[Agent, AgentProfile]) -> tuple[bool, int, float, str]:
        agent, profile = one
        far = _NEAR.index(_near(here, network.place(profile.centre_id)))
        return agent.state is not State.READY, far, agent.idle_since, agent.agent_id

    first = tuple(
        port.Colleague(
            agent_id=agent.agent_id,
            name=profile.name,
            centre=_centre(profile, network),
            near=_near(here, network.place(profile.centre_id)),
            languages=tuple(code for code, _ in profile.capability.languages),
            ready=agent.state is State.READY,
        )
        for agent, profile in nsmallest(AT_MOST, found, key=order)
    )
    return port.Colleagues(first=first, count=len(found))


def _about(call: Call, service: str, network: Network) -> Call:
    """The call as it would stand in the queue of that service; without one as it does."""
    queue = queue_for(service, network.queues.values()) if service else None
    return into(call, queue, network) if queue is not None else call


def _near(here: Place, there: Place) -> Near:
    """The narrowest circle that both stand in; a place that is not known is nobody's."""
    for kind, mine, theirs in zip(_NEAR, here, there, strict=False):
        if mine and mine == theirs:
            return kind
    return "network"


def _centre(profile: AgentProfile, network: Network) -> str:
    centre = network.centres.get(profile.centre_id)
    return centre.brief if centre is not None else ""


def _has(words: list[str], profile: AgentProfile, network: Network) -> bool:
    centre = network.centres.get(profile.centre_id)
    said = plain(f"{profile.name} {centre.name if centre is not None else ''}")
    return all(word in said for word in words)
