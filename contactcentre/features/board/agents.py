"""The agents' rows on the board: of seven hundred, those are made anew that have changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agents_ui.board import port
from agents_ui.shell.port import AgentState
from contactcentre.core import offering
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.config.network import Network
from contactcentre.core.world import World

_RANK: Final = {state: rank for rank, state in enumerate(reversed(State))}


class AgentRows:
    """Agents are values, and so is the configuration: the same ones give the same row."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._networks: tuple[Network, Network] | None = None
        self._kept: dict[str, tuple[Agent, port.AgentRow]] = {}

    def rows(self) -> tuple[port.AgentRow, ...]:
        """Everybody who has been at work: those who ask for help first, then those in a call."""
        networks = (self._world.network, self._world.crisis.published)
        if self._networks is None or any(
            new is not old for new, old in zip(networks, self._networks, strict=True)
        ):
            self._networks, self._kept = networks, {}
        return tuple(self._row(agent) for agent in self._by_state())

    def _by_state(self) -> Iterable[Agent]:
        here = [agent for agent in self._world.agents.values() if agent.since > 0]
        return sorted(here, key=lambda one: (not one.help_since, _RANK[one.state], one.since))

    def _row(self, agent: Agent) -> port.AgentRow:
        call = self._world.calls.get(agent.call_id or "")
        queue = call.queue if call else None
        reason = offering.reason(agent, call)
        kept = self._kept.get(agent.agent_id)
        if (
            kept is not None
            and kept[0] is agent
            and (kept[1].queue, kept[1].reason) == (queue, reason)
        ):
            return kept[1]
        row = self._made(agent, queue, reason)
        self._kept[agent.agent_id] = agent, row
        return row

    def _made(self, agent: Agent, queue: str | None, reason: str | None) -> port.AgentRow:
        # Who has just left the configuration may still finish a talk.
        present, published = self._world.network.agents, self._world.crisis.published.agents
        profile = present.get(agent.agent_id) or published.get(agent.agent_id)
        centre = self._world.network.centres.get(profile.centre_id if profile else "")
        state: AgentState = agent.state.value
        return port.AgentRow(
            agent_id=agent.agent_id,
            name=agent.name,
            centre=centre.brief if centre else "",
            state=state,
            reason=reason,
            since=agent.since,
            queue=queue,
            languages=tuple(name for name, _ in profile.capability.languages) if profile else (),
            unsaved=len(earlier(agent)),
            help_since=agent.help_since,
        )


def earlier(agent: Agent) -> list[str]:
    """Calls whose record is open, but for the one at hand."""
    return [call_id for call_id in agent.unsaved if call_id != agent.call_id]
