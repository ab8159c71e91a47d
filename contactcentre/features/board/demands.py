"""What the waiting ask for, and what those do who can answer it: why each waits, in short.

Who can is found once for a requirement and a configuration; counted at every look are those alone.
A row in which nothing has changed is the one of before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

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
        self._rows: dict[str, port.DemandRow] = {}

    def rows(self, asked: Iterable[Requirement]) -> Iterator[port.DemandRow]:
        """One for each that differs."""
        if self._world.network is not self._network or len(self._able) > MOST:
            self._network, self._able = self._world.network, {}
        does = {agent_id: _does(agent) for agent_id, agent in self._world.agents.items()}
        made = (self._row(one, does) for one in set(asked))
        rows = {one.key: one for one in made}
        before, self._rows = self._rows, rows
        for key, row in before.items():
            if rows.get(key) == row:
                rows[key] = row
        return (rows[key] for key in sorted(rows))

    def _row(self, asked: Requirement, does: Mapping[str, str]) -> port.DemandRow:
        able = self._who(asked)
        doing = Counter(map(does.get, able))
        lack = self._lack(asked) if not able else ("", "")
        return port.DemandRow(
            key=key_of(asked),
            able=len(able),
            ready=doing["ready"],
            busy=doing["busy"],
            counter=doing["counter"],
            away=doing["away"],
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


def _does(agent: Agent) -> str:
    match agent.state:
        case State.READY:
            return "ready"
        case State.RESERVED | State.TALKING | State.WRAP_UP:
            return "busy"
        case State.NOT_READY:
            return "counter" if agent.reason == "counter" else "away"
        case _:
            return ""
