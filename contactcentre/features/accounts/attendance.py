"""Nobody is at work without a log-in: who has no session any more is logged out of the hotline.

However it ended: by age, by a new password, by an account that was switched off. A call under way
is talked to its end; then the phone's secret is worthless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Never

import structlog

from agents_ui.shell.port import Unavailable
from contactcentre.core import commands
from contactcentre.core.agent.state import State
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.engine.inbox import Inbox
from contactcentre.features.accounts.service import AccountService

log = structlog.get_logger(__name__)

LOOK_S = 30.0


class Attendance:
    """Compares the agents at work with the sessions in the database."""

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        accounts: AccountService,
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self._world = world
        self._inbox = inbox
        self._accounts = accounts
        self._clock = clock

    async def run(self) -> Never:
        """Look at once, for sessions end while we are away, and every half a minute."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Log out who has no session any more. While the database is away, nobody."""
        try:
            absent = await self._accounts.absent_agents()
        except Unavailable:
            return
        for agent_id in filter(self._is_at_work, absent):
            log.info("attendance.logged_out", agent_id=agent_id)
            self._inbox.post(commands.AgentLoggedOut(at=self._clock(), agent_id=agent_id))

    async def sessions_ended(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The command line has ended sessions: they are over at once."""
        self._accounts.doubt()
        await self.look()
        return {"ok": True}

    def _is_at_work(self, agent_id: str) -> bool:
        agent = self._world.agents.get(agent_id)
        return agent is not None and agent.state is not State.LOGGED_OUT
