"""The secret of an agent's browser phone: one for all log-ins of its user, for as long as all last.

When one of several ends, whoever had it must not know a secret that works: there is another one,
which the pages that go on are told over their links.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager

import structlog

from contactcentre.core.agent.orders import registers
from contactcentre.core.agent.state import Agent
from contactcentre.core.world import World
from contactcentre.engine.live import Live
from contactcentre.telephony.directory import UNKNOWN, Directory

log = structlog.get_logger(__name__)


class PhoneSecrets:
    """Kept in the directory; `end` takes back the registrations made with the former secret."""

    def __init__(
        self,
        world: World,
        directory: Directory,
        live: Live,
        *,
        end: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._world = world
        self._directory = directory
        self._live = live
        self._end = end

    async def of(self, agent: Agent) -> str:
        """The one in force, or a new one at a log-in; "" where no page is given any."""
        return await asyncio.to_thread(self._given, agent) if agent.browser else ""

    def _given(self, agent: Agent) -> str:
        kept = self._directory.secret(agent.endpoint)
        if kept is not None and len(kept) < UNKNOWN and registers(agent):
            return kept
        fresh = secrets.token_urlsafe(24)
        self._directory.enrol(agent.endpoint, fresh, kind="browser")
        return fresh

    async def renew(self, agent_id: str) -> None:
        """Make the secret another one; what was registered with the former is gone before the pages
        are told, lest they register and are taken back. A talk goes on."""
        agent = self._world.agents[agent_id]
        if not agent.browser or not registers(agent):
            return
        fresh = secrets.token_urlsafe(24)
        await asyncio.to_thread(self._directory.renew, agent.endpoint, fresh)
        await self._end(agent.endpoint, fresh)
        log.info("phone_secret_renewed", action="phone_secret_renewed", agent_id=agent_id)
        self._live.nudge(_key(agent_id))

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields when the secret has become another one."""
        return self._live.watch(_key(agent_id))


def _key(agent_id: str) -> str:
    return f"phone {agent_id}"
