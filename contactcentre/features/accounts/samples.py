"""Sample log-ins are for sample data: a service that starts without these removes them."""

from __future__ import annotations

import asyncio

import structlog

from agents_ui.shell.port import Unavailable
from contactcentre.features.accounts.service import AccountService

log = structlog.get_logger(__name__)

AGAIN_S = 1.0


class SampleAccounts:
    """Looks once; where the database is away, until it is there."""

    def __init__(self, accounts: AccountService, *, wanted: bool) -> None:
        self._accounts = accounts
        self._done = wanted

    async def run(self) -> None:
        """Look until it is done."""
        while not self._done:
            await asyncio.sleep(AGAIN_S)
            await self.look()

    async def look(self) -> None:
        """Remove them, if they are not wanted."""
        if self._done:
            return
        try:
            removed = await self._accounts.remove_samples()
        except Unavailable:
            return
        self._done = True
        if removed:
            log.warning("accounts.samples_removed", accounts=removed)
