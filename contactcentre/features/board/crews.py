"""How many agents do what, under all that they stand under: kept up agent by agent.

Of seven hundred agents a handful change in a round, and each stands under a dozen keys.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from contactcentre.core.agent.state import Agent, State
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.features.board.subjects import ALL, Key
from routing.model import Requirement

COUNTER = "counter"


class CrewCount(NamedTuple):
    """Agents under one key; those at the counter are among the not ready."""

    ready: int = 0
    ringing: int = 0
    talking: int = 0
    wrap_up: int = 0
    not_ready: int = 0
    counter: int = 0


class Crews:
    """What is kept goes with the configuration."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._begin(world.network)

    def _begin(self, network: Network) -> None:
        self._network = network
        self._does: dict[str, tuple[str, ...]] = {}  # agents
        self._keys: dict[str, tuple[Key, ...]] = {}  # agents
        self._counts: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        self._crews: dict[Key, CrewCount] = {}

    def seen(self) -> Mapping[Key, CrewCount]:
        """Of every key under which anybody has been at work."""
        network, agents = self._world.network, self._world.agents
        if network is not self._network or self._does.keys() - agents.keys():
            self._begin(network)
        for key in {key for agent in agents.values() for key in self._moves(agent)}:
            counts = self._counts[key]
            self._crews[key] = CrewCount(*(counts[one] for one in (*_STATES, COUNTER)))
        return self._crews

    def _moves(self, agent: Agent) -> tuple[Key, ...]:
        """The keys under which it counts otherwise than before."""
        does, did = _does(agent), self._does.get(agent.agent_id, ())
        if does == did:
            return ()
        self._does[agent.agent_id] = does
        keys = self._keys.get(agent.agent_id)
        if keys is None:
            keys = self._keys[agent.agent_id] = tuple(_keys(agent.agent_id, self._network))
        for key in keys:
            self._counts[key].subtract(did)
            self._counts[key].update(does)
        return keys


_STATES = (State.READY, State.RESERVED, State.TALKING, State.WRAP_UP, State.NOT_READY)


def _does(agent: Agent) -> tuple[str, ...]:
    if agent.state is State.LOGGED_OUT:
        return ()
    at_counter = agent.state is State.NOT_READY and agent.reason == COUNTER
    return (agent.state, COUNTER) if at_counter else (agent.state,)


def _keys(agent_id: str, network: Network) -> Iterator[Key]:
    """Where an agent works, and what the agent can do, whatever the language or the matter."""
    yield ALL
    profile = network.agents.get(agent_id)
    if profile is None:
        return
    place = network.place(profile.centre_id)
    places: tuple[Key, ...] = (
        ("centre", place.centre),
        ("municipality", place.municipality),
        ("region", place.region),
    )
    yield from (one for one in places if one[1])
    for language, _ in profile.capability.languages:
        yield "language", language
    for queue_id, queue in network.queues.items():
        if profile.capability.meets(Requirement(skills=queue.skills, language_level=0)):
            yield "queue", queue_id
    for hotline in network.hotlines.values():
        if hotline.centre_id == profile.centre_id:
            yield "number", hotline.number
