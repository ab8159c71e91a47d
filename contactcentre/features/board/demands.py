"""What the waiting ask for, and what those do who can answer it: why each waits, in short.

Who can is found once for a requirement and a configuration; counted at every look are those alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from agents_ui.board import port
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from routing.explain import lacking
from routing.requirement import Requirement

MOST = 200
"""So many requirements are remembered; then it is begun anew."""


def key_of(asked: Requirement) -> str:
    """What rows call a requirement."""
    skills = "+".join(f"{name}{level}" for name, level in asked.skills)
    return f"{asked.language}{asked.language_level}/{skills}/{asked.authority}"


class Demands:
    """Kept while a configuration is."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._network: Network | None = None
        self._able: dict[Requirement, tuple[str, ...]] = {}

    def rows(self, asked: Iterable[Requirement]) -> Iterator[port.DemandRow]:
        """One for each that differs."""
        if self._world.network is not self._network or len(self._able) > MOST:
            self._network, self._able = self._world.network, {}
        return (self._row(one) for one in sorted(set(asked), key=key_of))

    def _row(self, asked: Requirement) -> port.DemandRow:
        able = self._who(asked)
        here = [self._world.agents[one] for one in able if one in self._world.agents]
        ready, busy, counter, away = (sum(map(does, here)) for does in _DOING)
        lack = self._lack(asked) if not able else ("", "")
        return port.DemandRow(
            key=key_of(asked),
            able=len(able),
            ready=ready,
            busy=busy,
            counter=counter,
            away=away,
            lacks=lack[0],
            detail=lack[1],
        )

    def _who(self, asked: Requirement) -> tuple[str, ...]:
        if asked not in self._able:
            profiles = self._world.network.agents.values()
            able = (one.agent_id for one in profiles if one.capability.meets(asked))
            self._able[asked] = tuple(able)
        return self._able[asked]

    def _lack(self, asked: Requirement) -> tuple[str, str]:
        """What most of the agents lack first: a language that nobody speaks, say."""
        profiles = self._world.network.agents.values()
        reasons = Counter(lacking(one.capability, asked) for one in profiles)
        if not reasons:
            return "skill", ""
        (most, _), *_ = reasons.most_common(1)
        return most.code, most.detail


def _ready(agent: Agent) -> bool:
    return agent.state is State.READY


def _busy(agent: Agent) -> bool:
    return agent.state in (State.RESERVED, State.TALKING, State.WRAP_UP)


def _counter(agent: Agent) -> bool:
    return agent.state is State.NOT_READY and agent.reason == "counter"


def _away(agent: Agent) -> bool:
    return agent.state is State.NOT_READY and agent.reason != "counter"


_DOING = (_ready, _busy, _counter, _away)
