"""The agents' rows on the board: of seven hundred, those are made anew that have changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agents_ui.board import port
from agents_ui.shell.permissions import around
from agents_ui.shell.port import AgentState, Realm
from contactcentre.core import offering
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call.rejoin_moves import is_lost
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.world import World


@dataclass(frozen=True, slots=True)
class SeenAgent:
    """A row, and the realms in which it is seen."""

    agent: Agent
    row: port.AgentRow
    realms: frozenset[Realm]


class AgentRows:
    """Agents are values, and so is the configuration: the same ones give the same row."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._networks: tuple[Network, Network] | None = None
        self._kept: dict[str, SeenAgent] = {}

    def rows(self) -> tuple[port.AgentRow, ...]:
        """Everybody who has been at work, in no order."""
        return tuple(one.row for one in self.seen())

    def seen(self) -> Iterator[SeenAgent]:
        """The same, with where they are seen."""
        networks = (self._world.network, self._world.crisis.published)
        if self._networks is None or any(
            new is not old for new, old in zip(networks, self._networks, strict=True)
        ):
            self._networks, self._kept = networks, {}
        return (self._seen(agent) for agent in self._world.agents.values() if agent.since > 0)

    def _seen(self, agent: Agent) -> SeenAgent:
        call = self._world.calls.get(agent.call_id or "")
        reason = offering.reason(agent, call)
        lost = call is not None and is_lost(call, agent)
        kept = self._kept.get(agent.agent_id)
        if kept is not None and kept.agent is agent:
            row = kept.row
            told = (row.queue, row.reason, row.held_since, row.lost)
            if told == (self._queue(agent, call), reason, _held_since(call), lost):
                return kept
        made = self._kept[agent.agent_id] = self._made(agent, call, reason, lost=lost)
        return made

    def _queue(self, agent: Agent, call: Call | None) -> str | None:
        """Of the call in hand; in the wrap-up of the one that was."""
        if call is not None:
            return call.queue
        kept = self._kept.get(agent.agent_id)
        return kept.row.queue if kept is not None and agent.state is State.WRAP_UP else None

    def _made(
        self, agent: Agent, call: Call | None, reason: str | None, *, lost: bool
    ) -> SeenAgent:
        # Who has just left the configuration may still finish a talk.
        present, published = self._world.network, self._world.crisis.published
        profile = present.agents.get(agent.agent_id) or published.agents.get(agent.agent_id)
        place = present.place(profile.centre_id if profile is not None else None)
        centre = present.centres.get(place.centre)
        municipality = present.municipalities.get(place.municipality)
        queue = self._queue(agent, call)
        state: AgentState = agent.state.value
        row = port.AgentRow(
            agent_id=agent.agent_id,
            name=agent.name,
            centre=centre.brief if centre is not None else "",
            municipality=municipality.name if municipality is not None else "",
            state=state,
            reason=reason,
            since=agent.since,
            held_since=_held_since(call),
            limit_s=_limit_s(agent, reason, queue, present),
            queue=queue,
            languages=tuple(name for name, _ in profile.capability.languages) if profile else (),
            unsaved=len(earlier(agent)),
            help_since=agent.help_since,
            lost=lost,
        )
        return SeenAgent(agent, row, around(place))


def _held_since(call: Call | None) -> float | None:
    return call.since if call is not None and call.phase is Phase.HELD else None


def _limit_s(agent: Agent, reason: str | None, queue: str | None, network: Network) -> float | None:
    """By the queue's targets where there are some, not ready by the network's limits; None where a
    state may last."""
    targets = network.queue(queue or "").targets
    match agent.state:
        case State.TALKING:
            return targets.hold_s
        case State.WRAP_UP:
            return targets.wrap_up_s
        case State.NOT_READY:
            return network.limits.away_s(reason or "")
        case _:
            return None


def earlier(agent: Agent) -> list[str]:
    """Calls whose record is open, but for the one at hand."""
    return [call_id for call_id in agent.unsaved if call_id != agent.call_id]
