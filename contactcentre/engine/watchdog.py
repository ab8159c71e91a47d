"""Holds the engine against the slow, plain explanation: does anybody wait whom a free agent could
answer?

It never should be so for longer than it takes to carry out an order. If it is, routing is at fault,
and somebody should know before the callers tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Never

import structlog

from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.explanation import Roster, facts_by_clock
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts

log = structlog.get_logger(__name__)

PERIOD_S = 1.0
TOLERATED_S = 3.0
"""So long a call and an agent who belong together may be seen apart."""

MOST = 50
"""Of so many calls, those that wait longest, and of so many free agents: the rest come later."""

CODE = "free-agent-not-asked"

Pairs = dict[str, str]
"""The agents who should have been asked, by call."""


class Watchdog:
    """Looks once a second, at copies, away from the engine's own thread."""

    def __init__(self, world: World) -> None:
        self.raised = 0  # alarms since the start
        self._world = world
        self._since: dict[str, float] = {}
        self._alarmed: set[str] = set()

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            calls, agents = self.facts(now())
            pairs = await asyncio.to_thread(unasked, calls, agents) if calls else {}
            self.note(pairs, now())
            await asyncio.sleep(PERIOD_S)

    def facts(self, at: float) -> tuple[Sequence[CallFacts], Sequence[AgentFacts]]:
        """Who waits and who is free, as it stands."""
        world = self._world
        if not world.settled:
            return (), ()
        calls = world.calls.values()
        waiting = [call for call in calls if call.phase is Phase.WAITING and call.channel.leashed]
        agents = world.agents.values() if waiting else ()
        free = [one for one in agents if one.state is State.READY]
        if not free:
            return (), ()
        waiting.sort(key=lambda call: call.queueing.place_at or at)
        free.sort(key=lambda agent: agent.idle_since)
        asked = [facts_by_clock(world, call, at) for call in waiting[:MOST]]
        first = {agent.agent_id: agent for agent in free[:MOST]}
        return asked, tuple(Roster.of(world, first).everybody())

    def note(self, pairs: Pairs, at: float) -> None:
        """What was found at that instant; who is seen for too long is an alarm."""
        self._since = {call_id: self._since.get(call_id, at) for call_id in pairs}
        late = {call_id for call_id, since in self._since.items() if at - since >= TOLERATED_S}
        for call_id in sorted(late - self._alarmed):
            self.raised += 1
            log.error("free_agent_not_asked", call_id=call_id, agent_id=pairs[call_id])
        self._alarmed = late

    @property
    def standing(self) -> int:
        """Calls under alarm now."""
        return len(self._alarmed)

    def alarms(self) -> Iterable[Alarm]:
        """For the board."""
        if self._alarmed:
            since = min(self._since[call_id] for call_id in self._alarmed)
            yield Alarm(code=CODE, since=since, detail=str(self.standing))


def unasked(calls: Iterable[CallFacts], agents: Sequence[AgentFacts]) -> Pairs:
    """Every call that one of these free agents could answer, gone through one by one."""
    found = ((call.call_id, explain(call, agents).chosen) for call in calls)
    return {call_id: agent_id for call_id, agent_id in found if agent_id is not None}
