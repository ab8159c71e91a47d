"""Nobody is at work without a log-in: who has no session any more is logged out of the hotline.

However it ended: by age, by a new password, by an account that was switched off. A call under way
is talked to its end; then the phone's secret is worthless. Where one of several sessions has ended,
its user works on, with another secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
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

AGAIN_S = 1.0
"""A phone that rings keeps its secret so much longer, again and again."""


class Attendance:
    """Compares the agents at work with the sessions in the database.

    `renew` gives an agent's phone another secret.
    """

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        accounts: AccountService,
        *,
        renew: Callable[[str], Awaitable[None]],
        clock: Callable[[], float] = now,
    ) -> None:
        self._world = world
        self._inbox = inbox
        self._accounts = accounts
        self._renew = renew
        self._clock = clock
        self._known: dict[str, set[str]] | None = None  # the sessions of each agent
        self._doubted: set[str] = set()  # users
        self._due: set[str] = set()  # agents whose phones are to be renewed

    async def run(self) -> Never:
        """Look at once, for sessions end while we are away, when any ends, and now and then."""
        while True:
            await self.look()
            await self._accounts.sessions.until_news(AGAIN_S if self._due else LOOK_S)

    async def look(self) -> None:
        """Log out who has no session any more, and renew the phones of those who have lost one.
        While the database is away, nobody; nor who logs in while we look."""
        at_work = {agent_id for agent_id in self._world.agents if self._is_at_work(agent_id)}
        try:
            self._doubted |= self._accounts.sessions.doubted()
            absent = await self._accounts.absent_agents()
            if self._known is None:  # some may have grown too old while nobody looked
                self._known = _by_agent(await self._accounts.sessions_of_agents(ever=True))
            sessions = await self._accounts.sessions_of_agents()
        except Unavailable:
            return
        for agent_id in filter(self._is_at_work, at_work.intersection(absent)):
            log.info("attendance.logged_out", agent_id=agent_id)
            self._inbox.post(commands.AgentLoggedOut(at=self._clock(), agent_id=agent_id))
        await self._renew_all(self._known, sessions)

    async def _renew_all(
        self, before: Mapping[str, set[str]], sessions: Mapping[tuple[str, str], set[str]]
    ) -> None:
        """Where one was ended by somebody it is told who; where it grew too old it is missed."""
        self._known = _by_agent(sessions)
        ended = {
            agent_id
            for (agent_id, user_id), good in sessions.items()
            if user_id in self._doubted or before.get(agent_id, good) - good
        }
        self._doubted.clear()
        due = (self._due | ended) & self._known.keys()
        self._due = {agent_id for agent_id in due if self._is_at_work(agent_id)}
        for agent_id in tuple(self._due):
            if self._world.agents[agent_id].state is not State.RESERVED:
                self._due.discard(agent_id)
                await self._renew(agent_id)

    async def sessions_ended(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The command line has ended sessions: they are over at once."""
        self._accounts.doubt()
        await self.look()
        return {"ok": True}

    def _is_at_work(self, agent_id: str) -> bool:
        agent = self._world.agents.get(agent_id)
        return agent is not None and agent.state is not State.LOGGED_OUT


def _by_agent(sessions: Mapping[tuple[str, str], set[str]]) -> dict[str, set[str]]:
    return {agent_id: good for (agent_id, _), good in sessions.items()}
